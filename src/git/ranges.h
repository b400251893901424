// Ranges: what a pull request brings, asked of git thousands of times without a process each: its
// commits from a CommitGraph, its size from a few CommitDiffs that stay.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "exec/context.h"
#include "git/commit_graph.h"
#include "git/object_id.h"
#include "git/refs.h"

namespace forgehouse::git {

class Repository;

/// The last line of `git diff --shortstat`: the sums of `--numstat`. Binary files have no lines.
struct RangeSize {
    std::uint64_t files_changed = 0;
    std::uint64_t lines_added = 0;
    std::uint64_t lines_removed = 0;
    bool operator==(const RangeSize&) const = default;
};

/// Two heads, as a forge names them.
struct RangeRequest {
    ObjectId destination;
    ObjectId source;
    /// Where the destination has the source's commits already (it is the destination of today, not
    /// of then), its first parent is the destination of then.
    std::optional<ObjectId> merge_commit = {};
};

struct ChangeRange {
    std::vector<ObjectId>
        commits;           ///< newest first: `git rev-list --topo-order destination..source`
    ObjectId destination;  ///< the one that counted: the request's, or the merge's parent
    std::optional<ObjectId> base;   ///< `git merge-base`; nullopt where they share no history
    std::optional<RangeSize> size;  ///< `git diff -M base source` without attributes; as `base`
};

/// Threads: const functions may be called from many threads at once; each call takes one git
/// process for its time, and waits where all are taken.
class Ranges {
public:
    /// Loads the graph; see CommitGraph::load() for `tips` and errors. `repository` outlives this.
    /// `processes`: the most that run at once; 0: one for each core.
    static Result<Ranges> open(const exec::Context& ctx, const Repository& repository,
                               const Refs& refs, std::span<const ObjectId> tips = {},
                               unsigned processes = 0);

    Ranges(Ranges&&) noexcept;
    Ranges& operator=(Ranges&&) noexcept;
    ~Ranges();

    const CommitGraph& graph() const noexcept;

    /// nullopt where a head is not there any more: nothing to be reported, its columns are NULL.
    /// Errors: those of Repository::failure() with fields `source` and `base`: a tree or a file
    /// is missing or broken; the next call works again. Cancelled by the Context.
    Result<std::optional<ChangeRange>> read(const exec::Context& ctx,
                                            const RangeRequest& request) const;
    /// `git diff --shortstat -M base source`; both are commits of the graph. Errors: as read().
    Result<RangeSize> size_between(const exec::Context& ctx, const ObjectId& base,
                                   const ObjectId& source) const;

private:
    struct State;
    explicit Ranges(std::unique_ptr<State> state) noexcept;
    std::unique_ptr<State> state_;
};

}  // namespace forgehouse::git
