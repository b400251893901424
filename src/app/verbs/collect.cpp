#include <array>

#include "app/collecting.h"
#include "app/verbs/verbs.h"
#include "app/window.h"
#include "app/world.h"

namespace forgehouse::app::verbs {
namespace {

constexpr std::array kOperands{
    cli::Operand{.name = "PATH|URL",
                 .doc = "Repositories: a folder on this machine (read in place, never written), or "
                        "an address that git can fetch from (a mirror of it is kept). None: the "
                        "sources of the configuration.",
                 .least = 0,
                 .most = cli::kMany,
                 .completes = cli::Completes::Folders}};

constexpr std::array kOptions{
    kSourceOption,
    kReposOption,
    cli::Option{.name = "--since",
                .value = "T",
                .doc = "Only commits from then on, by committer date, and pull requests by the "
                       "time of their last update: 2024-02-29, 2024-02-29T12:00 (UTC), yesterday, "
                       "or a span before now such as 36h, 2w, 6mo, 1y."},
    cli::Option{.name = "--until", .value = "T", .doc = "Only what lies before then."},
    cli::Option{.name = "--hours", .value = "N", .doc = "Only those of the last N hours."},
    cli::Option{.name = "--days", .value = "N", .doc = "Only those of the last N days."},
    kWorkersOption,
    kBatchSizeOption,
    kMaxWorkersOption,
    kMaxRetriesOption,
    kPageLimitOption,
    kLookBackOption,
    kDiscoveryCacheOption,
    kJson,
};

constexpr std::array kExamples{
    cli::Example{"collect .", "The repository you are in, all of its refs."},
    cli::Example{"collect ~/src/app https://git.example.org/team/lib.git",
                 "Two repositories, one of them far away."},
    cli::Example{"collect --source work --repos 'team/*'",
                 "Some of the repositories that the configuration names."},
    cli::Example{"collect . --since 2w", "Only the last two weeks; the rest can follow later."}};

constexpr cli::Verb kCollect{
    .name = "collect",
    .group = "collect and ask",
    .summary = "read the history of repositories into the warehouse",
    .about =
        "Reads every commit that any ref reaches, with author, committer, message, parents, and "
        "for each changed file path, kind of change, added and removed lines and language, into "
        "the tables git_commits and git_commit_files; branches, tags and tickets too. What is in "
        "the warehouse already is not read again, so the second time takes seconds.\n\n"
        "Of a server that the configuration or the environment names (BITBUCKET_BASE_URL and "
        "BITBUCKET_TOKEN) all repositories are read that its patterns choose, with pull requests, "
        "reviews, comments and people.\n\n"
        "It can be interrupted at any moment: Ctrl-C stores what is in hand and stops, and the "
        "next run goes on from there. --since, --until, --hours and --days narrow what is read "
        "and leave the rest to a later run.",
    .operands = kOperands,
    .options = kOptions,
    .examples = kExamples};

Result<Exit> run(World& world) {
    if (const auto error = selection_error(world)) return world.usage(*error);
    const auto window = window_of(world.arguments(), world.clock().now());
    if (!window) return world.usage(window.error());
    Collecting collecting(world, false);
    TRY_LET(wanted, wanted_sources(world));
    return collecting.run_all(wanted, request_of(world, *window));
}

}  // namespace

Verb collect() {
    return {&kCollect, run};
}

}  // namespace forgehouse::app::verbs
