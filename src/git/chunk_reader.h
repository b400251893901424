// ChunkReader: reads chunks of commits, one worker thread's whole work.
//
// Commits, trees and blobs come from our own store. Which files a commit changed, TreeDiff says;
// where some may have been renamed, one `diff-tree` that stays is asked, and compares while we
// count the lines of the others. What is held is bounded: when a commit's files grow too many, all
// before it is given away, and then the commit itself in pieces.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "exec/context.h"
#include "exec/guarded.h"
#include "git/blob_memo.h"
#include "git/commit_parser.h"
#include "git/diff_output.h"
#include "git/object_access.h"
#include "git/pair_counter.h"
#include "git/patch_ids.h"
#include "git/reading_board.h"
#include "git/repository.h"
#include "git/tree_diff.h"

namespace forgehouse::git {

class ChunkReader {
public:
    /// `store`: see ObjectAccess. All outlive this.
    ChunkReader(const Repository& repository, ObjectStore* store, const ReadOptions& options,
                exec::Guarded<BlobMemo>& memo, ReadingBoard& board);
    ChunkReader(ChunkReader&&) = delete;

    /// Reads a chunk and puts it on the board, all commits before the one that fails.
    Result<void> read(const exec::Context& ctx, const Chunk& chunk);

private:
    /// One commit on its way to the board.
    struct Slot {
        std::optional<Commit> commit;  ///< empty once its first piece is on the board
        std::vector<FileChange> files;
        ObjectId id;
        std::optional<ObjectId> tree = {};  ///< where its commit is as git writes it
        bool is_asked = false;              ///< git says which files it changed
        bool wants_patch_id = false;
        std::string patch_id = {};
    };

    Result<void> read_commits(const exec::Context& ctx, std::span<const ObjectId>& ids);
    Result<void> read_commit(const exec::Context& ctx, const ObjectId& id);
    bool is_wanted(const Commit& commit) const noexcept;
    Result<void> compare(const exec::Context& ctx, std::size_t begin, std::size_t end);
    std::size_t look_ahead(std::size_t begin, std::size_t end);
    bool find_files(Slot& slot);
    std::optional<ObjectId> parent_tree(const Commit& commit);
    Result<void> complete(const exec::Context& ctx, std::size_t begin, std::size_t end);
    Result<void> complete_one(const exec::Context& ctx, std::size_t slot);
    Result<void> count(const exec::Context& ctx, const Slot& slot, FileChange& file);
    Result<void> ask(std::size_t begin, std::size_t end);
    Result<bool> hear(const exec::Context& ctx, std::size_t slot);
    Result<void> take_file(const exec::Context& ctx, std::size_t slot, FileChange& file);
    Result<void> put(const exec::Context& ctx, std::size_t end, bool with_part);
    Result<void> one_by_one(const exec::Context& ctx, Error first);

    const Repository& repository_;
    const ReadOptions& options_;
    ReadingBoard& board_;
    ObjectAccess objects_;
    PairCounter pairs_;
    PatchIds patch_ids_;
    TreeDiff trees_;
    std::optional<DiffOutput> structure_;
    bool is_hearing_ = false;        ///< git has not said all that it was asked for
    std::optional<ObjectId> heard_;  ///< the commit whose files git tells next

    std::uint64_t chunk_ = 0;
    std::vector<Slot> slots_;
    std::unordered_map<ObjectId, ObjectId> tree_of_;  ///< of the slots' commits
    std::size_t put_ = 0;                             ///< slots before this one are on the board
    std::size_t held_ = 0;  ///< bytes of the files in slots_ that are counted
    ReadStats stats_;
};

}  // namespace forgehouse::git
