// PairCounter: the line counts of the files that a commit changed, each distinct pair of blobs
// compared once in a reading.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "exec/context.h"
#include "exec/guarded.h"
#include "git/blob_memo.h"
#include "git/commit.h"
#include "git/line_counts.h"
#include "git/object_access.h"

namespace forgehouse::git {

class Repository;

/// Threads: one at a time; the memo is shared.
class PairCounter {
public:
    PairCounter(const Repository& repository, ObjectAccess& objects, exec::Guarded<BlobMemo>& memo)
        : repository_(&repository), objects_(&objects), memo_(&memo) {}

    /// Fills in the counts of a file whose blobs and modes are known, as git counts them. What our
    /// own store cannot read, git compares. Errors: those of Repository::failure(); Cancelled.
    Result<void> count(const exec::Context& ctx, FileChange& file);
    /// Fills in what the caller has found by comparing the two blobs.
    void note(FileChange& file, const LineCounts& counts);

    /// Pairs since the last call.
    struct Stats {
        std::uint64_t known = 0;    ///< compared before
        std::uint64_t counted = 0;  ///< by us
        std::uint64_t by_git = 0;
    };
    Stats take_stats() noexcept { return std::exchange(stats_, {}); }

private:
    void fill_in(FileChange& file, const LineCounts& counts);
    Result<LineCounts> compare(const exec::Context& ctx, const FileChange& file);
    Result<LineCounts> ask_git(const exec::Context& ctx, const FileChange& file);
    Result<LineCounts> ask_for_both(const exec::Context& ctx, const FileChange& file);
    Result<LineCounts> count_one(const exec::Context& ctx, const ObjectId& blob);

    const Repository* repository_;
    ObjectAccess* objects_;
    exec::Guarded<BlobMemo>* memo_;
    LineCounter counter_;
    Stats stats_;
};

}  // namespace forgehouse::git
