#include <fmt/format.h>

#include <array>

#include "app/collecting.h"
#include "app/verbs/verbs.h"
#include "app/window.h"
#include "app/world.h"

namespace forgehouse::app::verbs {
namespace {

constexpr std::int64_t kDays = 180;

constexpr std::array kOptions{
    cli::Option{.name = "--days",
                .value = "N",
                .doc =
                    "Back to N days ago, 180 without it: commits by committer date, pull requests "
                    "by the time of their last update."},
    cli::Option{.name = "--all", .doc = "Back to the beginning."},
    kSourceOption,
    kReposOption,
    kWorkersOption,
    kBatchSizeOption,
    kMaxWorkersOption,
    kMaxRetriesOption,
    kPageLimitOption,
    kJson,
};

constexpr std::array kExamples{
    cli::Example{"backfill", "The last 180 days of every configured source."},
    cli::Example{"backfill --days 30 --repos 'TEAM/*'", "A month of some repositories."},
    cli::Example{"backfill --all", "Everything, from the beginning."}};

constexpr cli::Verb kBackfill{
    .name = "backfill",
    .group = "collect and ask",
    .summary = "read what lies in the past, back to a day or to the beginning",
    .about =
        "Reads the configured sources back to a day in the past, without moving what later runs of "
        "collect go by. What is in the warehouse already is not read again. With --all it is "
        "collect: everything, and the next run goes on from there.",
    .options = kOptions,
    .examples = kExamples};

Result<collect::Window> window(const World& world) {
    const cli::Arguments& arguments = world.arguments();
    if (arguments.has("--all") && arguments.value("--days"))
        return Failure(
            Error(Errc::Invalid, "--all and --days say different things").hint("give one of them"));
    if (arguments.has("--all")) return collect::Window{};
    if (arguments.value("--days")) return window_of(arguments, world.clock().now());
    return collect::Window{.since = world.clock().now().plus(-std::chrono::days(kDays)),
                           .until = std::nullopt};
}

Result<Exit> run(World& world) {
    if (const auto error = selection_error(world)) return world.usage(*error);
    const auto asked = window(world);
    if (!asked) return world.usage(asked.error());
    Collecting collecting(world, false);
    TRY_LET(wanted, wanted_sources(world));
    return collecting.run_all(wanted, request_of(world, *asked));
}

}  // namespace

Verb backfill() {
    return {&kBackfill, run};
}

}  // namespace forgehouse::app::verbs
