// RunView: how the runs of this process stand at this moment, in a file of the data directory, so
// that another process can show it.
//
//   <data>/run.json    there while runs are at work; what a killed process left means nothing by
//   itself
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "collect/collect.h"
#include "exec/clock.h"
#include "exec/guarded.h"

namespace forgehouse::app {

/// A plain value. Threads: one at a time.
struct RunView {
    struct Repository {
        std::string name;
        std::string phase;
        std::uint64_t done = 0;              ///< of what the phase counts: commits or pull requests
        std::optional<std::uint64_t> total;  ///< nullopt where it is not known
    };
    std::string run_id;
    std::string source;
    Time started;
    Time updated;
    std::uint64_t planned = 0;  ///< repositories
    std::uint64_t done = 0;
    std::uint64_t failed = 0;                                ///< of those done
    std::uint64_t commits = 0, pull_requests = 0, rows = 0;  ///< of repositories that are done
    std::vector<Repository> active;
    std::uint64_t calls = 0;
    unsigned in_flight = 0;
    unsigned concurrency = 0;           ///< 0: this run asks no API
    std::optional<double> per_second;   ///< that the server lets through
    std::chrono::milliseconds pause{};  ///< that it has asked for
};

std::string to_json(const RunView& view);

/// All that one process has at work.
struct RunViews {
    std::int64_t pid = 0;
    std::vector<RunView> runs;
};
std::string to_json(const RunViews& views);
/// Errors: Corrupt.
Result<RunViews> run_views_of(std::string_view json);
/// Where it stands in a data directory.
std::filesystem::path run_view_file(const std::filesystem::path& data_dir);

/// Keeps the file while runs go on, at most about twice a second, and removes it in the end. That
/// it cannot be written is no reason for a run to fail. Threads: all functions may be called from
/// many threads at once.
class RunBoard {
public:
    /// `clock` outlives it.
    RunBoard(std::filesystem::path file, const exec::Clock& clock);
    ~RunBoard();
    RunBoard(const RunBoard&) = delete;
    RunBoard& operator=(const RunBoard&) = delete;

    /// Hears a run of that source, which is shown as long as this lives. The board outlives it.
    std::unique_ptr<collect::Observer> follow(std::string source);

private:
    class Entry;
    struct State {
        std::vector<const Entry*> entries;
        bool is_written = true;
    };
    template <class Change>
    void take(Change&& change);
    /// Writes the file where something has been taken in since.
    void write();

    exec::Guarded<std::filesystem::path> file_;  ///< who writes it has it
    const exec::Clock& clock_;
    exec::Guarded<State> state_;
    std::jthread writer_;  // before all else goes, it is gone
};

}  // namespace forgehouse::app
