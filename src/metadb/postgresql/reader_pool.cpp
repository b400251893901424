#include "metadb/postgresql/reader_pool.h"

namespace forgehouse::metadb::postgresql {
namespace {

const std::string kBegin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

}  // namespace

ReaderPool::Reader::~Reader() {
    if (pool_ == nullptr) return;
    std::unique_ptr<Connection> dropped = keep_ ? nullptr : std::move(connection_);
    dropped.reset();  // before another is made in its place
    pool_->state_.with([this](State& state) {
        --state.used;
        if (connection_) state.idle.push_back(std::move(connection_));
    });
}

Result<ReaderPool::Reader> ReaderPool::begin(const exec::Context& ctx) {
    TRY_LET(idle, state_.when(
                      ctx, [this](const State& state) { return state.used < most_; },
                      [](State& state) {
                          ++state.used;
                          std::unique_ptr<Connection> taken;
                          if (!state.idle.empty()) {
                              taken = std::move(state.idle.back());
                              state.idle.pop_back();
                          }
                          return taken;
                      }));
    Reader reader(*this);
    reader.connection_ = std::move(idle);
    if (reader.connection_ && reader->usable()) {
        auto begun = reader->command(ctx, kBegin);
        if (begun) return reader;
        if (!reader->broken()) return Failure(std::move(begun).error());
    }
    TRY_LET(fresh, Connection::open(ctx, pq_, target_));
    reader.connection_ = std::move(fresh);
    TRY(reader->command(ctx, kBegin));
    return reader;
}

}  // namespace forgehouse::metadb::postgresql
