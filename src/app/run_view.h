// RunView: how a run stands at this moment, in a file of the data directory, so that another
// process can show it.
//
//   <data>/run.json    there while a run is at work; what a killed one left means nothing by itself
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "collect/collect.h"
#include "exec/clock.h"

namespace forgehouse::app {

/// A plain value. Threads: one at a time.
struct RunView {
    struct Repository {
        std::string name;
        std::string phase;
        std::uint64_t done = 0;              ///< of what the phase counts: commits or pull requests
        std::optional<std::uint64_t> total;  ///< nullopt where it is not known
    };
    std::int64_t pid = 0;
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
/// Errors: Corrupt.
Result<RunView> run_view_of(std::string_view json);
/// Where it stands in a data directory.
std::filesystem::path run_view_file(const std::filesystem::path& data_dir);

/// Keeps the file while a run goes on, at most about twice a second, and removes it in the end.
/// That it cannot be written is no reason for a run to fail.
class RunViewWriter final : public collect::Observer {
public:
    /// `clock` outlives it.
    RunViewWriter(std::filesystem::path file, std::string source, const exec::Clock& clock);
    ~RunViewWriter() override;
    RunViewWriter(const RunViewWriter&) = delete;
    RunViewWriter& operator=(const RunViewWriter&) = delete;

    void planned(std::string_view run_id, const std::vector<sources::Repo>& repositories) override;
    void started(const sources::RepoRef& repo) override;
    void progress(const collect::Progress& moment) override;
    void finished(const collect::RepoReport& report) override;
    void api(const collect::ApiState& state) override;

private:
    void write();

    const std::filesystem::path file_;
    const exec::Clock& clock_;
    RunView view_;
    std::map<sources::RepoRef, RunView::Repository> active_;
    std::chrono::steady_clock::time_point written_{};
};

}  // namespace forgehouse::app
