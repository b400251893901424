#include "app/collecting.h"

#include <fmt/format.h>
#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <random>
#include <thread>

#include "app/configured_source.h"
#include "app/metrics.h"
#include "app/observers.h"
#include "app/run_view.h"
#include "app/summary.h"
#include "app/world.h"
#include "base/log.h"
#include "base/text.h"
#include "collect/session.h"
#include "exec/guarded.h"
#include "sources/registry.h"

namespace forgehouse::app {
namespace {

using collect::Report;
using schema::RunStatus;

/// The lines at the foot of the terminal. Whatever else is said is written above them.
std::shared_ptr<terminal::Live> shared_terminal(World& world) {
    // Shared with the sink, which may be called until the process ends.
    auto live = std::make_shared<terminal::Live>(world.err());
    world.route_messages([live](std::string_view lines) { live->above(lines); });
    return live;
}

void complain_about(const World& world, const collect::RepoReport& repo) {
    if (!repo.error) return;
    Error error = *repo.error;
    world.complain(error.field("repo").empty()
                       ? std::move(error).with("repo", sources::full_name(repo.repo))
                       : std::move(error));
}

constexpr int kArenas = 2;

// Of more repositories with something missing only the number is said.
constexpr std::size_t kSpelledOut = 20;

// Of what is not there though its repository was collected; git_data_quality has it too.
std::optional<Error> error_of(const collect::Finding& finding) {
    const auto named = [&](Error error) {
        std::string numbers = fmt::format("{}", fmt::join(finding.sample, ", "));
        if (finding.failed > finding.sample.size()) numbers += ", …";
        return std::move(error)
            .with("repo", sources::full_name(finding.repo))
            .with("pull_requests", std::move(numbers));
    };
    if (finding.check == "pull_requests_quarantined")
        return named(Error(Errc::Corrupt, "pull requests cannot be right and were put aside"))
            .hint("their answers lie in the archive's quarantine; each run tries them again");
    if (finding.check == "pull_requests_put_off")
        return named(Error(Errc::Unavailable, "pull requests could not be read"))
            .hint("the next run reads them");
    return std::nullopt;
}

void complain_about(const World& world, const std::vector<collect::Finding>& findings) {
    std::size_t said = 0;
    for (const collect::Finding& finding : findings) {
        const auto error = error_of(finding);
        if (error && ++said <= kSpelledOut) world.complain(*error);
    }
    if (said > kSpelledOut)
        world.complain(
            Error(Errc::Unavailable, "pull requests of further repositories are missing")
                .with("repositories", static_cast<std::int64_t>(said - kSpelledOut))
                .hint("see `forgehouse coverage --missing`, and git_data_quality for the reasons"));
}

std::vector<sources::RepoRef> repositories_of(const std::vector<Report>& reports) {
    std::vector<sources::RepoRef> out;
    for (const Report& report : reports)
        for (const collect::RepoReport& repo : report.repositories) out.push_back(repo.repo);
    return out;
}

// Why variables that name a server are not used says more than what one could write instead.
Error explained(const World& world, Error error, std::string_view otherwise) {
    for (const std::string& remark : world.config().remarks)
        if (remark.starts_with("BITBUCKET_") || remark.starts_with(".env"))
            return std::move(error).hint(remark);
    return std::move(error).hint(std::string(otherwise));
}

Exit exit_of(const std::vector<Report>& reports, bool some_failed) {
    const auto all = [&](RunStatus status) {
        return std::ranges::all_of(reports, [&](const Report& r) { return r.status == status; });
    };
    if (reports.empty() || all(RunStatus::Failed)) return Exit::Failed;
    return !some_failed && all(RunStatus::Completed) ? Exit::Done : Exit::Partial;
}

Result<WantedSource> opened(World& world, const config::SourceSettings& settings) {
    WantedSource wanted{.name = settings.name, .plain = nullptr, .forge = std::nullopt};
    if (is_forge(settings)) {
        TRY_LET(forge, open_forge(world, settings));
        wanted.forge = std::move(forge);
    } else {
        TRY_LET(plain, configured_source(world, settings));
        wanted.plain = std::move(plain);
    }
    return wanted;
}

Result<WantedSource> named_on_the_command_line(const std::vector<std::string>& operands) {
    sources::SourceOptions options;
    for (const std::string& operand : operands)
        options.inputs.push_back({.text = operand, .user = {}, .password = {}});
    TRY_LET(plain, sources::make_source(std::move(options)));
    return WantedSource{.name = "command line", .plain = std::move(plain), .forge = std::nullopt};
}

/// Those that may run side by side; within each the sources of one data source, in their order.
std::vector<std::vector<const WantedSource*>> lanes_of(const std::vector<WantedSource>& wanted) {
    std::vector<std::vector<const WantedSource*>> lanes;
    for (const WantedSource& source : wanted) {
        const auto same = std::ranges::find_if(lanes, [&](const auto& lane) {
            return lane.front()->info().data_source == source.info().data_source;
        });
        if (same == lanes.end())
            lanes.push_back({&source});
        else
            same->push_back(&source);
    }
    return lanes;
}

}  // namespace

std::optional<Error> unknown_source(const World& world) {
    const auto name = world.arguments().value("--source");
    std::vector<std::string_view> names;
    for (const config::SourceSettings& source : world.settings().sources)
        names.push_back(source.name);
    if (!name || std::ranges::find(names, *name) != names.end()) return std::nullopt;
    const auto near = text::nearest(*name, names);
    return Error(Errc::NotFound, "the configuration has no such source")
        .with("source", *name)
        .hint(near            ? fmt::format("did you mean {}?", *near)
              : names.empty() ? std::string("it names none; see forgehouse config docs")
                              : fmt::format("it has: {}", fmt::join(names, ", ")));
}

std::optional<Error> selection_error(const World& world) {
    const cli::Arguments& arguments = world.arguments();
    if (arguments.value("--source") && !arguments.operands.empty())
        return Error(Errc::Invalid, "--source and a PATH or URL say different things")
            .hint("name either a source of the configuration, or repositories");
    if (auto error = unknown_source(world)) return error;
    if (arguments.value("--repos") && repo_patterns(world).empty())
        return Error(Errc::Invalid, "--repos names no repository")
            .hint("write for example --repos 'team/*,lib-?', or leave it out for all");
    if (!arguments.operands.empty() || !world.settings().sources.empty()) return std::nullopt;
    return explained(
        world, Error(Errc::Invalid, "nothing to collect: no PATH or URL, and no source configured"),
        "write `forgehouse collect .` for the repository you are in, or name sources in "
        "forgehouse.yaml (see forgehouse config docs)");
}

Result<std::vector<WantedSource>> wanted_sources(World& world) {
    const auto& operands = world.arguments().operands;
    if (operands.empty()) return configured_sources(world);
    std::vector<WantedSource> out;
    TRY_LET(source, named_on_the_command_line(operands));
    out.push_back(std::move(source));
    return out;
}

Result<std::vector<WantedSource>> configured_sources(World& world) {
    const auto name = world.arguments().value("--source");
    std::vector<WantedSource> out;
    for (const config::SourceSettings& one : world.settings().sources) {
        if (name && one.name != *name) continue;
        TRY_LET(source, opened(world, one));
        out.push_back(std::move(source));
    }
    return out;
}

Result<std::vector<WantedSource>> wanted_forges(World& world) {
    TRY_LET(out, configured_sources(world));
    std::erase_if(out, [](const WantedSource& source) { return !source.forge; });
    if (out.empty())
        return Failure(
            explained(world, Error(Errc::Invalid, "this is about servers, and none is configured"),
                      "add a source with kind: bitbucket_server to forgehouse.yaml, or set "
                      "BITBUCKET_BASE_URL and BITBUCKET_TOKEN"));
    return std::move(out);
}

std::vector<std::string> repo_patterns(const World& world) {
    std::vector<std::string> patterns;
    if (const auto globs = world.arguments().value("--repos"))
        for (const std::string_view glob : text::split(*globs, ','))
            if (!text::trim(glob).empty()) patterns.emplace_back(text::trim(glob));
    return patterns;
}

collect::Request request_of(const World& world, const collect::Window& window) {
    collect::Request request;
    request.repo_patterns = repo_patterns(world);
    request.window = window;
    request.tickets.allowed_projects = world.settings().collect.ticket_projects;
    request.tickets.ignore_case = world.settings().collect.ticket_ignore_case;
    request.workers = world.settings().collect.workers;
    request.history.patch_ids = world.settings().collect.patch_ids;
    request.history.cache_bytes = world.settings().collect.git_cache.count;
    return request;
}

collect::Request request_for(const World& world, const WantedSource& source,
                             collect::Request request) {
    if (!source.forge) return request;
    const auto resume_from = request.api.resume_from;
    request.api = source.forge->options;
    request.api.resume_from = resume_from;
    // Repositories wait for the server most of the time: as many at once as it may be asked.
    request.workers = std::max(request.workers, world.settings().collect.max_workers);
    return request;
}

Collecting::Collecting(World& world, bool announces)
    : world_(world),
      live_(shared_terminal(world)),
      progress_(
          *live_, world.err(),
          {.quiet = world.quiet(),
           .json = world.json_log(),
           .wall_clock = [&world] { return world.clock().now(); },
           .failed = [&world](const collect::RepoReport& repo) { complain_about(world, repo); }}),
      announces_(announces) {
    // The threads that wait for a server would each keep memory of their own: a run takes nearly
    // twice as much then, and no less time.
    ::mallopt(M_ARENA_MAX, kArenas);
    world.on_interrupt([&world] {
        world.tell("stopping: storing what is in hand (Ctrl-C again aborts at once)\n");
    });
    world.context();
    for (const std::string& remark : world.config().remarks)
        log::warn("config", "a setting is not used", {{"remark", remark}});
}

void Collecting::meter(Metrics& metrics) {
    if (metered_) return;
    if (const auto warehouse = world_.warehouse())
        metered_ = std::make_unique<MeteredWarehouse>(**warehouse, metrics);
}

Result<collect::Deps> Collecting::deps() {
    TRY_LET(git, world_.git());
    TRY_LET(checkpoints, world_.checkpoints());
    TRY_LET(archive, world_.archive());
    TRY_LET(warehouse, world_.warehouse());
    return collect::Deps{.warehouse = metered_ ? *metered_ : *warehouse,
                         .checkpoints = *checkpoints,
                         .clock = world_.clock(),
                         .git = *git,
                         .program = world_.self().string(),
                         .data_dir = world_.settings().data,
                         .observer = nullptr,
                         .retries = {},
                         .archive = archive,
                         .uniform = exec::seeded_uniform(std::random_device{}())};
}

/// What the runs of one call of run_each() have in common.
struct Collecting::Shared {
    collect::Deps deps;
    std::unique_ptr<collect::Session> session;
    RunBoard board;
};

Result<Report> Collecting::run(const WantedSource& source, const collect::Request& request,
                               Shared& shared, collect::Observer* listener) {
    collect::Deps deps = shared.deps;
    deps.session = shared.session.get();
    deps.retries = [this, before = world_.retries()] { return world_.retries() - before; };
    const bool says = world_.json_log() || announces_ || log::enabled(log::Level::Info);
    RunEvents events({.json = world_.json_log(),
                      .now = [this] { return world_.clock().now(); },
                      .say =
                          [this, says](std::string_view line) {
                              if (says && !world_.quiet()) live_->above(line);
                          }});
    const auto progress = progress_.of(source.name);
    const auto view = shared.board.follow(source.name);
    std::vector<collect::Observer*> all{progress.get(), &events, view.get()};
    if (listener != nullptr) all.push_back(listener);
    Observers observers(std::move(all));
    deps.observer = &observers;
    const collect::Request whole = request_for(world_, source, request);
    exec::Context ctx = world_.context();
    auto report = source.forge
                      ? collect::run(ctx, deps, *source.forge->forge, source.forge->reach(), whole)
                      : collect::run(ctx, deps, *source.plain, whole);
    if (report) events.ended(*report);
    return report;
}

Result<void> Collecting::run_each(const std::vector<WantedSource>& wanted,
                                  const collect::Request& request, const Hooks& hooks) {
    TRY_LET(shared, share());
    exec::Guarded<const Hooks*> guarded(&hooks);
    const auto run_one = [&](const WantedSource& source) {
        const auto listener = hooks.began ? hooks.began(source) : nullptr;
        const auto report = run(source, request, *shared, listener.get());
        guarded.with([&](const Hooks* one) { one->ended(source, report); });
    };
    const auto lanes = lanes_of(wanted);
    std::atomic<std::size_t> next = 0;
    const auto work = [&] {
        for (std::size_t at = next++; at < lanes.size(); at = next++)
            for (const WantedSource* source : lanes[at])
                if (!world_.interrupted()) run_one(*source);
    };
    const std::size_t most =
        std::min<std::size_t>(lanes.size(), world_.settings().collect.sources_at_once);
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < most; ++i) threads.emplace_back(work);
    threads.clear();
    return {};
}

Result<std::unique_ptr<Collecting::Shared>> Collecting::share() {
    TRY_LET(deps, this->deps());
    exec::Context ctx = world_.context();
    TRY_LET(session, collect::Session::begin(ctx, deps, world_.settings().collect.workers));
    return std::unique_ptr<Shared>(
        new Shared{.deps = std::move(deps),
                   .session = std::move(session),
                   .board = {run_view_file(world_.settings().data), world_.clock()}});
}

Result<Exit> Collecting::run_all(const std::vector<WantedSource>& wanted,
                                 const collect::Request& request) {
    std::map<const WantedSource*, Report> done;
    std::optional<Error> failed;
    const bool several = wanted.size() > 1;
    TRY(run_each(
        wanted, request,
        {.began = {}, .ended = [&](const WantedSource& source, const Result<Report>& report) {
             if (report) {
                 done.emplace(&source, *report);
                 return;
             }
             failed = report.error();
             if (several && !world_.interrupted())
                 world_.complain(Error(*failed).with("source", source.name));
         }}));
    if (failed && (!several || (world_.interrupted() && done.empty())))
        return Failure(std::move(*failed));
    std::vector<Report> reports;
    for (const WantedSource& source : wanted)
        if (const auto found = done.find(&source); found != done.end()) {
            if (several)
                for (sources::Refusal& refusal : found->second.refused)
                    refusal.error.with("source", source.name);
            reports.push_back(std::move(found->second));
        }
    TRY(conclude(reports));
    return exit_of(reports, reports.size() < wanted.size());
}

Result<void> Collecting::conclude(const std::vector<Report>& reports) {
    for (const Report& report : reports) {
        for (const sources::Refusal& refusal : report.refused) world_.complain(refusal.error);
        complain_about(world_, report.findings);
    }
    const auto repositories = repositories_of(reports);
    const bool none = std::ranges::all_of(
        reports, [](const Report& report) { return report.status == RunStatus::Failed; });
    if (!world_.json() && (none || world_.quiet())) return {};
    // After Ctrl-C the summary of what is there is still wanted, at once: another Ctrl-C ends it.
    exec::Context ctx = exec::Context().with_timeout(std::chrono::seconds(60));
    TRY_LET(warehouse, world_.warehouse());
    TRY_LET(summary, summarise(ctx, *warehouse, repositories, world_.clock().now()));
    return world_.print(world_.json() ? show_json(summary, reports)
                                      : show(summary, reports, world_.out(), world_.command()));
}

}  // namespace forgehouse::app
