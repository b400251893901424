// Reader: commits with their files and line counts, exactly git's own numbers: those of
// `git log -M --numstat -z --diff-merges=first-parent` without attributes.
//
// Several threads share the work (README.md says how); results come back in the order of the
// request. Memory is bounded by ReadOptions whatever the size of the history, of a commit or of a
// message, as far as single commits' messages go.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>

#include "base/result.h"
#include "base/time.h"
#include "exec/context.h"
#include "git/commit.h"
#include "git/object_id.h"

namespace forgehouse::git {

class Repository;

struct ReadOptions {
    static constexpr unsigned kMostWorkers = 8;  ///< more than this many get in each other's way

    /// Threads, each with a git process for renames; 0: one for each core, up to kMostWorkers.
    unsigned workers = 0;
    std::size_t window_bytes = 32u << 20;  ///< of results that wait for their turn
    std::size_t memo_slots = 1u << 20;     ///< of remembered blob pairs
    std::size_t cache_bytes = 32u << 20;  ///< of objects that others are made from, for each worker
    /// Blobs of more bytes are git's to compare: its memory is bounded from outside, ours is not.
    std::size_t most_blob_bytes = 16u << 20;
    /// Whether Commit::patch_id is wanted: reading takes up to twice as long.
    bool patch_ids = false;
    /// Only commits whose committer date lies in [since, until): others are not delivered, and
    /// their files are never compared.
    std::optional<Time> since = {};
    std::optional<Time> until = {};
};

/// What reading took, for run records and benches.
struct ReadStats {
    std::uint64_t commits = 0;  ///< delivered
    std::uint64_t skipped = 0;  ///< outside of since/until
    std::uint64_t files = 0;
    std::uint64_t pairs_known = 0;    ///< files whose two blobs had been compared before
    std::uint64_t pairs_counted = 0;  ///< compared by us
    std::uint64_t pairs_by_git = 0;   ///< too large for us, or not to be read without git
};

/// Receives what is read, in the order of the request, on the thread that called read_history().
/// An error stops the reading and is returned to the caller.
class HistorySink {
public:
    virtual ~HistorySink() = default;
    /// A part of a commit's files, in git's order. `commit` is complete but for its totals. Called
    /// once or more for a commit that changed files, and not at all for one that did not. The sink
    /// may move from `files`.
    virtual Result<void> files(const Commit& commit, std::span<FileChange> files) = 0;
    /// The commit itself, after its last file, with its totals.
    virtual Result<void> commit(Commit&& commit) = 0;
};

/// Hands out the ids to read; nullopt after the last. Called on the thread of read_history().
using CommitSource = std::function<Result<std::optional<ObjectId>>()>;

/// Reads the commits that `source` names and gives them to `sink` in the same order.
/// Errors: those of source and sink; those of Repository::failure(), with the field `commit` where
/// one is at fault: the commits before it were delivered; Cancelled by the Context.
Result<ReadStats> read_history(const exec::Context& ctx, const Repository& repository,
                               const ReadOptions& options, const CommitSource& source,
                               HistorySink& sink);

}  // namespace forgehouse::git
