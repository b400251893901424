// CommitReader: a pool of threads that ask a forge for what commits change, and one that stores it.
//
//   submit() ─▶ readers: pages of files ─▶ rows ─┐ queue
//   archive() ───────────────────────────────────┴─▶ store: CommitGroups
#pragma once

#include <thread>
#include <vector>

#include "collect/api/commit_groups.h"
#include "collect/api/fetcher.h"
#include "exec/bounded_queue.h"
#include "exec/guarded.h"

namespace forgehouse::collect {

/// Threads: archive(), submit() and finish() from one thread.
class CommitReader {
public:
    struct Parts {
        const exec::Context& ctx;
        Fetcher& fetcher;
        const sources::Forge& forge;
        ApiRowParts rows;
        CommitGroups& groups;
        std::string run_id;
        std::function<void(const Counts&)> on_read;  ///< from the store's thread
    };
    CommitReader(Parts parts, unsigned threads);
    ~CommitReader();

    /// Lines that are to lie in the archive before what is submitted after them is stored.
    void archive(std::string lines);
    /// Waits for room. Errors: what reading or storing has met; Cancelled.
    Result<void> submit(schema::GitCommit row, const HistoryPlace& place);

    /// What could not be read: the next run finds that it is missing.
    struct PutOff {
        std::uint64_t commits = 0;
        std::vector<std::string> sample;
        std::optional<Error> error;  ///< the first
    };
    /// Reads what was submitted and stores it. Errors: those of the archive and of the warehouse;
    /// what the server said where it failed at one commit after the other; Cancelled.
    Result<PutOff> finish(StoredOverApi& stored);

private:
    struct Task {
        schema::GitCommit row;
        HistoryPlace place;
    };
    struct Delivery {
        std::string lines;
        std::optional<ApiCommit> commit;
    };
    struct State {
        std::optional<Error> error;  ///< ends it all
        PutOff put_off;
        unsigned failed_in_a_row = 0;
    };
    void read();
    void store();
    Result<Delivery> read_one(exec::Context& ctx, Task& task);
    void failed(const std::string& commit, Error error);
    void end(Error error);
    Result<void> state() const;

    const Parts parts_;
    exec::BoundedQueue<Task> tasks_;
    exec::BoundedQueue<Delivery> deliveries_;
    exec::Guarded<State> state_;
    std::vector<std::jthread> readers_;
    std::jthread store_;
};

}  // namespace forgehouse::collect
