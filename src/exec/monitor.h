// Monitor: data behind a lock, and waiting for it to become what one needs. A Guarded whose every
// change wakes the waiters.
#pragma once

#include <condition_variable>
#include <mutex>
#include <type_traits>
#include <utility>

#include "exec/context.h"

namespace forgehouse::exec {

/// Threads: everything from any thread. Do no I/O inside `use` and `ready`.
template <class T>
class Monitor {
public:
    Monitor() = default;
    explicit Monitor(T value) : value_(std::move(value)) {}

    /// Runs `use(value)` under the lock, wakes all waiters, returns what it returned (never a
    /// reference into value).
    template <class Use>
    auto with(Use&& use) {
        const std::lock_guard lock(mutex_);
        const Waker wake{changed_};
        return std::forward<Use>(use)(value_);
    }

    /// Waits until `ready(value)`, then is like with(). Cancelled when the Context ends first; a
    /// value that is ready wins over a Context that has ended.
    template <class Ready, class Use>
    auto when(const Context& ctx, Ready&& ready, Use&& use)
        -> Result<std::invoke_result_t<Use, T&>> {
        std::unique_lock lock(mutex_);
        const Waker wake{changed_};
        const auto is_ready = [&] { return ready(std::as_const(value_)); };
        const bool in_time =
            ctx.deadline() ? changed_.wait_until(lock, ctx.stop_token(), *ctx.deadline(), is_ready)
                           : changed_.wait(lock, ctx.stop_token(), is_ready);
        if (!in_time) {
            TRY(ctx.check());
            return Failure(Error(Errc::Cancelled, "the time limit has passed"));
        }
        return std::forward<Use>(use)(value_);
    }

    /// Waits until `ready(value)`, however long: for what is certain to come soon.
    template <class Ready>
    void await(Ready&& ready) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return ready(std::as_const(value_)); });
    }

private:
    // Declared after the lock: wakes under it. Whoever is woken may destroy the Monitor, which
    // nobody touches any more once the lock is let go.
    struct Waker {
        std::condition_variable_any& changed;
        ~Waker() { changed.notify_all(); }
    };

    std::mutex mutex_;
    std::condition_variable_any changed_;
    T value_{};
};

}  // namespace forgehouse::exec
