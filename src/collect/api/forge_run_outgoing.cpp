// The part of ForgeRun that is about repositories which are hidden from us: see outgoing.h.
#include "collect/api/forge_run.h"
#include "collect/api/outgoing.h"

namespace forgehouse::collect {

// After all that is listed: once it is known that nothing else tells of them.
Result<void> ForgeRun::collect_outgoing() {
    exec::Context ctx = parts_.ctx;
    TRY_LET(version, parts_.checkpoints.next_version(ctx));
    const OutgoingParts outgoing{.deps = parts_.deps,
                                 .forge = parts_.forge,
                                 .fetcher = parts_.fetcher,
                                 .request = parts_.request,
                                 .listed = parts_.listed,
                                 .version = version};
    TRY_LET(found, list_outgoing(ctx, outgoing, plan_));
    TRY(keep_shown(ctx, parts_.deps.checkpoints, parts_.forge.info().data_source, parts_.listed,
                   plan_, found));
    if (found.empty()) return {};
    std::vector<sources::Repo> planned;
    for (const auto& [repo, hidden] : found)
        planned.push_back(
            {.ref = repo, .name = repo.repo_slug, .web_url = std::nullopt, .place = {}});
    tell([&](Observer& observer) { observer.planned(parts_.record.run_id(), planned); });
    done_.with([&](auto& done) { done.resize(plan_.size() + found.size()); });
    std::size_t index = plan_.size();
    for (auto& [repo, hidden] : found) {
        std::optional<std::vector<sources::ListedPullRequest>> items = std::move(hidden.items);
        const auto again =
            [&](exec::Context& asking) -> Result<std::vector<sources::ListedPullRequest>> {
            if (items) return *std::exchange(items, std::nullopt);
            TRY_LET(fresh, list_outgoing(asking, outgoing, hidden.forks));
            return std::move(fresh[repo].items);
        };
        collect_hidden(index++, repo, again, hidden.whole);
    }
    return {};
}

void ForgeRun::collect_hidden(
    std::size_t index, const sources::RepoRef& repo,
    const std::function<Result<std::vector<sources::ListedPullRequest>>(exec::Context&)>& items,
    bool whole) {
    exec::Context ctx = parts_.ctx;
    tell([&](Observer& observer) { observer.started(repo); });
    const auto version = parts_.checkpoints.next_version(ctx);
    const auto pass =
        std::make_shared<RepoPass>(index, repo,
                                   sources::RowStamp{.data_source = repo.data_source,
                                                     .collected_at = parts_.deps.clock.now(),
                                                     .version = version.value_or(0)});
    pass->hidden = true;
    pass->report.repo = repo;
    Listing listing;
    const auto ready = version ? prepare(ctx, *pass) : Failure(version.error());
    if (!ready)
        listing.error = ready.error();
    else if (*ready)
        listing = list_pull_requests(ctx,
                                     {.deps = parts_.deps,
                                      .forge = parts_.forge,
                                      .fetcher = parts_.fetcher,
                                      .reader = *reader_,
                                      .request = parts_.request,
                                      .open_git = [](exec::Context&, RepoPass&) {},
                                      .on_page = [](const RepoPass&, std::uint64_t) {},
                                      .git_there = false,
                                      .elsewhere = items,
                                      .elsewhere_is_whole = whole},
                                     pass);
    store_->seal(pass, std::move(listing));
}

}  // namespace forgehouse::collect
