// git_stream: one repository's history, from its refs to its checkpoint.
#pragma once

#include <functional>

#include "collect/checkpoints.h"
#include "collect/collect.h"
#include "collect/tickets.h"

namespace forgehouse::collect {

/// How much of the machine one repository may use.
struct Budget {
    unsigned processes = 0;  ///< of git; 0: one for each core
    std::size_t window_bytes = 32U << 20;
    std::size_t memo_slots = 1U << 20;
    std::size_t group_bytes = 8U << 20;  ///< of rows in one insert; about three groups are alive
};

/// What collecting one repository stands on. All of it outlives the call.
struct StreamParts {
    const Deps& deps;
    Checkpoints& checkpoints;
    const TicketFinder& tickets;
    const Window& window;
    Budget budget;
    /// Called at every change of phase and at most ten times a second in between.
    std::function<void(const Progress&)> on_progress;
};

/// What came of it; true also where collecting has failed halfway.
struct StreamReport {
    Counts counts;
    std::vector<Finding> findings;  ///< all checks, those that found nothing too
};

/// Brings the warehouse up to what the repository's refs reach. Safe to run again after a crash at
/// any line: files are stored before their commit, what is stored is never read again, and the
/// checkpoint is saved last. Where no ref has moved since the checkpoint, nothing is read or
/// written: Outcome::Unchanged.
/// Errors: those of git, of the warehouse, of the checkpoints; Cancelled. What was read is stored.
Result<Outcome> collect_history(exec::Context& ctx, const StreamParts& parts,
                                const sources::Repo& repo, StreamReport& report);

}  // namespace forgehouse::collect
