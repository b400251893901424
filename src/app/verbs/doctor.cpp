#include "app/doctor.h"

#include <fmt/format.h>

#include <array>

#include "app/cli/help.h"
#include "app/verbs/verbs.h"
#include "app/world.h"
#include "base/json.h"
#include "base/text.h"

namespace forgehouse::app::verbs {
namespace {

using doctor::Check;
using doctor::State;

constexpr std::array kOptions{kJson};
constexpr std::array kExamples{
    cli::Example{"doctor", "Looks at everything; exit code 1 where something must be mended."},
    cli::Example{"doctor --json", "The same for programs."}};

constexpr cli::Verb kDoctor{
    .name = "doctor",
    .group = "warehouse",
    .summary = "say what is installed, reachable and missing, and how to mend it",
    .about =
        "Looks at git, the ClickHouse library, the data directory, the engine (which is "
        "started for it), what confines it, who is collecting, the configuration and the "
        "terminal. The repositories of the configured sources are opened, or asked for their "
        "refs by `git ls-remote`, 20 of each source. Each line is ok, warn or fail, with what "
        "to do about it.",
    .options = kOptions,
    .examples = kExamples};

std::string as_json(const std::vector<Check>& checks) {
    json::Writer out;
    out.array();
    for (const Check& check : checks) {
        out.object().name("check").text(check.name);
        out.name("state").text(doctor::name_of(check.state));
        out.name("fact").text(check.fact).name("advice").text(check.advice).end();
    }
    out.end();
    return out.take() + '\n';
}

std::string as_text(const std::vector<Check>& checks, const terminal::Screen& screen) {
    std::size_t width = 0;
    for (const Check& check : checks) width = std::max(width, text::display_width(check.name));
    const std::size_t indent = 4 + 2 + width + 2;
    const std::size_t room =
        screen.terminal && screen.columns > indent + 20 ? screen.columns - indent : 200;
    std::string out;
    for (const Check& check : checks) {
        const std::string word = fmt::format("{:<4}", doctor::name_of(check.state));
        out += fmt::format("{}  {}{:{}}  ",
                           check.state == State::Ok     ? screen.green(word)
                           : check.state == State::Warn ? screen.yellow(word)
                                                        : screen.red(word),
                           check.name, "", width - text::display_width(check.name));
        std::size_t before = 0;
        for (const std::string& line : cli::wrapped(text::printable(check.fact), room)) {
            out += fmt::format("{:{}}{}\n", "", before, line);
            before = indent;
        }
        for (const std::string& line : cli::wrapped(text::printable(check.advice), room))
            if (!line.empty()) out += fmt::format("{:{}}{}\n", "", indent, screen.dim(line));
    }
    return out;
}

Result<Exit> run(World& world) {
    world.context();
    const std::vector<Check> checks = doctor::examine(world);
    TRY(world.print(world.json() ? as_json(checks) : as_text(checks, world.out())));
    return std::ranges::any_of(checks, [](const Check& c) { return c.state == State::Fail; })
               ? Exit::Failed
               : Exit::Done;
}

}  // namespace

Verb doctor() {
    return {&kDoctor, run, true};
}

}  // namespace forgehouse::app::verbs
