// The program's entry: answers git's prompts, reads the command line and the configuration, runs
// the verb, and turns what comes of it into an exit code.
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <span>

#include "app/cli/help.h"
#include "app/cli/parse.h"
#include "app/command_line.h"
#include "app/complain.h"
#include "app/verbs/verbs.h"
#include "app/world.h"
#include "base/log.h"
#include "engine/environment.h"
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
    terminal::write_all(stream, arguments.verb != nullptr
                                    ? cli::verb_help(program, *arguments.verb, screen.colour)
                                : arguments.group.empty()
                                    ? cli::program_help(program, screen.colour)
                                    : cli::group_help(program, arguments.group, screen.colour));
    return code(was_asked_for ? Exit::Done : Exit::Usage);
}

/// Whether a command line that was not understood asks for lines of JSON on standard error.
bool asks_for_json_log(std::span<const std::string> words, const config::Environment& environment) {
    if (const auto at = environment.find("FORGEHOUSE_LOG_FORMAT");
        at != environment.end() && at->second == "json")
        return true;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string_view word = words[i];
        if (word == "--log-format=json") return true;
        if (word == "--log-format" && i + 1 < words.size() && words[i + 1] == "json") return true;
    }
    return false;
}

/// A command line that was not understood. What it asks for is looked for by hand.
int refuse(const Error& error, std::span<const std::string> words,
           const config::Environment& environment) {
    if (asks_for_json_log(words, environment)) {
        exec::SystemClock clock;
        log::configure(
            {.level = log::Level::Error, .format = log::Format::Json, .sink = {}, .now = [clock] {
                 return clock.now();
             }});
        log::write(log::Level::Error, "app", "failed", error, {{"hint", hint_of(error)}});
        return code(Exit::Usage);
    }
    const bool json = std::ranges::find(words, "--json") != words.end();
    const auto screen = terminal::look_at(2, environment, false);
    terminal::write_all(2, json ? complaint_json(error) : complaint(error, screen));
    return code(Exit::Usage);
}

int run(const cli::Arguments& arguments, config::Inputs inputs, const CommandLine& line) {
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
    if (line.held_secret)
        log::warn("app", "a password in the command line is seen by other users and kept by shells",
                  {{"hint",
                    "name the address in forgehouse.yaml without it, under sources, and say "
                    "password: {env: NAME} or {file: PATH}; then `forgehouse collect --source`"}});
    std::error_code no_proc;
    const auto self = std::filesystem::read_symlink("/proc/self/exe", no_proc);
    World world({.program = verbs::program(),
                 .arguments = arguments,
                 .inputs = inputs,
                 .config = loaded,
                 .self = self,
                 .called = line.called,
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

int start(const CommandLine& line, char** argv, char** variables) {
    config::Inputs inputs{
        .file = {}, .environment = environment_of(variables), .folder = {}, .overrides = {}};
    std::error_code gone;
    inputs.folder = std::filesystem::current_path(gone);
    auto arguments = cli::parse(verbs::program(), line.words);
    if (!arguments) return refuse(arguments.error(), line.words, inputs.environment);
    if (arguments->verb == nullptr && arguments->has("--version"))
        arguments->verb = verbs::version().declared;
    if (!arguments->help && arguments->verb == nullptr &&
        asks_for_json_log(line.words, inputs.environment))
        return refuse(Error(Errc::Invalid, "there is no verb").hint("see forgehouse --help"),
                      line.words, inputs.environment);
    if (arguments->help || arguments->verb == nullptr)
        return show_help(*arguments, inputs.environment, arguments->help);
    if (arguments->verb == verbs::engine().declared)
        if (const auto shed = engine::shed_environment(engine::Environment::of(variables), argv);
            !shed) {
            const auto screen = terminal::look_at(2, inputs.environment, false);
            terminal::write_all(2, complaint(shed.error(), screen));
            return code(Exit::Failed);
        }
    return run(*arguments, std::move(inputs), line);
}

}  // namespace
}  // namespace forgehouse::app

int main(int argc, char** argv, char** variables) {
    const auto line = forgehouse::app::take_command_line(argc, argv);
    if (const auto answered = forgehouse::git::answer_prompt(argc, argv)) return *answered;
    // Writing to a pipe that nobody reads is an error that is looked at where it happens.
    ::signal(SIGPIPE, SIG_IGN);
    return forgehouse::app::start(line, argv, variables);
}
