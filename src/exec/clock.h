// Clock: where the time comes from. Only `app` makes a SystemClock; everybody else receives one.
#pragma once

#include <atomic>
#include <fstream>
#include <string>
#include <utility>

#include "base/time.h"

namespace forgehouse::exec {

/// Threads: now() may be called from many threads at once.
class Clock {
public:
    virtual ~Clock() = default;
    virtual Time now() const = 0;
};

class SystemClock final : public Clock {
public:
    Time now() const override {
        return Time::from_ms(std::chrono::duration_cast<std::chrono::milliseconds>(
                                 std::chrono::system_clock::now().time_since_epoch())
                                 .count());
    }
};

/// For tests of the whole program: the system's clock and so many seconds as a file says, which may
/// change at any time. 0 where the file says none.
class ShiftedClock final : public Clock {
public:
    explicit ShiftedClock(std::string file) : file_(std::move(file)) {}
    Time now() const override {
        std::int64_t seconds = 0;
        std::ifstream(file_) >> seconds;
        return SystemClock().now().plus(std::chrono::seconds(seconds));
    }

private:
    const std::string file_;
};

/// For tests: stands still until it is moved.
class ManualClock final : public Clock {
public:
    explicit ManualClock(Time start) : ms_(start.ms()) {}
    Time now() const override { return Time::from_ms(ms_.load()); }
    void advance(std::chrono::milliseconds span) { ms_ += span.count(); }

private:
    std::atomic<std::int64_t> ms_;
};

}  // namespace forgehouse::exec
