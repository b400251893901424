// PathLog: the commits that changed given files or folders, one after the other, as git lists them.
//
// Of each commit no more is read than the trees on the way to the paths, and not these where the
// commit-graph has a Bloom filter that says the commit changed something else.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "exec/context.h"
#include "git/history/commit_queue.h"
#include "git/history/history.h"
#include "git/history/tree_paths.h"
#include "git/object_id.h"
#include "git/store/bloom_filter.h"

namespace forgehouse::git {

struct PathLogRequest {
    std::vector<ObjectId> tips;
    /// Of files and folders from the top of the tree on, git's bytes, no patterns; "" is all.
    std::vector<std::string> paths;
    bool is_first_parent = false;  ///< of a merge only the first parent is followed and compared
    /// Follow all parents of a merge, also where one of them has the same at the paths:
    /// `--full-history`.
    bool is_full_history = false;
    /// The path of one file, which is followed to the names that it had before: `--follow`.
    bool is_following = false;
    std::uint64_t skip = 0;  ///< so many commits are passed over first: pages before this one
};

/// What is asked for is read and no more; 1 byte is held for each commit of the repository.
/// Threads: one at a time, together with its History, of which many may be under way.
class PathLog {
public:
    /// `history` lives longer. Errors: those of History and TreePaths; Invalid where several paths
    /// are to be followed.
    static Result<PathLog> start(const exec::Context& ctx, History& history,
                                 PathLogRequest request);

    /// The next one that `git log tips… -- paths…` lists. nullopt after the last. Errors: those of
    /// History; Corrupt, with field `object`, where a tree is missing or damaged; where a file is
    /// followed, those of Repository::failure(), too.
    Result<std::optional<ObjectId>> next(const exec::Context& ctx);

    /// Where a file is followed: its name in the commit that was returned last.
    const std::string& path() const noexcept { return path_; }

private:
    using Number = CommitTable::Number;

    PathLog(History& history, PathLogRequest request, TreePaths trees)
        : history_(&history), request_(std::move(request)), trees_(std::move(trees)) {}

    Result<void> push(const exec::Context& ctx, Number commit);
    Result<bool> simplify(const exec::Context& ctx, Number commit);
    Result<bool> shows_followed(const exec::Context& ctx, Number commit);
    Result<bool> is_same(const exec::Context& ctx, Number commit, std::size_t parent);
    Result<bool> is_empty(const exec::Context& ctx, Number commit);
    bool is_denied(Number commit) const;
    void hash(std::span<const std::string> paths);
    Result<std::optional<std::string>> name_before(const exec::Context& ctx, Number commit);

    History* history_;
    PathLogRequest request_;
    TreePaths trees_;
    std::vector<BloomPath> filters_;  ///< empty where filters can say nothing
    std::string path_;
    std::string next_path_;  ///< that from the next commit on
    CommitMarks seen_;
    CommitQueue queue_;
    std::vector<Number> parents_;  ///< of the commit at hand, those that are followed
};

}  // namespace forgehouse::git
