// ReadingBoard: where the threads of one reading meet. The caller's thread deals out chunks of
// commits and takes results in order; workers take chunks and put results.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "base/result.h"
#include "exec/context.h"
#include "exec/monitor.h"
#include "git/commit.h"
#include "git/reader.h"

namespace forgehouse::git {

/// Commits that one worker reads in one go, in the order of the request.
struct Chunk {
    std::uint64_t number = 0;
    std::vector<ObjectId> ids;
};

/// A commit, or a part of one: its head comes first, its files in one or more pieces.
struct Piece {
    std::optional<Commit> begins;
    std::vector<FileChange> files;
    bool ends = false;
    std::string patch_id = {};  ///< where it ends
};

/// What a piece takes in memory, about.
std::size_t bytes_of(const FileChange& file) noexcept;
std::size_t bytes_of(const Commit& commit) noexcept;
std::size_t bytes_of(const Piece& piece) noexcept;

/// Threads: the first group of functions is the caller's, the second one the workers'.
class ReadingBoard {
public:
    /// `window_bytes`: how much may wait besides the chunk whose turn it is.
    ReadingBoard(std::size_t window_bytes, std::size_t chunks_ahead);

    /// What the caller's thread is to do next.
    struct Turn {
        bool wants_chunk = false;    ///< deal() one, or close()
        bool is_over = false;        ///< all chunks are delivered
        std::deque<Piece> pieces;    ///< to be delivered now
        std::optional<Error> error;  ///< after the pieces: the reading has failed here
    };
    Result<Turn> next_turn(const exec::Context& ctx);
    void deal(std::vector<ObjectId> ids);
    void close();

    /// nullopt when there will be no more.
    Result<std::optional<Chunk>> take(const exec::Context& ctx);
    /// Waits while the window is full and it is another chunk's turn.
    Result<void> put(const exec::Context& ctx, std::uint64_t chunk, std::deque<Piece> pieces);
    void finish(std::uint64_t chunk, std::optional<Error> error);
    void count(const ReadStats& more);

    ReadStats stats();

private:
    struct Results {
        std::deque<Piece> pieces;
        std::size_t bytes = 0;
        bool is_done = false;
        std::optional<Error> error;
    };
    struct State {
        std::deque<Chunk> waiting;
        std::map<std::uint64_t, Results> results;
        std::uint64_t dealt = 0;  ///< number of the next chunk
        std::uint64_t turn = 0;   ///< number of the chunk that is delivered now
        std::size_t held = 0;     ///< bytes in results
        bool is_closed = false;
        ReadStats stats;
    };
    bool is_caller_needed(const State& state) const;

    const std::size_t window_bytes_;
    const std::size_t chunks_ahead_;
    exec::Monitor<State> state_;
};

}  // namespace forgehouse::git
