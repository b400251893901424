// ReaderPool: the connections that read, made when they are wanted and kept for the next.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "exec/monitor.h"
#include "metadb/postgresql/connection.h"

namespace forgehouse::metadb::postgresql {

/// Threads: all functions may be called from many at once. `pq` and `target` have to outlive it,
/// and it the Readers.
class ReaderPool {
public:
    /// A connection in somebody's hands: given up at the end, or kept for the next.
    class Reader {
    public:
        explicit Reader(ReaderPool& pool) : pool_(&pool) {}
        Reader(Reader&& other) noexcept
            : pool_(std::exchange(other.pool_, nullptr)),
              connection_(std::move(other.connection_)),
              keep_(other.keep_) {}
        Reader& operator=(Reader&&) = delete;
        ~Reader();

        Connection& operator*() const noexcept { return *connection_; }
        Connection* operator->() const noexcept { return connection_.get(); }
        /// Its transaction has ended: the next one may have it.
        void keep() noexcept { keep_ = true; }

    private:
        friend class ReaderPool;
        ReaderPool* pool_;
        std::unique_ptr<Connection> connection_;
        bool keep_ = false;
    };

    ReaderPool(const Libpq& pq, const Connection::Target& target, std::size_t most)
        : pq_(pq), target_(target), most_(most) {}

    /// A connection with a snapshot begun on it; waits where all are in use. One that the server
    /// has ended meanwhile is replaced. Errors: Unavailable, Cancelled by the Context.
    Result<Reader> begin(const exec::Context& ctx);

private:
    struct State {
        std::vector<std::unique_ptr<Connection>> idle;
        std::size_t used = 0;
    };

    const Libpq& pq_;
    const Connection::Target& target_;
    const std::size_t most_;
    exec::Monitor<State> state_;
};

}  // namespace forgehouse::metadb::postgresql
