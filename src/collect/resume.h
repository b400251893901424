// Resume: earlier runs, and going on with one that did not come to its end.
#pragma once

#include "collect/collect.h"

namespace forgehouse::collect {

/// A run as git_collection_runs has it.
struct PastRun {
    std::string data_source;
    std::string run_id;
    schema::RunStatus status;
    Time started;
    std::optional<Time> completed;
    std::uint64_t repos_processed;
    std::uint64_t repos_failed;
    std::uint64_t commits;
    std::uint64_t pull_requests;
    std::uint64_t records;
    std::uint64_t api_calls;
    std::string settings;  ///< JSON
    std::string error_summary;
};

/// The newest `limit` runs, the newest first; of all sources where `data_source` is empty.
/// Errors: the warehouse's.
Result<std::vector<PastRun>> past_runs(exec::Context& ctx, ports::Warehouse& warehouse,
                                       std::string_view data_source, std::size_t limit);

/// The run to go on with: the one of that id, or that began at that time (ISO 8601, to the second);
/// where `wanted` is empty the newest that did not complete. Errors: NotFound with a hint; Conflict
/// where the run completed.
Result<PastRun> run_to_resume(exec::Context& ctx, ports::Warehouse& warehouse,
                              std::string_view data_source, std::string_view wanted);

/// The request that a run was made with, from its settings, ready to go on where it ended.
/// Errors: Corrupt for settings that cannot be read.
Result<Request> request_of(const PastRun& run);

}  // namespace forgehouse::collect
