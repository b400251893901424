// PullRequestStore: gathers what the readers bring, of all repositories, and stores it in batches:
// first the archive, then what hangs on the pull requests, then they themselves and the people in
// them, last the ledgers.
// So a death anywhere loses nothing that a later run would not read again.
#pragma once

#include <map>
#include <thread>

#include "collect/api/repo_pass.h"
#include "collect/archive/archive.h"
#include "exec/bounded_queue.h"

namespace forgehouse::collect {

/// Threads: add() and seal() from many at once; finish() once.
class PullRequestStore {
public:
    struct Parts {
        const Deps& deps;
        RunArchive& archive;
        std::string token;  ///< begins the inserts' deduplication tokens
        std::size_t batch_size;
        /// A repository's pass is over and stored, or has failed. From the store's thread.
        std::function<void(RepoPass&, const Listing&)> on_finished;
        /// A whole batch was stored. May be empty.
        std::function<void(const RepoPass&)> on_stored;
        /// People that were met, and their storing before the ledgers of a batch. From the store's
        /// thread. Errors: the warehouse's.
        std::function<Result<void>(std::vector<schema::GitUser>)> on_people;
        std::function<Result<void>(exec::Context&)> store_people;
        std::atomic<std::uint64_t>& waiting;  ///< kept at the number of those not yet gathered
    };
    explicit PullRequestStore(Parts parts);
    ~PullRequestStore();

    /// Takes one; waits while the warehouse is slower than the readers.
    void add(std::shared_ptr<RepoPass> pass, Reading reading);
    /// No more of this repository will be submitted. `on_finished` follows when all that was
    /// submitted is stored.
    void seal(std::shared_ptr<RepoPass> pass, Listing listing);
    /// Waits until all is stored. Errors: the first that storing has met.
    Result<void> finish();

private:
    struct Delivery {
        std::shared_ptr<RepoPass> pass;
        std::optional<Reading> reading;
        std::optional<Listing> listing;
    };
    /// One repository, as far as it is not finished.
    struct Open {
        std::shared_ptr<RepoPass> pass;
        std::optional<Listing> listing;
        std::uint64_t received = 0;
        std::string lines;             ///< of the batch in hand, for the archive
        std::string quarantine;        ///< likewise
        std::vector<Reading> waiting;  ///< rows are in the batch; ids for the ledger
        std::vector<std::int64_t> read_before;
        std::vector<std::int64_t> listed_before;  ///< likewise, and only listed now
        bool cancelled = false;
    };

    void work();
    void take(Delivery delivery);
    void flush();
    Result<void> store(exec::Context& ctx);
    Result<void> archive_all(exec::Context& ctx);
    Result<void> keep_ledger(exec::Context& ctx, Open& open);
    Result<void> bury_gone(exec::Context& ctx, Open& open);
    static void name(const Reading& reading, RepoPass& pass);
    void count(Open& open);
    void finish_ready();

    const Parts parts_;
    exec::BoundedQueue<Delivery> queue_;
    std::map<std::size_t, Open> open_;  ///< by the pass's number
    PullRequestBatch batch_;
    std::size_t gathered_ = 0;  ///< readings in hand
    std::size_t line_bytes_ = 0;
    Time began_gathering_;
    std::uint64_t batches_ = 0;
    exec::Guarded<std::optional<Error>> error_;
    std::jthread thread_;  // last: joined first
};

}  // namespace forgehouse::collect
