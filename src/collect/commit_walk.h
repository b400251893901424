// CommitWalk: one pass over all commits that git reaches, held against what the warehouse has. New
// commits are handed out in order; stored ones whose place has changed are amended, and those that
// were not met are marked unreachable at the end. Runs in a thread of its own.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <thread>
#include <vector>

#include "collect/amendments.h"
#include "collect/stored_commits.h"
#include "exec/bounded_queue.h"
#include "git/walk.h"

namespace forgehouse::collect {

struct NewCommit {
    git::ObjectId id;
    std::uint32_t branch;  ///< index into git::Walk::branches()
    bool is_in_default_branch;
};

/// Threads: next(), finish() and the destructor from one thread.
class CommitWalk {
public:
    /// What it works on; all of it outlives the walk, and is left alone until finish().
    struct Parts {
        git::Walk& walk;
        StoredCommits& stored;
        BranchNames& names;
        Amendments& amendments;
        /// Called with commits that are handed out although they are stored: before they are.
        std::function<Result<void>(std::vector<std::string> commits)> on_again;
    };

    CommitWalk(const exec::Context& ctx, Parts parts);
    /// Stops the walk where it stands, and joins.
    ~CommitWalk();

    /// The next commit that the warehouse lacks; nullopt after the last.
    /// Errors: those of git and of the warehouse; Cancelled.
    Result<std::optional<NewCommit>> next(const exec::Context& ctx);
    /// Waits for the end of the walk and of the amendments. Errors: as next().
    Result<void> finish();

    /// Commits that refs reach, so far.
    std::uint64_t reachable() const noexcept { return reachable_; }
    /// Commits that the warehouse lacks; nullopt until the walk has seen all.
    std::optional<std::uint64_t> total() const noexcept;

private:
    Result<void> work(const exec::Context& ctx);
    Result<void> look_at(const exec::Context& ctx, const git::WalkedCommit& commit);
    Result<void> hand_out(const exec::Context& ctx);
    Result<void> mark_vanished(const exec::Context& ctx);

    Parts parts_;
    std::vector<std::uint32_t> branch_numbers_;  ///< of the walk's branches, in parts_.names
    std::vector<NewCommit> gathered_;            ///< the walk's thread only
    std::vector<std::string> again_;             ///< of gathered_; the walk's thread only
    std::uint64_t lacking_ = 0;                  ///< the walk's thread only
    std::vector<NewCommit> taken_;               ///< the caller's thread only, last first
    std::atomic<std::uint64_t> reachable_ = 0;
    std::atomic<std::uint64_t> total_ = 0;
    std::atomic<bool> has_total_ = false;
    exec::BoundedQueue<std::vector<NewCommit>> queue_;
    std::optional<Error> error_;  ///< set by the walk's thread at its end; see next()
    std::stop_source stop_;
    std::jthread thread_;  // last: joined first
};

}  // namespace forgehouse::collect
