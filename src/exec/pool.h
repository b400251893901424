// Pool: a fixed number of named threads that run plain blocking functions from a bounded queue.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace forgehouse::exec {

/// Threads: submit() and the counters may be called from any thread; the destructor from one that
/// is not of the pool.
class Pool {
public:
    /// Receives the token that is stopped when the pool is told to stop. Must not throw.
    using Task = std::function<void(std::stop_token)>;

    struct Options {
        std::string name;          ///< at most 10 characters are shown by `top -H`
        std::size_t threads = 1;   ///< at least 1
        std::size_t queue = 1024;  ///< tasks that may wait
    };

    explicit Pool(Options options);
    /// Stops, drops what still waits in the queue, and joins.
    ~Pool();
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    /// False when the queue is full or the pool stops: the caller keeps the work and says so.
    [[nodiscard]] bool submit(Task task);
    /// Takes no more tasks; waits until the queue is empty and nothing runs. Tasks may take as long
    /// as they like: request_stop() first where they should hurry.
    void drain();
    /// Stops the token of running and later tasks. They still run: a task that was accepted is
    /// answered for.
    void request_stop();

    /// Tasks that run or wait.
    std::size_t pending() const;

private:
    void work(const std::string& name);

    const Options options_;
    std::stop_source stop_;
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::condition_variable idle_;
    std::deque<Task> queue_;             // guarded by mutex_
    std::size_t running_ = 0;            // guarded by mutex_
    bool accepting_ = true;              // guarded by mutex_
    bool leaving_ = false;               // guarded by mutex_
    std::vector<std::jthread> threads_;  // last: joined first
};

}  // namespace forgehouse::exec
