// Progress: how far a query is, told while its own thread waits for the library, which has no call
// for that: system.processes says it (Database::Watch).
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <thread>

#include "engine/database.h"

namespace forgehouse::engine {

/// As ClickHouse's headers and rows of progress have it, on one line.
std::string progress_json(const QueryProgress& progress);

/// Tells, each `interval`, on a thread of its own (`engine-progress`) while it runs.
class ProgressTeller {
public:
    /// False: nobody wants to know any more.
    using Tell = std::function<bool(const QueryProgress&)>;

    /// `interval`: no less than a hundredth of a second is taken.
    ProgressTeller(const Database& database, std::string query_id,
                   std::chrono::milliseconds interval, Tell tell)
        : watch_(database, std::move(query_id)),
          interval_(std::max(interval, std::chrono::milliseconds(10))),
          tell_(std::move(tell)) {}
    ~ProgressTeller() { pause(); }
    ProgressTeller(const ProgressTeller&) = delete;
    ProgressTeller& operator=(const ProgressTeller&) = delete;

    /// From here on `tell` may be called.
    void resume();
    /// Returns once it is not called any more: what it writes to is the caller's again.
    void pause();

private:
    void run(const std::stop_token& stop);

    const Database::Watch watch_;
    const std::chrono::milliseconds interval_;
    const Tell tell_;
    bool unwanted_ = false;  // of the thread, else of the caller
    std::jthread thread_;
};

/// Takes out of one part of an answer in …EachRowWithProgress what the library writes into each
/// part: the columns again, and its own progress.
class ProgressRows {
public:
    /// What of the part is the answer's: a view of it, or of this object until the next call.
    std::string_view take(std::string_view part);
    /// What has to stand behind the last part, "" where nothing has.
    std::string_view end() const noexcept { return end_; }

private:
    bool begun_ = false;
    std::string end_;
    std::string joined_;
};

/// Whether it is a format of that kind.
bool has_progress_rows(std::string_view format);

}  // namespace forgehouse::engine
