// Guarded: data that cannot be reached without its lock. Do no I/O while holding it.
#pragma once

#include <mutex>
#include <utility>

namespace forgehouse::exec {

template <class T>
class Guarded {
public:
    Guarded() = default;
    explicit Guarded(T value) : value_(std::move(value)) {}

    /// Runs `use(value)` under the lock and returns what it returns (never a reference into value).
    template <class Use>
    auto with(Use&& use) {
        const std::lock_guard lock(mutex_);
        return std::forward<Use>(use)(value_);
    }
    template <class Use>
    auto with(Use&& use) const {
        const std::lock_guard lock(mutex_);
        return std::forward<Use>(use)(value_);
    }

private:
    mutable std::mutex mutex_;
    T value_{};
};

}  // namespace forgehouse::exec
