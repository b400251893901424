#include "app/doctor.h"

#include <fmt/format.h>

#include <array>

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
        "started for it), what the kernel offers to confine it, the configuration and the "
        "terminal. Each line is ok, warn or fail, with what to do about it.",
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
    std::string out;
    for (const Check& check : checks) {
        const std::string word = fmt::format("{:<4}", doctor::name_of(check.state));
        out += fmt::format("{}  {:<12} {}\n",
                           check.state == State::Ok     ? screen.green(word)
                           : check.state == State::Warn ? screen.yellow(word)
                                                        : screen.red(word),
                           check.name, text::printable(check.fact));
        if (!check.advice.empty())
            out += fmt::format("{:19}{}\n", "", screen.dim(text::printable(check.advice)));
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
