#include "git/reader.h"

#include <algorithm>
#include <thread>

#include "git/chunk_reader.h"
#include "git/reading_board.h"
#include "git/repository.h"

namespace forgehouse::git {
namespace {

// Long enough for deltas to find what they are made from in the worker's cache, short enough that
// the last ones end at about the same time.
constexpr std::size_t kChunkCommits = 256;

unsigned workers_for(const ReadOptions& options) {
    if (options.workers > 0) return options.workers;
    return std::clamp(std::jthread::hardware_concurrency(), 1u, ReadOptions::kMostWorkers);
}

Result<std::vector<ObjectId>> next_ids(const CommitSource& source) {
    std::vector<ObjectId> ids;
    while (ids.size() < kChunkCommits) {
        TRY_LET(id, source());
        if (!id) break;
        ids.push_back(*id);
    }
    return ids;
}

/// Takes pieces in order and gives them to the sink as whole commits.
class Delivery {
public:
    explicit Delivery(HistorySink& sink) : sink_(sink) {}

    Result<void> take(Piece piece) {
        if (piece.begins) commit_ = std::move(*piece.begins);
        for (const auto& file : piece.files) {
            ++commit_.files_changed;
            commit_.lines_added += file.lines_added;
            commit_.lines_removed += file.lines_removed;
        }
        if (!piece.files.empty()) TRY(sink_.files(commit_, piece.files));
        if (!piece.ends) return {};
        commit_.patch_id = std::move(piece.patch_id);
        return sink_.commit(std::move(commit_));
    }

private:
    HistorySink& sink_;
    Commit commit_;
};

/// A worker's thread: reads chunks until there are no more or one fails.
void work(const exec::Context& ctx, ReadingBoard& board, ChunkReader& reader) {
    while (ctx.check()) {
        auto chunk = board.take(ctx);
        if (!chunk || !*chunk) return;
        auto done = reader.read(ctx, **chunk);
        if (done) {
            board.finish((*chunk)->number, std::nullopt);
            continue;
        }
        board.finish((*chunk)->number, std::move(done).error());
        return;
    }
}

/// Deals out chunks and delivers results until all is done.
Result<void> run(const exec::Context& ctx, ReadingBoard& board, const CommitSource& source,
                 HistorySink& sink) {
    Delivery delivery(sink);
    for (;;) {
        TRY_LET(turn, board.next_turn(ctx));
        for (auto& piece : turn.pieces) {
            TRY(ctx.check());  // all of it may have been read before the sink said stop
            TRY(delivery.take(std::move(piece)));
        }
        if (turn.error) return Failure(std::move(*turn.error));
        if (turn.is_over) return {};
        if (!turn.wants_chunk) continue;
        TRY_LET(ids, next_ids(source));
        if (ids.empty())
            board.close();
        else
            board.deal(std::move(ids));
    }
}

}  // namespace

Result<ReadStats> read_history(const exec::Context& ctx, const Repository& repository,
                               const ReadOptions& options, const CommitSource& source,
                               HistorySink& sink) {
    const auto count = workers_for(options);
    // Where it cannot be opened, git reads what we would have read, and says what is wrong.
    auto store = open_store(repository);
    exec::Guarded<BlobMemo> memo{BlobMemo(options.memo_slots)};
    ReadingBoard board(options.window_bytes, count);
    std::stop_source stop;
    const std::stop_callback stop_workers(ctx.stop_token(), [&stop] { stop.request_stop(); });
    const exec::Context inner = ctx.with_stop(stop.get_token());
    std::vector<std::jthread> workers;
    for (unsigned i = 0; i < count; ++i)
        workers.emplace_back([&] {
            ChunkReader reader(repository, store ? &*store : nullptr, options, memo, board);
            work(inner, board, reader);
        });
    const auto done = run(ctx, board, source, sink);
    // Whatever the workers still do is not wanted any more.
    stop.request_stop();
    workers.clear();
    if (!done) return Failure(done.error());
    return board.stats();
}

}  // namespace forgehouse::git
