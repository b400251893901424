// CommitDiff: what differs between two commits, file by file, with counts and patches.
//
// Everything is as `git diff -M BASE COMMIT` of git 2.39 says it, attributes apart: which files
// differ and what was renamed, how many lines, and which.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/result.h"
#include "exec/context.h"
#include "exec/guarded.h"
#include "git/blob_memo.h"
#include "git/commit.h"
#include "git/diff_output.h"
#include "git/line_diff.h"
#include "git/object_access.h"
#include "git/pair_counter.h"
#include "git/patch_text.h"
#include "git/tree_diff.h"

namespace forgehouse::git {

class Repository;

/// Threads: one at a time, of any thread.
class CommitDiff {
public:
    /// `store`: see ObjectAccess. All live longer.
    CommitDiff(const Repository& repository, ObjectStore* store, const StoreLimits& limits,
               exec::Guarded<BlobMemo>& memo);
    CommitDiff(CommitDiff&&) = delete;

    enum class Renames : std::uint8_t { Found, NotAsked };

    using TakeFile = std::function<Result<void>(FileChange&)>;
    /// Hands out the files that differ, in git's order, without line counts. A null `base` is the
    /// commit's first parent, or nothing where it has none. Without renames what was renamed is a
    /// file removed and one added. An error of `take` ends it and is returned.
    /// Errors: those of Repository::failure(); NotFound where one of the two is not there; Invalid
    /// where it is no commit; Cancelled.
    Result<void> each_file(const exec::Context& ctx, const ObjectId& base, const ObjectId& commit,
                           const TakeFile& take, Renames renames = Renames::Found);

    /// Fills in the line counts. Errors: those of PairCounter::count().
    Result<void> count(const exec::Context& ctx, FileChange& file) {
        return pairs_.count(ctx, file);
    }
    /// Appends the file's patch; what is larger than the limits allow is shown as a binary file.
    /// Errors: those of content_of() but Invalid.
    Result<void> append_patch(const exec::Context& ctx, std::string& out, const FileChange& file,
                              std::uint32_t context = kUsualContext);

    /// Ends the git process, if one was needed; the next that is needed is started anew.
    void rest() noexcept { structure_.reset(); }

private:
    Result<StoredObject> read_commit(const exec::Context& ctx, const ObjectId& commit);
    Result<void> ask_git(const exec::Context& ctx, const ObjectId& base, const ObjectId& commit,
                         const TakeFile& take);
    Result<void> ask_git_and_split(const exec::Context& ctx, const ObjectId& base,
                                   const ObjectId& commit, const TakeFile& take);
    Result<void> hear(const exec::Context& ctx, const TakeFile& take);

    const Repository* repository_;
    ObjectAccess objects_;
    PairCounter pairs_;
    TreeDiff trees_;
    LineDiff lines_;
    std::optional<DiffOutput> structure_;  ///< started when it is first needed
};

}  // namespace forgehouse::git
