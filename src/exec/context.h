// Context: how long a call may take and whether it is still wanted. Every blocking call takes one;
// no wait is without both a deadline check and a stop check.
#pragma once

#include <chrono>
#include <optional>
#include <stop_token>

#include "base/result.h"

namespace forgehouse::exec {

/// Copied freely; the stop source outlives all copies because tokens share its state.
/// Threads: all functions may be called from many threads at once.
class Context {
public:
    using Steady = std::chrono::steady_clock;

    /// No deadline, never stopped.
    Context() = default;
    explicit Context(std::stop_token stop) : stop_(std::move(stop)) {}

    /// The same, with the nearer of the two deadlines.
    Context with_timeout(std::chrono::milliseconds span) const;
    /// The same deadline, stopped by another token: for threads that are also stopped by somebody
    /// who hands a stop of this context on.
    Context with_stop(std::stop_token stop) const;

    const std::stop_token& stop_token() const noexcept { return stop_; }
    std::optional<Steady::time_point> deadline() const noexcept { return deadline_; }
    bool stopped() const noexcept { return stop_.stop_requested(); }
    /// Time left, at least 0; `fallback` where there is no deadline.
    std::chrono::milliseconds remaining(std::chrono::milliseconds fallback) const;

    /// Errc::Cancelled once stopped or past the deadline.
    Result<void> check() const;
    /// Waits, or returns Errc::Cancelled as soon as it is stopped or the deadline passes.
    Result<void> sleep(std::chrono::milliseconds span) const;

private:
    std::stop_token stop_;
    std::optional<Steady::time_point> deadline_;
};

}  // namespace forgehouse::exec
