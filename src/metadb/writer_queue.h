// WriterQueue: one thread that makes the writes of many durable together.
//
// Jobs that wait when a transaction begins are run in it one after the other, each behind a mark
// of its own (a savepoint), so that one that fails undoes only what it did. All are answered after
// the one COMMIT: whoever is told "done" is safe, and a disk's flush is paid once for the group.
// Where a group breaks as a whole, each of its jobs is run again alone, so that only the one that
// is to blame hears of it.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "exec/monitor.h"
#include "exec/retry.h"
#include "ports/metadb.h"

namespace forgehouse::metadb {

/// How a transaction stands after something in it failed.
enum class Standing : std::uint8_t {
    Open,    ///< it goes on after undo()
    Lost,    ///< the database has ended it: nothing of it is kept
    Repeat,  ///< it collided with another process: end it and run it again
};

/// A connection that writes. Threads: that of the WriterQueue alone.
class Transactions {
public:
    virtual ~Transactions() = default;

    /// Errors: Unavailable, Cancelled by the Context.
    virtual Result<void> begin(const exec::Context& ctx) = 0;
    /// Runs `work`; the Context ends its statements.
    virtual Result<void> run(const exec::Context& ctx, const ports::Metadb::Work& work) = 0;
    /// Everything is durable after it. An error with field `outcome` is not tried again.
    virtual Result<void> commit() = 0;
    /// Ends it whatever its standing.
    virtual void rollback() = 0;

    virtual Result<void> mark() = 0;
    /// Makes what was done since mark() part of the transaction.
    virtual Result<void> keep() = 0;
    /// Undoes what was done since mark().
    virtual Result<void> undo() = 0;

    virtual Standing standing() const = 0;
};

class WriterQueue {
public:
    /// `transactions` is used by the queue's thread and has to outlive it. `name`: of the thread.
    WriterQueue(Transactions& transactions, std::string name);
    /// Ends the thread. Nobody may be inside of write().
    ~WriterQueue();

    /// Waits until `work` is durable or has failed. Threads: any. A Context that ends before the
    /// work's turn takes it out of the queue; after that its statements end with Cancelled.
    Result<void> write(const exec::Context& ctx, const ports::Metadb::Work& work);

private:
    /// Lives on the stack of the one who waits for it.
    struct Job {
        const exec::Context& ctx;
        const ports::Metadb::Work& work;
        /// Touched by the queue's thread alone until it is handed to `answer`.
        Result<void> result{};
        exec::Monitor<std::optional<Result<void>>> answer{};
    };
    using Jobs = std::vector<Job*>;
    enum class Ending : std::uint8_t { Answered, Apart, Repeat };

    void serve(const std::stop_token& stop);
    Jobs take();
    void run(const exec::Context& ctx, std::span<Job* const> jobs, bool begun);
    void run_apart(const exec::Context& ctx, std::span<Job* const> jobs);
    /// Needs a transaction that has begun, and ends it.
    Ending run_once(std::span<Job* const> jobs);
    Ending commit(std::span<Job* const> jobs);
    Ending broken(std::span<Job* const> jobs, const Error& why);

    Transactions& transactions_;
    const std::string name_;
    const exec::Uniform uniform_;
    exec::Monitor<std::deque<Job*>> waiting_;
    std::jthread thread_;
};

}  // namespace forgehouse::metadb
