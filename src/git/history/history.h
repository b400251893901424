// History: questions about the commits of one repository, answered without a process: merge bases,
// ancestry, how far branches are apart, logs (CommitLog, PathLog).
//
// Commits come from the commit-graph where it has them, else from their objects, which are then
// remembered: see CommitTable for the memory that takes. A shallow repository's commit-graph is not
// used, as git does not use it; its cut commits are roots. Grafts and replace refs have no effect.
//
// Answers are exact whatever the clocks of the committers. Where a walk may only end when nothing
// older can matter (ahead_behind(), logs with hidden commits), what is not in the commit-graph is
// read down to the roots, the first time: a repository that is asked such things should have one.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "exec/context.h"
#include "git/history/commit_queue.h"
#include "git/history/commit_table.h"
#include "git/object_access.h"
#include "git/object_id.h"
#include "git/repository.h"

namespace forgehouse::git {

/// Commits that one of two reaches and the other does not.
struct AheadBehind {
    std::uint64_t ahead = 0;
    std::uint64_t behind = 0;

    friend bool operator==(const AheadBehind&, const AheadBehind&) = default;
};

/// Threads: one at a time. All errors of all functions: NotFound, with field `object`, where a
/// commit that was asked for is not there; Invalid where it is no commit; Corrupt, with field
/// `object`, where one that it builds upon is missing or damaged; those of ObjectAccess::read();
/// Cancelled.
class History {
public:
    /// Both live longer; `store` may be nullptr, then git reads the objects. `graph`, where it is
    /// given, is believed to be the repository's: see CommitGraphChain::find().
    /// Errors: Denied or Unavailable where the list of a shallow repository's ends cannot be read.
    static Result<History> open(const Repository& repository, ObjectStore* store,
                                std::shared_ptr<const CommitGraphChain> graph = nullptr,
                                const StoreLimits& limits = {});

    /// What `git merge-base --all a b` lists, in its order. Empty where they share no history.
    Result<std::vector<ObjectId>> merge_bases(const exec::Context& ctx, const ObjectId& a,
                                              const ObjectId& b);
    /// Whether `ancestor` is `commit` or one of its ancestors.
    Result<bool> is_ancestor(const exec::Context& ctx, const ObjectId& ancestor,
                             const ObjectId& commit);
    /// How many commits `a` has and `b` has not, and the other way about: what
    /// `git rev-list --left-right --count a...b` prints where the clocks are right.
    Result<AheadBehind> ahead_behind(const exec::Context& ctx, const ObjectId& a,
                                     const ObjectId& b);

    /// For what walks on its own.
    CommitTable& commits() noexcept { return commits_; }
    ObjectAccess& objects() noexcept { return *objects_; }
    const Repository& repository() const noexcept { return *repository_; }

private:
    using Number = CommitTable::Number;

    History(const Repository& repository, std::unique_ptr<ObjectAccess> objects,
            CommitTable commits)
        : repository_(&repository), objects_(std::move(objects)), commits_(std::move(commits)) {}

    Result<std::vector<Number>> paint(const exec::Context& ctx, Number one,
                                      std::span<const Number> others, std::uint64_t lowest);
    Result<void> drop_reached(const exec::Context& ctx, std::vector<Number>& commits);

    const Repository* repository_;
    std::unique_ptr<ObjectAccess> objects_;  ///< does not move: commits_ points at it
    CommitTable commits_;
    CommitMarks marks_;
    CommitQueue queue_;
};

}  // namespace forgehouse::git
