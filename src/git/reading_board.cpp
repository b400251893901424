#include "git/reading_board.h"

namespace forgehouse::git {

std::size_t bytes_of(const FileChange& file) noexcept {
    return sizeof file + file.path.capacity() + file.old_path.capacity();
}

std::size_t bytes_of(const Commit& commit) noexcept {
    return sizeof commit + commit.parents.capacity() * sizeof(ObjectId) +
           commit.message.utf8.capacity() + commit.message.original.capacity() +
           commit.author.malformed.capacity() + commit.committer.malformed.capacity() +
           commit.trailers.capacity() * 2 * sizeof(Trailer);
}

std::size_t bytes_of(const Piece& piece) noexcept {
    std::size_t bytes = sizeof piece;
    if (piece.begins) bytes += bytes_of(*piece.begins);
    for (const auto& file : piece.files) bytes += bytes_of(file);
    return bytes;
}

ReadingBoard::ReadingBoard(std::size_t window_bytes, std::size_t chunks_ahead)
    : window_bytes_(window_bytes), chunks_ahead_(chunks_ahead) {}

bool ReadingBoard::is_caller_needed(const State& state) const {
    if (!state.is_closed && state.waiting.size() < chunks_ahead_) return true;
    if (state.is_closed && state.turn == state.dealt) return true;
    const auto found = state.results.find(state.turn);
    return found != state.results.end() && (!found->second.pieces.empty() || found->second.is_done);
}

Result<ReadingBoard::Turn> ReadingBoard::next_turn(const exec::Context& ctx) {
    const auto take_turn = [this](State& state) {
        Turn turn;
        if (const auto found = state.results.find(state.turn); found != state.results.end()) {
            auto& results = found->second;
            turn.pieces = std::exchange(results.pieces, {});
            state.held -= std::exchange(results.bytes, 0);
            if (results.is_done) {
                turn.error = std::move(results.error);
                state.results.erase(found);
                ++state.turn;
            }
        }
        turn.wants_chunk = !state.is_closed && state.waiting.size() < chunks_ahead_;
        turn.is_over = state.is_closed && state.turn == state.dealt;
        return turn;
    };
    return state_.when(
        ctx, [this](const State& state) { return is_caller_needed(state); }, take_turn);
}

void ReadingBoard::deal(std::vector<ObjectId> ids) {
    state_.with([&ids](State& state) {
        state.waiting.push_back({.number = state.dealt++, .ids = std::move(ids)});
    });
}

void ReadingBoard::close() {
    state_.with([](State& state) { state.is_closed = true; });
}

Result<std::optional<Chunk>> ReadingBoard::take(const exec::Context& ctx) {
    return state_.when(
        ctx, [](const State& state) { return state.is_closed || !state.waiting.empty(); },
        [](State& state) {
            if (state.waiting.empty()) return std::optional<Chunk>();
            std::optional<Chunk> chunk(std::move(state.waiting.front()));
            state.waiting.pop_front();
            return chunk;
        });
}

Result<void> ReadingBoard::put(const exec::Context& ctx, std::uint64_t chunk,
                               std::deque<Piece> pieces) {
    std::size_t bytes = 0;
    for (const auto& piece : pieces) bytes += bytes_of(piece);
    // The chunk whose turn it is may wait for the caller's thread, but never for another chunk:
    // what it holds itself counts alone.
    const auto has_room = [this, chunk](const State& state) {
        if (state.turn != chunk) return state.held < window_bytes_;
        const auto own = state.results.find(chunk);
        return own == state.results.end() || own->second.bytes < window_bytes_ / 2;
    };
    const auto put_down = [&](State& state) {
        auto& results = state.results[chunk];
        for (auto& piece : pieces) results.pieces.push_back(std::move(piece));
        results.bytes += bytes;
        state.held += bytes;
        return true;
    };
    TRY(state_.when(ctx, has_room, put_down));
    return {};
}

void ReadingBoard::finish(std::uint64_t chunk, std::optional<Error> error) {
    state_.with([chunk, &error](State& state) {
        auto& results = state.results[chunk];
        results.is_done = true;
        results.error = std::move(error);
    });
}

void ReadingBoard::count(const ReadStats& more) {
    state_.with([&more](State& state) {
        state.stats.commits += more.commits;
        state.stats.skipped += more.skipped;
        state.stats.files += more.files;
        state.stats.pairs_known += more.pairs_known;
        state.stats.pairs_counted += more.pairs_counted;
        state.stats.pairs_by_git += more.pairs_by_git;
    });
}

ReadStats ReadingBoard::stats() {
    return state_.with([](State& state) { return state.stats; });
}

}  // namespace forgehouse::git
