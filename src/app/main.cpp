// The program's entry: answers git's prompts, reads the command line and the configuration, runs
// the verb, and turns what comes of it into an exit code.
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <filesystem>

#include "app/cli/help.h"
#include "app/cli/parse.h"
#include "app/complain.h"
#include "app/verbs/verbs.h"
#include "app/world.h"
#include "base/log.h"
#include "git/askpass.h"

namespace forgehouse::app {
namespace {

config::Environment environment_of(char** variables) {
    config::Environment environment;
    for (; *variables != nullptr; ++variables) {
        const std::string_view line = *variables;
        const auto equals = line.find('=');
        if (equals != line.npos)
            environment.emplace(line.substr(0, equals), line.substr(equals + 1));
    }
    return environment;
}

const verbs::Verb& entry_of(const cli::Verb* declared) {
    return *std::ranges::find(verbs::all(), declared, &verbs::Verb::declared);
}

log::Level level_of(const cli::Arguments& arguments, const config::Loaded& loaded) {
    if (arguments.has("--quiet")) return log::Level::Error;
    switch (arguments.count("--verbose")) {
        case 0: return loaded.settings.log.level;
        case 1: return std::min(log::Level::Info, loaded.settings.log.level);
        default: return log::Level::Debug;
    }
}

int code(Exit exit) {
    return static_cast<int>(exit);
}

int show_help(const cli::Arguments& arguments, const config::Environment& environment,
              bool was_asked_for) {
    const int stream = was_asked_for ? 1 : 2;
    const auto screen = terminal::look_at(stream, environment, arguments.has("--no-color"));
    const cli::Program& program = verbs::program();
    terminal::write_all(stream, arguments.verb == nullptr
                                    ? cli::program_help(program, screen.colour)
                                    : cli::verb_help(program, *arguments.verb, screen.colour));
    return code(was_asked_for ? Exit::Done : Exit::Usage);
}

int run(const cli::Arguments& arguments, config::Inputs inputs, const std::string& called) {
    const verbs::Verb& verb = entry_of(arguments.verb);
    inputs.overrides = arguments.overrides(verbs::program());
    if (const auto file = arguments.value("--config")) inputs.file = *file;
    const config::Loaded loaded = config::load(inputs);
    exec::SystemClock clock;
    const log::Settings log{.level = level_of(arguments, loaded),
                            .format = loaded.settings.log.format,
                            .sink = {},
                            .now = [&clock] { return clock.now(); }};
    log::configure(log);
    std::error_code no_proc;
    const auto self = std::filesystem::read_symlink("/proc/self/exe", no_proc);
    World world({.program = verbs::program(),
                 .arguments = arguments,
                 .inputs = inputs,
                 .config = loaded,
                 .self = self,
                 .called = called,
                 .log = log});
    if (!verb.bare && !loaded.problems.empty()) {
        for (const Error& problem : loaded.problems) world.complain(problem);
        return code(Exit::Usage);
    }
    auto done = verb.run(world);
    if (world.reader_gone()) return code(Exit::ReaderGone);
    if (done) return code(*done);
    if (world.interrupted() && done.error().code() == Errc::Cancelled)
        return code(Exit::Interrupted);
    world.complain(done.error());
    return code(Exit::Failed);
}

int start(int argc, char** argv, char** variables) {
    config::Inputs inputs{
        .file = {}, .environment = environment_of(variables), .folder = {}, .overrides = {}};
    std::error_code gone;
    inputs.folder = std::filesystem::current_path(gone);
    auto arguments = cli::parse(verbs::program(), {argv + 1, argv + argc});
    if (!arguments) {
        // What is wrong with the options is not known to the parser alone: ask for --json by hand.
        const bool json =
            std::ranges::find(argv + 1, argv + argc, std::string_view("--json")) != argv + argc;
        const auto screen = terminal::look_at(2, inputs.environment, false);
        terminal::write_all(
            2, json ? complaint_json(arguments.error()) : complaint(arguments.error(), screen));
        return code(Exit::Usage);
    }
    if (arguments->verb == nullptr && arguments->has("--version"))
        arguments->verb = verbs::version().declared;
    if (arguments->help || arguments->verb == nullptr)
        return show_help(*arguments, inputs.environment, arguments->help);
    return run(*arguments, std::move(inputs), argv[0]);
}

}  // namespace
}  // namespace forgehouse::app

int main(int argc, char** argv, char** variables) {
    if (const auto answered = forgehouse::git::answer_prompt(argc, argv)) return *answered;
    // Writing to a pipe that nobody reads is an error that is looked at where it happens.
    ::signal(SIGPIPE, SIG_IGN);
    return forgehouse::app::start(argc, argv, variables);
}
