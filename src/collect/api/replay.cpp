#include "collect/replay.h"

#include <fmt/format.h>

#include <atomic>
#include <map>
#include <set>
#include <thread>

#include "collect/api/history_replay.h"
#include "collect/api/ledger.h"
#include "collect/api/people.h"
#include "collect/api/replay_repository.h"
#include "collect/git_stream.h"
#include "collect/session.h"
#include "exec/guarded.h"

namespace forgehouse::collect {
namespace {

/// What the pages about the whole forge say.
struct WholeForge {
    std::map<sources::RepoRef, sources::ListedRepo> repositories;
    std::vector<schema::GitUser> users;
};

class Replay {
public:
    Replay(exec::Context& ctx, const Deps& deps, const sources::Forge& forge,
           const Request& request, const ArchivePick& pick, Session& session)
        : ctx_(ctx),
          deps_(deps),
          forge_(forge),
          request_(request),
          pick_(pick),
          session_(session),
          checkpoints_(deps.checkpoints, deps.clock),
          tickets_(request.tickets),
          archive_(*deps.archive, deps.clock, "replay") {}

    Result<ReplayReport> load(const ReplayNote& on_progress);

private:
    using ByRepository = std::map<sources::RepoRef, std::vector<PickedPart>>;
    /// What one repository is made of, and what has become of it.
    struct Task {
        sources::RepoRef repo;
        std::vector<PickedPart> parts;
        ReplayReport report = {};
        std::optional<RepoReport> done = {};
        std::map<std::string, schema::GitUser> people = {};  ///< met in it, by uuid
    };

    Result<ByRepository> parts_of_repositories();
    Result<WholeForge> read_whole_forge();
    Result<void> read_newest(sources::Stream stream,
                             const std::function<Result<void>(const sources::Page&)>& read);
    Result<void> load_all(std::vector<Task>& tasks, const WholeForge& whole,
                          const ReplayNote& on_progress);
    Result<RepoReport> load_one(Task& task, const WholeForge& whole);
    Result<Outcome> load_history(const sources::ListedRepo& listed, Task& task, RepoReport& one);
    Result<Outcome> load_mirror(const sources::ListedRepo& listed, RepoReport& one);
    Result<void> set_back(const sources::RepoRef& repo);

    exec::Context& ctx_;
    const Deps& deps_;
    const sources::Forge& forge_;
    const Request& request_;
    const ArchivePick& pick_;
    Session& session_;
    Checkpoints checkpoints_;
    const TicketFinder tickets_;
    RunArchive archive_;  ///< stores nothing
    std::uint64_t version_ = 0;
    bool nothing_picked_ = false;
    Budget budget_;
    std::vector<Error> damaged_;  ///< of the parts about the whole forge
    std::optional<People> people_;
};

Result<Replay::ByRepository> Replay::parts_of_repositories() {
    ArchivePick pick = pick_;
    pick.data_source = forge_.info().data_source;
    TRY_LET(parts, pick_parts(ctx_, *deps_.archive, pick));
    nothing_picked_ = parts.empty();
    ByRepository out;
    for (PickedPart& part : parts) {
        if (part.name.repo_slug.empty()) continue;
        const sources::RepoRef repo{.data_source = part.name.data_source,
                                    .project_key = part.name.project_key,
                                    .repo_slug = part.name.repo_slug};
        out[repo].push_back(std::move(part));
    }
    return out;
}

// The pages of the newest listing: those of its version.
Result<void> Replay::read_newest(sources::Stream stream,
                                 const std::function<Result<void>(const sources::Page&)>& read) {
    const std::string prefix = fmt::format(
        "{}/@/@/{}/", ports::object_key_part(forge_.info().data_source), sources::name_of(stream));
    TRY_LET(parts, deps_.archive->list(ctx_, prefix));
    std::vector<sources::Page> pages;
    for (const ports::ObjectInfo& part : parts) {
        std::vector<sources::Page> more;
        const auto done = read_part(ctx_, *deps_.archive, part, [&](ArchivedPage page) {
            more.push_back(page_of(std::move(page), stream));
            return Result<void>();
        });
        if (!done) {
            const auto damage = as_damage(done.error(), part);
            if (!damage) return Failure(done.error());
            damaged_.push_back(*damage);
            continue;
        }
        for (sources::Page& page : more) {
            if (!pages.empty() && page.version < pages.front().version) continue;
            if (!pages.empty() && page.version > pages.front().version) pages.clear();
            pages.push_back(std::move(page));
        }
    }
    for (const sources::Page& page : pages) TRY(read(page));
    return {};
}

Result<WholeForge> Replay::read_whole_forge() {
    WholeForge whole;
    TRY(read_newest(sources::Stream::Repositories, [&](const sources::Page& page) -> Result<void> {
        TRY_LET(listing, forge_.read_repositories(page));
        for (sources::ListedRepo& repo : listing.repositories)
            whole.repositories.try_emplace(repo.repo.ref, repo);
        return {};
    }));
    TRY(read_newest(sources::Stream::Users, [&](const sources::Page& page) -> Result<void> {
        TRY_LET(listing, forge_.read_users(page));
        std::ranges::move(listing.users, std::back_inserter(whole.users));
        return {};
    }));
    return whole;
}

// What came over the API stands on what the mirror has, if there is one.
Result<Outcome> Replay::load_history(const sources::ListedRepo& listed, Task& task,
                                     RepoReport& one) {
    Stamp stamp{.repo = listed.repo.ref, .collected_at = deps_.clock.now(), .version = 0};
    const ApiHistoryParts history{.deps = deps_,
                                  .checkpoints = checkpoints_,
                                  .tickets = tickets_,
                                  .window = request_.window,
                                  .logins = &people_->logins(),
                                  .group_bytes = budget_.group_bytes,
                                  .listed = listed,
                                  .stamp = stamp};
    HistoryReplay over_api(history, forge_, task.parts);
    TRY(over_api.open(ctx_));
    task.report.parts += over_api.parts();
    task.report.pages += over_api.pages();
    if (!over_api.over_api()) return load_mirror(listed, one);
    TRY_LET(is_there, over_api.is_there(ctx_));
    if (is_there) return Outcome::Unchanged;
    TRY(load_mirror(listed, one));
    TRY(set_back(listed.repo.ref));
    // Newer than what the mirror gave.
    TRY_LET(version, checkpoints_.next_version(ctx_));
    stamp.version = version;
    StreamReport done;
    TRY(over_api.store(ctx_, pick_.date.empty(), done));
    one.counts += done.counts;
    return Outcome::Collected;
}

// A part of the archive does not make the ledger true again.
Result<void> Replay::set_back(const sources::RepoRef& repo) {
    if (pick_.date.empty()) return {};
    return remove_ledger(ctx_, deps_.checkpoints, repo);
}

Result<Outcome> Replay::load_mirror(const sources::ListedRepo& listed, RepoReport& one) {
    std::error_code failed;
    if (!std::filesystem::exists(mirror_folder(deps_.data_dir, listed.repo.ref), failed))
        return Outcome::Unchanged;
    const ForgeHistory history{.listed = listed, .offline = true, .on_set_back = [&] {
                                   return set_back(listed.repo.ref);
                               }};
    const StreamParts stream{.deps = deps_,
                             .checkpoints = checkpoints_,
                             .tickets = tickets_,
                             .window = request_.window,
                             .budget = budget_,
                             .fetches = session_.fetches(),
                             .turns = session_.histories(),
                             .on_progress = [](const Progress&) {},
                             .logins = &people_->logins(),
                             .forge = &history};
    StreamReport done;
    TRY_LET(outcome, collect_history(ctx_, stream, listed.repo, done));
    one.counts += done.counts;
    return outcome;
}

Result<RepoReport> Replay::load_one(Task& task, const WholeForge& whole) {
    const sources::RepoRef& repo = task.repo;
    RepoReport one{.repo = repo,
                   .outcome = Outcome::Unchanged,
                   .error = std::nullopt,
                   .counts = {},
                   .took = {}};
    const auto began = std::chrono::steady_clock::now();
    const auto listed = whole.repositories.find(repo);
    if (listed != whole.repositories.end()) {
        TRY_LET(outcome, load_history(listed->second, task, one));
        one.outcome = outcome;
    }
    const ReplayParts replaying{
        .deps = deps_,
        .forge = forge_,
        .tickets = tickets_,
        .token =
            fmt::format("replay/{}/{}/{}", version_, repo.data_source, sources::full_name(repo)),
        .batch_size = std::max(1U, request_.api.batch_size),
        .on_people = [&](exec::Context&, std::vector<schema::GitUser> people) -> Result<void> {
            for (schema::GitUser& one_of_them : people)
                task.people.try_emplace(one_of_them.user_uuid, std::move(one_of_them));
            return {};
        }};
    TRY_LET(replayed, ReplayRepository(replaying).replay(ctx_, std::move(task.parts)));
    task.report.parts += replayed.parts;
    task.report.pages += replayed.pages;
    task.report.passed_over = replayed.passed_over;
    task.report.damaged = std::move(replayed.damaged);
    one.counts += replayed.counts;
    if (replayed.counts.rows > 0) one.outcome = Outcome::Collected;
    one.took = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - began);
    return one;
}

// Several repositories at a time, as in a live run: git's processes leave gaps.
Result<void> Replay::load_all(std::vector<Task>& tasks, const WholeForge& whole,
                              const ReplayNote& on_progress) {
    struct Sum {
        std::size_t done = 0;
        Counts counts;
        std::optional<Error> error;
    };
    exec::Guarded<Sum> sum;
    std::atomic<std::size_t> next = 0;
    std::atomic<bool> failed = false;
    const auto work = [&] {
        for (std::size_t at = next++; at < tasks.size() && !failed; at = next++) {
            auto one = load_one(tasks[at], whole);
            // Damage of one repository's parts is not that of the others.
            if (!one && one.error().code() == Errc::Corrupt)
                one = RepoReport{.repo = tasks[at].repo,
                                 .outcome = Outcome::Failed,
                                 .error = std::move(one).error(),
                                 .counts = {},
                                 .took = {}};
            failed = failed || !one;
            sum.with([&](Sum& all) {
                if (!one) {
                    if (!all.error) all.error = std::move(one).error();
                    return;
                }
                all.counts += one->counts;
                ++all.done;
                if (on_progress) on_progress(all.done, tasks.size(), all.counts);
            });
            if (one) tasks[at].done = std::move(*one);
        }
    };
    const auto workers = static_cast<unsigned>(
        std::clamp<std::size_t>(tasks.size(), 1, std::max(1U, request_.workers)));
    budget_ = budget_of(std::min(workers, session_.most_histories()), request_.history);
    {
        std::vector<std::jthread> threads;
        for (unsigned i = 0; i < workers; ++i) threads.emplace_back(work);
    }
    return sum.with([](Sum& all) -> Result<void> {
        if (all.error) return Failure(std::move(*all.error));
        return {};
    });
}

Result<ReplayReport> Replay::load(const ReplayNote& on_progress) {
    const auto began = std::chrono::steady_clock::now();
    TRY_LET(by_repository, parts_of_repositories());
    TRY_LET(whole, read_whole_forge());
    if (pick_.repositories.empty() && !nothing_picked_)
        for (const auto& [repo, listed] : whole.repositories) by_repository.try_emplace(repo);
    if (by_repository.empty())
        return Failure(Error(Errc::NotFound, "the archive holds nothing of that")
                           .hint("`forgehouse archive summary` says what it holds."));
    TRY_LET(version, checkpoints_.next_version(ctx_));
    version_ = version;
    people_.emplace(deps_, forge_, archive_, version_);
    TRY(people_->adopt(ctx_, std::move(whole.users)));
    std::vector<Task> tasks;
    for (auto& [repo, parts] : by_repository)
        tasks.push_back({.repo = repo, .parts = std::move(parts)});
    TRY(load_all(tasks, whole, on_progress));
    ReplayReport report;
    report.damaged = std::move(damaged_);
    for (Task& task : tasks) {
        std::ranges::move(task.report.damaged, std::back_inserter(report.damaged));
        report.parts += task.report.parts;
        report.pages += task.report.pages;
        report.passed_over += task.report.passed_over;
        report.counts += task.done->counts;
        report.repositories.push_back(std::move(*task.done));
        // In the order of their names, whoever was read first: the first to be met counts.
        std::vector<schema::GitUser> people;
        for (auto& [uuid, one] : task.people) people.push_back(std::move(one));
        TRY(people_->met(ctx_, std::move(people)));
    }
    TRY(people_->flush(ctx_));
    report.counts.rows += people_->rows();
    report.took = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - began);
    return report;
}

}  // namespace

Result<ReplayReport> load(exec::Context& ctx, const Deps& deps, const sources::Forge& forge,
                          const Request& request, const ArchivePick& pick,
                          const ReplayNote& on_progress) {
    if (!deps.archive) return Failure(Error(Errc::Invalid, "there is no archive to load"));
    TRY_LET(session, HeldSession::of(ctx, deps, request.workers));
    return Replay(ctx, deps, forge, request, pick, *session).load(on_progress);
}

}  // namespace forgehouse::collect
