// ForgeRun's way to the history of one repository: by git, and over the API where git is closed.
#include "base/log.h"
#include "collect/api/archived_refs.h"
#include "collect/api/forge_run.h"

namespace forgehouse::collect {
namespace {

// Refs are asked for in two requests; a fetch takes three more.
constexpr unsigned kRequestsOfAsking = 2;
constexpr unsigned kRequestsOfCloning = 5;
// Git that was refused for the limit is asked again so often, after so long for each try before.
constexpr unsigned kGitTries = 5;
constexpr std::chrono::seconds kGitPause{2};

}  // namespace

// Git's requests fall under the server's limit and know nothing of ours.
Result<Outcome> ForgeRun::read_by_git(exec::Context& ctx, RepoPass& pass,
                                      const sources::ListedRepo& listed,
                                      std::optional<KeptRepository>& kept) {
    std::error_code ignored;
    const bool is_known =
        std::filesystem::exists(mirror_folder(parts_.deps.data_dir, pass.repo), ignored);
    for (unsigned tries = 1;; ++tries) {
        TRY(parts_.fetcher.leave_room(ctx, is_known ? kRequestsOfAsking : kRequestsOfCloning));
        auto outcome = read_history(ctx, pass, listed, kept, false);
        if (outcome || outcome.error().code() != Errc::RateLimited || tries > kGitTries)
            return outcome;
        TRY(parts_.deps.sleep(ctx, tries * kGitPause));
    }
}

// Only for what is git's or the way's to it. Where git was there the last time, an hour of absence
// is no reason to ask for each new commit: the next run has them by git.
bool ForgeRun::may_go_over(exec::Context& ctx, const RepoPass& pass, const Error& error) const {
    if (parts_.request.api.commits != CommitsFrom::Auto || pass.git_reached) return false;
    if (error.code() == Errc::Denied || error.code() == Errc::NotFound) return true;
    if (error.code() != Errc::Unavailable) return false;
    const auto checkpoint = parts_.checkpoints.load(ctx, pass.repo);
    return checkpoint && (!*checkpoint || is_over_api((*checkpoint)->fingerprint));
}

// Git's refusal is none of the run's failures: what it keeps back comes another way.
void ForgeRun::note_refusal(RepoPass& pass, const Error& error) const {
    log::write(log::Level::Warn, "collect", "git cannot be reached: commits come over the API",
               error,
               {{"run_id", parts_.record.run_id()}, {"repository", sources::full_name(pass.repo)}});
    pass.findings.push_back({.repo = pass.repo,
                             .check = "git_reached",
                             .table = std::string(schema::git_commits.name),
                             .checked = 1,
                             .failed = 1,
                             .sample = {error.describe()},
                             .severity = schema::Severity::Warning});
}

// The list of pull requests lies between the refs and the commits: it names their heads.
Listing ForgeRun::read_over_api(exec::Context& ctx, const std::shared_ptr<RepoPass>& pass,
                                const sources::ListedRepo& listed,
                                const std::optional<Error>& refused, std::set<std::string>& heads) {
    Stamp stamp{.repo = pass->repo,
                .collected_at = pass->stamp.collected_at,
                .version = pass->stamp.version};
    if (bring_mirror(ctx, *pass, listed))
        // Newer than what the mirror gave.
        stamp.version = parts_.checkpoints.next_version(ctx).value_or(stamp.version);
    ApiHistory history({.history = {.deps = parts_.deps,
                                    .checkpoints = parts_.checkpoints,
                                    .tickets = tickets_,
                                    .window = parts_.request.window,
                                    .logins = &parts_.people.logins(),
                                    .group_bytes = budget_.group_bytes,
                                    .listed = listed,
                                    .stamp = stamp},
                        .forge = parts_.forge,
                        .fetcher = parts_.fetcher,
                        .archive = parts_.archive,
                        .threads = std::max(1U, parts_.request.api.max_workers),
                        .on_progress =
                            [this](const Progress& now) {
                                tell([&](Observer& observer) { observer.progress(now); });
                            },
                        .on_set_back = [&] { return set_back(ctx, *pass); }});
    Result<void> begun = history.begin(ctx);
    // Where the API does not answer either, that is what is wrong.
    if (begun && refused) note_refusal(*pass, *refused);
    Listing listing = list(ctx, pass, std::nullopt);
    StreamReport report;
    auto outcome = begun ? history.finish(ctx, listing.heads, listing.complete, report)
                         : Result<Outcome>(Failure(std::move(begun).error()));
    heads = history.branch_heads();
    pass->history_counts = report.counts;
    std::ranges::move(report.findings, std::back_inserter(pass->findings));
    if (outcome)
        pass->report.outcome = *outcome;
    else
        pass->history_error = outcome.error();
    return listing;
}

// A rename took the mirror along, and git lets us in no more: what it has need not be asked for.
bool ForgeRun::bring_mirror(exec::Context& ctx, RepoPass& pass, const sources::ListedRepo& listed) {
    std::error_code failed;
    const auto checkpoint = parts_.checkpoints.load(ctx, pass.repo);
    if (!checkpoint || *checkpoint || parts_.request.api.commits == CommitsFrom::Api ||
        !std::filesystem::exists(mirror_folder(parts_.deps.data_dir, pass.repo), failed))
        return false;
    std::optional<KeptRepository> kept;
    const auto brought = read_history(ctx, pass, listed, kept, true);
    if (!brought)
        log::write(log::Level::Info, "collect", "a mirror could not be read", brought.error(),
                   {{"repository", sources::full_name(pass.repo)}});
    return true;
}

Result<void> ForgeRun::set_back(exec::Context& ctx, RepoPass& pass) {
    pass.amend_all = true;
    return pass.ledger.with([&](StoredLedger& stored) -> Result<void> {
        stored.ledger = {};
        stored.ledger.unfinished = true;
        return save_ledger(ctx, parts_.deps.checkpoints, pass.repo, stored);
    });
}

// A replay trusts the mirror again where the API stood in for it before.
Result<void> ForgeRun::note_way(exec::Context& ctx, RepoPass& pass) {
    pass.git_reached = true;
    TRY_LET(checkpoint, parts_.checkpoints.load(ctx, pass.repo));
    if (!checkpoint || !is_over_api(checkpoint->fingerprint)) return {};
    std::string line;
    append_history_line(line, {}, pass.stamp, pass.repo, parts_.record.run_id());
    return parts_.archive.store(ctx, pass.repo, kCommitsFolder, line);
}

Result<Outcome> ForgeRun::read_history(exec::Context& ctx, RepoPass& pass,
                                       const sources::ListedRepo& listed,
                                       std::optional<KeptRepository>& kept, bool offline) {
    ForgeHistory history{
        .listed = listed, .offline = offline, .on_set_back = [&] { return set_back(ctx, pass); }};
    if (!offline) history.on_reached = [&] { return note_way(ctx, pass); };
    const StreamParts stream{
        .deps = parts_.deps,
        .checkpoints = parts_.checkpoints,
        .tickets = tickets_,
        .window = parts_.request.window,
        .budget = budget_,
        .fetches = parts_.session.fetches(),
        .turns = parts_.session.histories(),
        .on_progress =
            [this](const Progress& now) {
                tell([&](Observer& observer) { observer.progress(now); });
            },
        .access = &parts_.fetcher.access_of_git(),
        .logins = &parts_.people.logins(),
        .keep =
            [&](OpenRepository&& open, git::Refs&& refs) {
                kept.emplace(KeptRepository{.open = std::move(open), .refs = std::move(refs)});
            },
        .forge = &history,
        .commits_again = pass.commits_again};
    StreamReport report;
    auto outcome = collect_history(ctx, stream, listed.repo, report);
    pass.report.counts = report.counts;
    std::ranges::move(report.findings, std::back_inserter(pass.findings));
    return outcome;
}

}  // namespace forgehouse::collect
