#include "collect/api/pull_request_lister.h"

#include <algorithm>
#include <unordered_set>

#include "collect/api/read_list.h"

namespace forgehouse::collect {
namespace {

class Lister {
public:
    Lister(exec::Context& ctx, const ListerParts& parts, const std::shared_ptr<RepoPass>& pass)
        : ctx_(ctx), parts_(parts), pass_(pass) {}

    Listing list() {
        const auto done = read_pages();
        if (done) {
            listing_.complete = true;
            listing_.whole = parts_.request.window.open();
            if (const auto swept = sweep(); !swept) {
                listing_.complete = false;
                listing_.error = swept.error();
            }
        } else {
            listing_.error = done.error();
        }
        if (pass_->given_up && !listing_.error)
            listing_.error =
                Error(Errc::Unavailable, "the server failed at one pull request after the other")
                    .hint("Try again later: the next run reads what is missing.");
        listing_.complete = listing_.complete && !pass_->given_up;
        return std::move(listing_);
    }

private:
    Result<void> read_pages();
    Result<void> take_elsewhere();
    std::vector<std::int64_t> missing() const;
    Result<void> take(sources::ListedPullRequest item);
    bool must_read(const sources::ListedPullRequest& item, std::uint64_t fingerprint,
                   const StoredLedger& stored) const;
    Result<void> begin();
    Result<void> sweep();
    Result<void> look_for(std::int64_t id);

    exec::Context& ctx_;
    const ListerParts& parts_;
    const std::shared_ptr<RepoPass>& pass_;
    Listing listing_;
    std::unordered_set<std::int64_t> seen_;
    std::optional<Time> last_updated_;
    bool begun_ = false;
};

Result<void> Lister::take_elsewhere() {
    TRY_LET(items, parts_.elsewhere(ctx_));
    for (sources::ListedPullRequest& item : items) TRY(take(std::move(item)));
    return {};
}

Result<void> Lister::read_pages() {
    if (parts_.elsewhere) return take_elsewhere();
    TRY_LET(first, parts_.forge.first(sources::Stream::PullRequests, pass_->repo, {}));
    if (pass_->given_up) return {};
    const auto read = [&](const sources::Page& page) {
        return parts_.forge.read_pull_requests(page);
    };
    return read_list(
        ctx_, parts_.fetcher, std::move(first), pass_->stamp.version, read,
        [&](const sources::Page&, sources::PullRequestListing& page) -> Result<Brought> {
            ++listing_.calls;
            listing_.listed += page.unreadable.size();
            const std::size_t before = seen_.size();
            for (sources::ListedPullRequest& item : page.items) TRY(take(std::move(item)));
            parts_.on_page(*pass_, listing_.listed);
            if (pass_->given_up) return Brought::Enough;
            return seen_.size() > before ? Brought::News : Brought::Nothing;
        });
}

Result<void> Lister::take(sources::ListedPullRequest item) {
    // A list that moves while it is read shows some items twice; the next run sees what changed.
    if (item.destination != pass_->repo || !seen_.insert(item.id).second) return {};
    ++listing_.listed;
    if (last_updated_ && item.updated > *last_updated_) ++listing_.out_of_order;
    last_updated_ = item.updated;
    if (parts_.request.api.build_statuses && item.is_open && !item.source_hash.empty())
        listing_.open_heads.push_back(item.source_hash);
    if (pass_->over_api && !item.source_hash.empty())
        listing_.heads.emplace(item.ref, item.source_hash);
    if (!parts_.request.window.contains(item.updated) || pass_->given_up) return {};
    const std::uint64_t fingerprint = short_fingerprint(item.fingerprint);
    const auto [wanted, known] = pass_->ledger.with([&](const StoredLedger& stored) {
        return std::pair(must_read(item, fingerprint, stored),
                         stored.ledger.read.contains(item.id));
    });
    if (!wanted) {
        parts_.fetcher.save(1);
        return {};
    }
    if (!std::exchange(begun_, true)) TRY(begin());
    return parts_.reader.submit(pass_, std::move(item), fingerprint, known);
}

bool Lister::must_read(const sources::ListedPullRequest& item, std::uint64_t fingerprint,
                       const StoredLedger& stored) const {
    if (stored.ledger.put_off.contains(item.id)) return true;
    const auto at = stored.ledger.read.find(item.id);
    if (at == stored.ledger.read.end()) return true;
    const Ledger::Entry& entry = at->second;
    if (entry.list_only && !pass_->hidden) return true;
    if (entry.fingerprint != fingerprint || (entry.without_git && parts_.git_there)) return true;
    const ApiOptions& options = parts_.request.api;
    const Time now = pass_->stamp.collected_at;
    const bool may_change = item.is_open || now - item.updated <= options.look_back;
    return may_change && now - Time::from_seconds(entry.read_seconds) > options.reread_after;
}

// From here on rows may be stored that no ledger tells of yet.
Result<void> Lister::begin() {
    parts_.open_git(ctx_, *pass_);
    return pass_->ledger.with([&](StoredLedger& stored) -> Result<void> {
        if (stored.ledger.unfinished) return {};
        stored.ledger.unfinished = true;
        return save_ledger(ctx_, parts_.deps.checkpoints, pass_->repo, stored);
    });
}

// In the ledger and not in the list. What was read of a repository before it was hidden stays: the
// lists of others do not tell of all of it.
std::vector<std::int64_t> Lister::missing() const {
    std::vector<std::int64_t> ids = pass_->ledger.with([&](const StoredLedger& stored) {
        std::vector<std::int64_t> out;
        for (const auto& [id, entry] : stored.ledger.read)
            if (!seen_.contains(id) && (entry.list_only || !pass_->hidden)) out.push_back(id);
        for (const auto& [id, item] : stored.ledger.put_off)
            if (!seen_.contains(id) && !stored.ledger.read.contains(id) && !pass_->hidden)
                out.push_back(id);
        return out;
    });
    std::ranges::sort(ids);
    return ids;
}

Result<void> Lister::sweep() {
    if (pass_->given_up || (parts_.elsewhere && !parts_.elsewhere_is_whole)) return {};
    const std::vector<std::int64_t> unseen = missing();
    if (unseen.empty()) return {};
    // A list that moved while it was read may have hidden it: only the server's word counts.
    if (parts_.elsewhere) {
        TRY(take_elsewhere());
        listing_.gone = missing();
        return {};
    }
    for (const std::int64_t id : unseen) TRY(look_for(id));
    return {};
}

Result<void> Lister::look_for(std::int64_t id) {
    TRY_LET(call,
            parts_.forge.first(sources::Stream::PullRequest, pass_->repo, std::to_string(id)));
    sources::PullRequestListing found;
    const auto page = parts_.fetcher.fetch(
        ctx_, call, pass_->stamp.version, [&](const sources::Page& answer) -> Result<void> {
            TRY_LET(read, parts_.forge.read_pull_requests(answer));
            found = std::move(read);
            return {};
        });
    if (!page && page.error().code() == Errc::NotFound) {
        listing_.gone.push_back(id);
        return {};
    }
    if (!page) return Failure(page.error());
    for (sources::ListedPullRequest& item : found.items) TRY(take(std::move(item)));
    return {};
}

}  // namespace

Listing list_pull_requests(exec::Context& ctx, const ListerParts& parts,
                           const std::shared_ptr<RepoPass>& pass) {
    return Lister(ctx, parts, pass).list();
}

}  // namespace forgehouse::collect
