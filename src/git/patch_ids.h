// PatchIds: the patch ids of commits, and on the way the line counts of their files.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "exec/context.h"
#include "exec/guarded.h"
#include "git/blob_memo.h"
#include "git/line_diff.h"
#include "git/object_access.h"
#include "git/pair_counter.h"
#include "git/patch_id.h"

namespace forgehouse::git {

class Repository;

/// Takes one commit after the other: begin(), add() for each of its files in git's order, finish().
/// Threads: one at a time; the memo is shared.
class PatchIds {
public:
    /// All live longer. `pairs` counts what has no patch to be read.
    PatchIds(const Repository& repository, ObjectAccess& objects, PairCounter& pairs);

    void begin();
    /// Fills in the counts of a file whose blobs and modes are known. What our own store cannot
    /// read, git compares. Errors: those of PairCounter::count().
    Result<void> add(const exec::Context& ctx, FileChange& file);
    /// nullopt where no file has changed. Where we could not read all of it, git is asked for the
    /// patch. Errors: those of Repository::failure(); Cancelled.
    Result<std::optional<std::string>> finish(const exec::Context& ctx, const ObjectId& commit);

private:
    Result<std::optional<std::string>> ask_git(const exec::Context& ctx, const ObjectId& commit);

    const Repository* repository_;
    ObjectAccess* objects_;
    PairCounter* pairs_;
    LineDiff lines_;
    PatchId id_;
    std::string patch_;  ///< of the file at hand
    bool is_whole_ = true;
};

}  // namespace forgehouse::git
