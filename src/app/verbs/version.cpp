#include <fmt/format.h>

#include <array>

#include "app/verbs/verbs.h"
#include "app/world.h"
#include "base/json.h"

namespace forgehouse::app::verbs {
namespace {

constexpr std::array kOptions{kJson};
constexpr std::array kExamples{cli::Example{"version", "What is installed."}};

constexpr cli::Verb kVersion{
    .name = "version",
    .group = "about the program",
    .summary = "the version of the program and of its engine",
    .about =
        "Prints the version of forgehouse, and that of the ClickHouse library that it was "
        "built for. `doctor` says which one is installed.",
    .options = kOptions,
    .examples = kExamples};

Result<Exit> run(World& world) {
    if (world.json()) {
        json::Writer out;
        out.object().name("forgehouse").text(FORGEHOUSE_VERSION);
        out.name("libchdb").text(FORGEHOUSE_LIBCHDB_VERSION).end();
        TRY(world.print(out.take() + '\n'));
        return Exit::Done;
    }
    TRY(world.print(fmt::format("forgehouse {} (engine: libchdb {})\n", FORGEHOUSE_VERSION,
                                FORGEHOUSE_LIBCHDB_VERSION)));
    return Exit::Done;
}

}  // namespace

Verb version() {
    return {&kVersion, run, true};
}

}  // namespace forgehouse::app::verbs
