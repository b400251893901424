// run_record: what a run writes about itself: its row in git_collection_runs, at its begin and at
// its end, and its checks in git_data_quality.
#pragma once

#include <span>

#include "collect/checkpoints.h"
#include "collect/collect.h"

namespace forgehouse::collect {

/// The options of a run as JSON, without secrets.
std::string settings_of(const Request& request, const sources::SourceInfo& source);

/// Marks the runs that began and did not end as failed. The caller holds the DataLock, and none of
/// its own is at work. Errors: the warehouse's, the checkpoints'.
Result<void> close_dead_runs(exec::Context& ctx, const Deps& deps, Checkpoints& checkpoints);

/// Threads: one at a time, write_findings() apart.
class RunRecord {
public:
    /// Records a new run as running. Errors: the warehouse's, the checkpoints'.
    static Result<RunRecord> begin(exec::Context& ctx, const Deps& deps, Checkpoints& checkpoints,
                                   const sources::SourceInfo& source, std::string settings);

    const std::string& run_id() const noexcept { return run_.run_id; }
    Time started() const noexcept { return run_.started; }

    /// Writes the checks of one repository, or of several. May be called from many threads at once.
    /// `token` begins the insert's deduplication token: no two calls share it and the first
    /// finding's repository.
    Result<void> write_findings(std::span<const Finding> findings, std::string_view token) const;
    /// Writes the final row and forgets that the run is open.
    Result<void> end(const Report& report);

private:
    RunRecord(const Deps& deps, Checkpoints& checkpoints, OpenRun run)
        : deps_(deps), checkpoints_(checkpoints), run_(std::move(run)) {}

    const Deps& deps_;
    Checkpoints& checkpoints_;
    OpenRun run_;
};

}  // namespace forgehouse::collect
