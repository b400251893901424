// git_stream: one repository's history, from its refs to its checkpoint.
#pragma once

#include <functional>

#include "collect/access.h"
#include "collect/checkpoints.h"
#include "collect/collect.h"
#include "collect/logins.h"
#include "collect/repository_access.h"
#include "collect/tickets.h"
#include "exec/turns.h"
#include "git/refs.h"

namespace forgehouse::collect {

/// How much of the machine one repository may use.
struct Budget {
    unsigned readers = 0;  ///< threads, each with a git process; 0: one for each core
    std::size_t window_bytes = 32U << 20;
    std::size_t memo_slots = 1U << 20;
    std::size_t cache_bytes = 0;         ///< of what deltas are made from, for each reader
    std::size_t group_bytes = 8U << 20;  ///< of rows in one insert; about three groups are alive
    bool patch_ids = false;              ///< see git::ReadOptions
};

/// Several repositories share the machine, and the memory that one alone may have.
Budget budget_of(unsigned workers, const HistoryOptions& options);

/// What a forge adds to the history of a repository.
struct ForgeHistory {
    const sources::ListedRepo& listed;
    bool offline = false;  ///< what the mirror has is all there is
    /// The warehouse has lost what a checkpoint vouches for: called before anything is read.
    std::function<Result<void>()> on_set_back;
    /// Git could be reached: called before anything is stored. May be empty.
    std::function<Result<void>()> on_reached = {};
};

/// What collecting one repository stands on. All of it outlives the call.
struct StreamParts {
    const Deps& deps;
    Checkpoints& checkpoints;
    const TicketFinder& tickets;
    const Window& window;
    Budget budget;
    exec::Turns& fetches;  ///< a turn is held while git fetches
    exec::Turns& turns;    ///< another one while history is read and stored
    /// Called at every change of phase and at most ten times a second in between.
    std::function<void(const Progress&)> on_progress;
    /// How the remote is entered, beside what the repository's own place says. May be null.
    Access* access = nullptr;
    /// Whom the authors' addresses belong to. May be null.
    const Logins* logins = nullptr;
    /// Receives the repository with its refs once its history is stored, or is found unchanged, so
    /// that git can be asked more without another fetch. May be empty.
    std::function<void(OpenRepository&&, git::Refs&&)> keep = {};
    const ForgeHistory* forge = nullptr;  ///< null: plain git
    /// Reads what is stored once more: what hangs on commits is not there any more.
    bool commits_again = false;
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
