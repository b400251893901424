// Signals: one thread (`signals`) waits for SIGINT, SIGTERM and SIGHUP and turns the first into a
// stop request. A second SIGINT ends the process at once: the next run finds everything as after a
// power cut, which it copes with.
//
// Make it before any other thread: the signals are blocked in the maker, and so in all that follow.
// Children of ours start with an empty mask (exec/process.h).
#pragma once

#include <functional>
#include <stop_token>
#include <thread>

namespace forgehouse::app {

class Signals {
public:
    /// Both are called on the signals' thread, and may be empty. `on_first`: before the stop is
    /// requested. `on_hangup`: at each SIGHUP, which then is no reason to stop.
    explicit Signals(std::function<void()> on_first, std::function<void()> on_hangup = {});
    ~Signals();
    Signals(const Signals&) = delete;
    Signals& operator=(const Signals&) = delete;

    std::stop_token token() const noexcept { return stop_.get_token(); }

private:
    void wait(const std::stop_token& ended, const std::function<void()>& on_first);

    const std::function<void()> on_hangup_;
    std::stop_source stop_;
    std::jthread thread_;
};

}  // namespace forgehouse::app
