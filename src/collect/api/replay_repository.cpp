#include "collect/api/replay_repository.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "collect/api/commit_groups.h"

namespace forgehouse::collect {
namespace {

constexpr std::size_t kBatchBytes = 32U << 20;

bool is_stream(const ArchivedPage& page, sources::Stream stream) {
    return page.stream == sources::name_of(stream);
}

// By the day and the run, the newest first; a run's parts in any order, since it reads each pull
// request once.
bool newer(const PickedPart& a, const PickedPart& b) {
    return a.info.key.substr(a.info.key.rfind('/', a.info.key.rfind('/') - 1)) >
           b.info.key.substr(b.info.key.rfind('/', b.info.key.rfind('/') - 1));
}

}  // namespace

Result<ReplayCounts> ReplayRepository::replay(exec::Context& ctx, std::vector<PickedPart> parts) {
    std::ranges::sort(parts, newer);
    // Tombstones first: what they bury need not be mapped.
    for (const bool tombstones : {true, false})
        for (const PickedPart& part : parts) {
            // History is another reader's.
            if (part.name.folder == kCommitsFolder) continue;
            if ((part.name.folder == kTombstones) != tombstones) continue;
            TRY(ctx.check());
            ++done_counts_.parts;
            const auto read =
                read_part(ctx, *parts_.deps.archive, part.info,
                          [&](ArchivedPage page) { return take(ctx, std::move(page)); });
            gathering_ = {};
            if (read) continue;
            const auto damage = as_damage(read.error(), part.info);
            if (!damage) return Failure(read.error());
            // Without it, what the forge has no more would come back for good.
            if (tombstones) return Failure(*damage);
            done_counts_.damaged.push_back(*damage);
        }
    TRY(flush(ctx));
    if (!statuses_.empty())
        TRY(parts_.deps.warehouse.insert(ctx, statuses_, parts_.token + "/statuses"));
    done_counts_.counts.rows += statuses_.rows();
    return done_counts_;
}

Result<void> ReplayRepository::take(exec::Context& ctx, ArchivedPage page) {
    ++done_counts_.pages;
    if (page.stream == kTombstones) return take_tombstones(page);
    if (is_stream(page, sources::Stream::Statuses)) return take_statuses(std::move(page));
    if (is_stream(page, sources::Stream::PullRequest)) {
        gathering_ = {.item = page.item,
                      .version = page.version,
                      .pages = std::nullopt,
                      .received = page.received};
        const std::int64_t id = text::to_int(page.item).value_or(0);
        const auto done = done_.find(id);
        if (is_buried(id, page.version) || (done != done_.end() && done->second >= page.version)) {
            ++done_counts_.passed_over;
            return {};
        }
        gathering_.pages = {.repo = std::move(page.repo),
                            .item = std::move(page.body),
                            .activities = {},
                            .git = std::nullopt};
        return {};
    }
    if (!gathering_.pages || page.item != gathering_.item || page.version != gathering_.version)
        return {};
    if (is_stream(page, sources::Stream::Activities)) {
        gathering_.pages->activities.push_back(
            page_of(std::move(page), sources::Stream::Activities));
        return {};
    }
    if (page.stream != kGitFacts) return {};
    TRY_LET(facts, read_facts(page.body));
    return close(ctx, facts);
}

Result<void> ReplayRepository::take_statuses(ArchivedPage page) {
    if (page.version < all_buried_) return {};
    TRY_LET(listing,
            parts_.forge.read_statuses(page_of(std::move(page), sources::Stream::Statuses)));
    for (const schema::GitCommitStatus& row : listing.statuses)
        statuses_.append(schema::git_commit_statuses, row);
    done_counts_.counts.quarantined += listing.unreadable.size();
    return {};
}

Result<void> ReplayRepository::take_tombstones(const ArchivedPage& page) {
    TRY_LET(document, json::Document::parse(page.body));
    if (document.root().find("repository")) all_buried_ = std::max(all_buried_, page.version);
    const auto ids = document.root().find("pull_requests");
    if (!ids) return {};
    TRY_LET(items, ids->items());
    for (const json::Value& item : items) {
        TRY_LET(id, item.integer());
        buried_[id] = std::max(buried_[id], page.version);
    }
    return {};
}

bool ReplayRepository::is_buried(std::int64_t id, std::uint64_t version) const {
    const auto at = buried_.find(id);
    return version < all_buried_ || (at != buried_.end() && version < at->second);
}

Result<void> ReplayRepository::close(exec::Context& ctx, const PullRequestFacts& facts) {
    sources::PullRequestPages pages = std::move(*gathering_.pages);
    gathering_.pages.reset();
    pages.git = facts.git;
    const sources::RowStamp stamp{.data_source = pages.repo.data_source,
                                  .collected_at = gathering_.received,
                                  .version = gathering_.version};
    auto rows = parts_.forge.map_pull_request(pages, stamp);
    if (!rows) {
        ++done_counts_.counts.quarantined;
        log::write(log::Level::Info, "collect", "an archived pull request cannot be read",
                   rows.error(),
                   {{"repository", sources::full_name(pages.repo)}, {"item", gathering_.item}});
        return {};
    }
    done_[text::to_int(gathering_.item).value_or(0)] = gathering_.version;
    MappedPullRequest mapped = with_tickets(std::move(*rows), parts_.tickets, facts.tickets);
    ++done_counts_.counts.pull_requests;
    batch_.add(mapped);
    TRY(parts_.on_people(ctx, std::move(mapped.rows.users)));
    const bool full = batch_.pull_requests() >= parts_.batch_size || batch_.bytes() >= kBatchBytes;
    return full ? flush(ctx) : Result<void>();
}

Result<void> ReplayRepository::flush(exec::Context& ctx) {
    if (batch_.rows() == 0) return {};
    const std::string token = fmt::format("{}/{}", parts_.token, ++batches_);
    TRY(batch_.store_children(ctx, parts_.deps.warehouse, token));
    TRY(batch_.store_pull_requests(ctx, parts_.deps.warehouse, token));
    done_counts_.counts.rows += batch_.rows();
    done_counts_.counts.bytes += batch_.bytes();
    batch_.clear();
    return {};
}

}  // namespace forgehouse::collect
