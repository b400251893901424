// ReplayRepository: the pull requests of one repository out of its parts of the archive.
#pragma once

#include <unordered_map>

#include "collect/api/pull_request_batch.h"
#include "collect/api/pull_request_pages.h"
#include "collect/archive/picking.h"
#include "collect/replay.h"

namespace forgehouse::collect {

/// What replaying one repository stands on.
struct ReplayParts {
    const Deps& deps;
    const sources::Forge& forge;
    const TicketFinder& tickets;
    std::string token;  ///< begins the inserts' deduplication tokens
    std::size_t batch_size;
    std::function<Result<void>(exec::Context&, std::vector<schema::GitUser>)> on_people;
};

struct ReplayCounts {
    std::uint64_t parts = 0;
    std::uint64_t pages = 0;
    std::uint64_t passed_over = 0;
    Counts counts;
    std::vector<Error> damaged;  ///< parts, as in ReplayReport
};

/// Reads the parts from the newest to the oldest, so that the first reading of a pull request is
/// the one that counts. Threads: one at a time.
class ReplayRepository {
public:
    explicit ReplayRepository(const ReplayParts& parts) : parts_(parts) {}

    /// Errors: those of the archive, of the warehouse; Corrupt where what is deleted cannot be
    /// known. A page that cannot be read is counted as quarantined and passed over, a part noted.
    Result<ReplayCounts> replay(exec::Context& ctx, std::vector<PickedPart> parts);

private:
    struct Gathering {
        std::string item;
        std::uint64_t version = 0;
        std::optional<sources::PullRequestPages> pages;
        Time received;
    };
    Result<void> take(exec::Context& ctx, ArchivedPage page);
    Result<void> take_statuses(ArchivedPage page);
    Result<void> take_tombstones(const ArchivedPage& page);
    Result<void> close(exec::Context& ctx, const PullRequestFacts& facts);
    Result<void> flush(exec::Context& ctx);
    bool is_buried(std::int64_t id, std::uint64_t version) const;

    const ReplayParts& parts_;
    Gathering gathering_;
    std::unordered_map<std::int64_t, std::uint64_t> done_;    ///< version by pull request
    std::unordered_map<std::int64_t, std::uint64_t> buried_;  ///< version by pull request
    std::uint64_t all_buried_ = 0;  ///< the repository itself was; 0: never
    PullRequestBatch batch_;
    schema::Batch statuses_{schema::git_commit_statuses.info()};
    std::uint64_t batches_ = 0;
    ReplayCounts done_counts_;
};

}  // namespace forgehouse::collect
