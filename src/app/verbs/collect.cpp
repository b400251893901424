#include "collect/collect.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "app/progress.h"
#include "app/summary.h"
#include "app/terminal/live.h"
#include "app/verbs/verbs.h"
#include "app/window.h"
#include "app/world.h"
#include "base/log.h"
#include "base/text.h"
#include "sources/registry.h"

namespace forgehouse::app::verbs {
namespace {

using collect::Report;
using schema::RunStatus;

constexpr std::array kOperands{
    cli::Operand{.name = "PATH|URL",
                 .doc = "Repositories: a folder on this machine (read in place, never written), or "
                        "an address that git can fetch from (a mirror of it is kept). None: the "
                        "sources of the configuration.",
                 .least = 0,
                 .most = cli::kMany,
                 .completes = cli::Completes::Folders}};

constexpr std::array kOptions{
    cli::Option{
        .name = "--source", .value = "NAME", .doc = "Only this source of the configuration."},
    cli::Option{.name = "--repos",
                .value = "GLOB,…",
                .doc = "Only repositories whose name, or project/name, matches: 'team/*,lib-?'."},
    cli::Option{.name = "--since",
                .value = "T",
                .doc = "Only commits from then on, by committer date: 2024-02-29, "
                       "2024-02-29T12:00 (UTC), yesterday, or a span before now such as 36h, 2w, "
                       "6mo, 1y."},
    cli::Option{.name = "--until", .value = "T", .doc = "Only commits before then."},
    cli::Option{.name = "--hours", .value = "N", .doc = "Only those of the last N hours."},
    cli::Option{.name = "--days", .value = "N", .doc = "Only those of the last N days."},
    cli::Option{.name = "--workers", .value = "N", .key = "collect.workers"},
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
        "It can be interrupted at any moment: Ctrl-C stores what is in hand and stops, and the "
        "next run goes on from there. --since, --until, --hours and --days narrow what is read "
        "and leave the rest to a later run.",
    .operands = kOperands,
    .options = kOptions,
    .examples = kExamples};

Result<sources::SourceOptions> configured(World& world, const config::SourceSettings& source) {
    sources::SourceOptions options;
    options.data_source = source.data_source;
    TRY_LET(password, world.secret(source.password, fmt::format("{}.password", source.name)));
    for (const auto& path : source.paths)
        options.inputs.push_back({.text = path.string(), .user = {}, .password = {}});
    for (const std::string& url : source.urls)
        options.inputs.push_back({.text = url, .user = source.user, .password = password});
    return options;
}

/// The sources that the command line and the configuration name together.
Result<std::vector<std::unique_ptr<sources::Source>>> wanted_sources(World& world) {
    const cli::Arguments& arguments = world.arguments();
    std::vector<std::unique_ptr<sources::Source>> out;
    if (!arguments.operands.empty()) {
        sources::SourceOptions options;
        for (const std::string& operand : arguments.operands)
            options.inputs.push_back({.text = operand, .user = {}, .password = {}});
        TRY_LET(source, sources::make_source(std::move(options)));
        out.push_back(std::move(source));
        return out;
    }
    const auto name = arguments.value("--source");
    for (const config::SourceSettings& one : world.settings().sources) {
        if (name && one.name != *name) continue;
        TRY_LET(options, configured(world, one));
        TRY_LET(source, sources::make_source(std::move(options)));
        out.push_back(std::move(source));
    }
    return out;
}

/// What cannot be right, found before anything is started.
std::optional<Error> usage_error(const World& world) {
    const cli::Arguments& arguments = world.arguments();
    const auto& sources = world.settings().sources;
    const auto name = arguments.value("--source");
    if (name && !arguments.operands.empty())
        return Error(Errc::Invalid, "--source and a PATH or URL say different things")
            .hint("name either a source of the configuration, or repositories");
    if (name && std::ranges::none_of(sources, [&](const auto& s) { return s.name == *name; })) {
        std::vector<std::string_view> names;
        for (const config::SourceSettings& source : sources) names.push_back(source.name);
        const auto near = text::nearest(*name, names);
        return Error(Errc::NotFound, "the configuration has no such source")
            .with("source", *name)
            .hint(near            ? fmt::format("did you mean {}?", *near)
                  : names.empty() ? std::string("it names none; see forgehouse config docs")
                                  : fmt::format("it has: {}", fmt::join(names, ", ")));
    }
    if (arguments.operands.empty() && sources.empty())
        return Error(Errc::Invalid, "nothing to collect: no PATH or URL, and no source configured")
            .hint(
                "write `forgehouse collect .` for the repository you are in, or name sources in "
                "forgehouse.yaml (see forgehouse config docs)");
    return std::nullopt;
}

collect::Request request_of(const World& world, const collect::Window& window) {
    collect::Request request;
    if (const auto globs = world.arguments().value("--repos"))
        for (const std::string_view glob : text::split(*globs, ','))
            if (!text::trim(glob).empty()) request.repo_patterns.emplace_back(text::trim(glob));
    request.window = window;
    request.tickets.allowed_projects = world.settings().collect.ticket_projects;
    request.tickets.ignore_case = world.settings().collect.ticket_ignore_case;
    request.workers = world.settings().collect.workers;
    return request;
}

/// Log lines and the live lines share a terminal; here they learn of each other.
class SharedTerminal {
public:
    explicit SharedTerminal(World& world) : world_(world), live(world.err()) {
        world_.route_log([this](std::string_view line) { live.above(line); });
    }
    ~SharedTerminal() { world_.route_log({}); }
    SharedTerminal(const SharedTerminal&) = delete;
    SharedTerminal& operator=(const SharedTerminal&) = delete;

private:
    World& world_;

public:
    terminal::Live live;
};

void complain_about(const World& world, const Report& report) {
    for (const sources::Refusal& refusal : report.refused) world.complain(refusal.error);
    for (const collect::RepoReport& repo : report.repositories)
        if (repo.error && repo.outcome == collect::Outcome::Failed) {
            Error error = *repo.error;
            world.complain(error.field("repo").empty()
                               ? std::move(error).with("repo", sources::full_name(repo.repo))
                               : std::move(error));
        }
}

std::vector<sources::RepoRef> repositories_of(const std::vector<Report>& reports) {
    std::vector<sources::RepoRef> out;
    for (const Report& report : reports)
        for (const collect::RepoReport& repo : report.repositories) out.push_back(repo.repo);
    return out;
}

Exit exit_of(const std::vector<Report>& reports, bool some_failed) {
    const auto all = [&](RunStatus status) {
        return std::ranges::all_of(reports, [&](const Report& r) { return r.status == status; });
    };
    if (reports.empty() || all(RunStatus::Failed)) return Exit::Failed;
    return !some_failed && all(RunStatus::Completed) ? Exit::Done : Exit::Partial;
}

/// Runs one source after the other. An error of one is shown, and the next one has its turn.
Result<bool> run_all(World& world, const collect::Deps& deps,
                     std::vector<std::unique_ptr<sources::Source>>& wanted,
                     const collect::Request& request, std::vector<Report>& reports) {
    bool failed = false;
    for (const auto& source : wanted) {
        if (world.interrupted()) break;
        auto report = collect::run(world.context(), deps, *source, request);
        if (report) {
            reports.push_back(std::move(*report));
            continue;
        }
        if (wanted.size() == 1 || world.interrupted()) return Failure(report.error());
        world.complain(report.error());
        failed = true;
    }
    return failed;
}

Result<void> conclude(World& world, const std::vector<Report>& reports) {
    for (const Report& report : reports) complain_about(world, report);
    const auto repositories = repositories_of(reports);
    const bool none = std::ranges::all_of(
        reports, [](const Report& report) { return report.status == RunStatus::Failed; });
    if (!world.json() && (none || world.quiet())) return {};
    // After Ctrl-C the summary of what is there is still wanted, at once: another Ctrl-C ends it.
    exec::Context ctx = exec::Context().with_timeout(std::chrono::seconds(60));
    TRY_LET(warehouse, world.warehouse());
    TRY_LET(summary, summarise(ctx, *warehouse, repositories, world.clock().now()));
    return world.print(world.json() ? show_json(summary, reports)
                                    : show(summary, reports, world.out(), world.command()));
}

Result<Exit> run(World& world) {
    if (const auto error = usage_error(world)) return world.usage(*error);
    const auto window = window_of(world.arguments(), world.clock().now());
    if (!window) return world.usage(window.error());
    SharedTerminal shared(world);
    world.on_interrupt([&shared] {
        shared.live.above("stopping: storing what is in hand (Ctrl-C again aborts at once)\n");
    });
    world.context();
    TRY_LET(wanted, wanted_sources(world));
    TRY_LET(git, world.git());
    TRY_LET(checkpoints, world.checkpoints());
    TRY_LET(warehouse, world.warehouse());
    Progress progress(
        shared.live, world.err(),
        {.quiet = world.quiet(), .json = world.settings().log.format == log::Format::Json});
    const collect::Deps deps{.warehouse = *warehouse,
                             .checkpoints = *checkpoints,
                             .clock = world.clock(),
                             .git = *git,
                             .program = world.self().string(),
                             .data_dir = world.settings().data,
                             .observer = &progress,
                             .retries = [&world] { return world.retries(); }};
    std::vector<Report> reports;
    const auto failed = run_all(world, deps, wanted, request_of(world, *window), reports);
    shared.live.clear();
    if (!failed) return Failure(failed.error());
    TRY(conclude(world, reports));
    return exit_of(reports, *failed);
}

}  // namespace

Verb collect() {
    return {&kCollect, run};
}

}  // namespace forgehouse::app::verbs
