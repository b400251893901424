// ChunkReader: reads chunks of commits by git processes of its own, one worker thread's whole work.
//
// The raw commits come from `cat-file`, the files of ordinary commits with their counts from one
// `diff-tree`. Merges are compared by structure only, in a second one; the counts of their blob
// pairs are mostly known from the commits that they bring along, and only merges with an unknown
// pair are counted by git. What is held is bounded: when a commit's files grow too many, all before
// it is completed and given away, and then the commit itself in pieces.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "exec/context.h"
#include "exec/guarded.h"
#include "git/blob_memo.h"
#include "git/commit_parser.h"
#include "git/diff_output.h"
#include "git/object_reader.h"
#include "git/reading_board.h"
#include "git/repository.h"

namespace forgehouse::git {

class ChunkReader {
public:
    ChunkReader(const Repository& repository, const ReadOptions& options,
                exec::Guarded<BlobMemo>& memo, ReadingBoard& board)
        : repository_(repository), options_(options), memo_(memo), board_(board) {}

    /// Reads a chunk and puts it on the board, all commits before the one that fails.
    Result<void> read(const exec::Context& ctx, const Chunk& chunk);

private:
    /// One commit on its way to the board.
    struct Slot {
        enum class State : unsigned char {
            Ordinary,   ///< to be counted
            Merge,      ///< to be compared by structure
            Uncounted,  ///< a merge with pairs that the memo does not know
            Done        ///< its files are complete
        };
        std::optional<Commit> commit;  ///< empty once its first piece is on the board
        std::vector<FileChange> files;
        State state = State::Done;
        ObjectId id;
    };

    Result<void> read_commits(const exec::Context& ctx, std::span<const ObjectId>& ids);
    Result<void> read_commit(const exec::Context& ctx, const ObjectId& id);
    bool is_wanted(const Commit& commit) const noexcept;
    Result<void> compare(const exec::Context& ctx);
    Result<void> read_structure(const exec::Context& ctx);
    Result<void> count(const exec::Context& ctx, std::optional<DiffOutput>& git,
                       std::span<const std::size_t> slots);
    Result<void> count_merges(const exec::Context& ctx, std::optional<DiffOutput>& git,
                              std::size_t before);
    Result<void> take_file(const exec::Context& ctx, std::size_t slot, FileChange& file);
    Result<void> make_room(const exec::Context& ctx, std::size_t slot);
    Result<void> put(const exec::Context& ctx, std::size_t end, bool with_part);
    Result<void> one_by_one(const exec::Context& ctx, Error first);
    void take_known(Slot& slot, FileChange& file);

    Result<void> ask(std::optional<DiffOutput>& git, const Subcommand& subcommand,
                     std::span<const std::size_t> slots);
    Error failure(const exec::Context& ctx, DiffOutput& git, const Subcommand& subcommand);
    std::vector<std::size_t> slots_in(Slot::State state, std::size_t before) const;

    const Repository& repository_;
    const ReadOptions& options_;
    exec::Guarded<BlobMemo>& memo_;
    ReadingBoard& board_;

    std::optional<ObjectReader> objects_;
    std::optional<DiffOutput> counted_;    ///< ordinary commits, then merges that must be counted
    std::optional<DiffOutput> structure_;  ///< merges
    std::optional<DiffOutput> spare_;      ///< merges that cannot wait for the ordinary commits

    std::uint64_t chunk_ = 0;
    std::vector<Slot> slots_;
    std::size_t put_ = 0;         ///< slots before this one are on the board
    bool structure_due_ = false;  ///< asked for and not yet read
    std::size_t held_ = 0;        ///< bytes in slots_
    ReadStats stats_;
};

}  // namespace forgehouse::git
