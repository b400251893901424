// RowWriter: stores groups of rows in a thread of its own, so that reading and inserting overlap.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "collect/collect.h"
#include "exec/bounded_queue.h"
#include "exec/guarded.h"
#include "schema/batch.h"

namespace forgehouse::collect {

/// Rows that are stored in this order: when a commit's row is there, so are its files and tickets.
struct RowGroup {
    RowGroup();
    std::size_t bytes() const noexcept { return files.bytes() + tickets.bytes() + commits.bytes(); }
    std::size_t rows() const noexcept { return files.rows() + tickets.rows() + commits.rows(); }

    schema::Batch files;
    schema::Batch tickets;
    schema::Batch commits;
    Counts counts;  ///< of what lies in the batches
};

/// Threads: push() and finish() from one thread; stored() and is_idle() from any.
class RowWriter {
public:
    /// `token` begins the deduplication token of every insert and is unique to this run of this
    /// repository.
    RowWriter(ports::Warehouse& warehouse, std::string token);
    /// Stores what is queued, then joins.
    ~RowWriter();

    /// Hands a group over; waits while the warehouse is slower than the reader.
    /// Errors: what storing an earlier group has met; Cancelled by the Context.
    Result<void> push(const exec::Context& ctx, RowGroup group);
    /// Whether nothing is being stored and nothing waits.
    bool is_idle() const noexcept { return in_hand_ == 0; }
    /// Waits until all is stored. Errors: what storing has met.
    Result<void> finish();
    /// What the warehouse has acknowledged.
    Counts stored() const;

private:
    struct State {
        Counts stored;
        std::optional<Error> error;
    };
    void work();
    Result<void> store(const RowGroup& group, std::uint64_t sequence);
    Result<void> failure() const;

    ports::Warehouse& warehouse_;
    const std::string token_;
    exec::BoundedQueue<RowGroup> queue_{1};
    std::atomic<unsigned> in_hand_ = 0;  ///< groups pushed and not yet stored
    exec::Guarded<State> state_;
    std::jthread thread_;  // last: joined first
};

/// How long one insert may take, retries and all, before the repository counts as failed. It does
/// not end with the run's Context: what has been read is stored.
exec::Context storing_context();

}  // namespace forgehouse::collect
