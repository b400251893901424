#pragma once

#include "schema/table.h"

namespace forgehouse::schema {

/// How a collection run goes or ended.
enum class RunStatus : std::uint8_t { Running, Completed, Partial, Failed, Cancelled };

constexpr std::string_view name_of(RunStatus value) noexcept {
    switch (value) {
        case RunStatus::Running: return "running";
        case RunStatus::Completed: return "completed";
        case RunStatus::Partial: return "partial";
        case RunStatus::Failed: return "failed";
        case RunStatus::Cancelled: return "cancelled";
    }
    return "";
}

/// One run of the collector.
struct GitCollectionRun {
    Word data_source;
    std::string project_key;
    std::string repo_slug;
    std::string run_id;
    Time started_at;
    std::optional<Time> completed_at;
    std::optional<std::uint64_t> duration_seconds;
    RunStatus status;
    std::uint64_t repos_processed;
    std::uint64_t repos_failed;
    std::uint64_t commits_collected;
    std::uint64_t prs_collected;
    std::uint64_t records;
    std::uint64_t api_calls;
    std::uint64_t api_calls_saved;
    std::uint64_t rate_limit_waits;
    std::uint64_t retries;
    std::uint64_t bytes_downloaded;
    std::uint64_t errors;
    std::uint64_t quarantined;
    Json settings;
    std::optional<std::string> error_summary;
    Time collected_at;
    std::uint64_t _version;
    std::uint8_t is_deleted;
};

inline constexpr auto git_collection_runs = table<GitCollectionRun>(
    "git_collection_runs",
    "One run of the collector over one data source. project_key and repo_slug are always empty.",
    key("data_source", "run_id"), "started_at",
    column<&GitCollectionRun::run_id>(
        "`<data_source>-%Y%m%d-%H%M%S`, with a suffix where two start in one second."),
    column<&GitCollectionRun::started_at>("When the run began."),
    column<&GitCollectionRun::completed_at>("When it ended; NULL while it runs."),
    column<&GitCollectionRun::duration_seconds>("How long it took; NULL while it runs."),
    column<&GitCollectionRun::status>(
        "How the run goes or ended; partial: some repositories failed."),
    column<&GitCollectionRun::repos_processed>("Repositories that were read to their end."),
    column<&GitCollectionRun::repos_failed>("Repositories that were not."),
    column<&GitCollectionRun::commits_collected>("Commit rows written."),
    column<&GitCollectionRun::prs_collected>("Pull request rows written."),
    column<&GitCollectionRun::records>("Rows written, of all tables."),
    column<&GitCollectionRun::api_calls>("Requests sent to the forge."),
    column<&GitCollectionRun::api_calls_saved>(
        "Requests that caches, ETags and fingerprints spared."),
    column<&GitCollectionRun::rate_limit_waits>("Times that the run waited for a rate limit."),
    column<&GitCollectionRun::retries>("Requests and writes that were tried again."),
    column<&GitCollectionRun::bytes_downloaded>("From the forge, by API and git."),
    column<&GitCollectionRun::errors>("Failures that were counted and passed over."),
    column<&GitCollectionRun::quarantined>("Items put aside because they could not be right."),
    column<&GitCollectionRun::settings>("The options of the run, without secrets."),
    column<&GitCollectionRun::error_summary>(
        "What failed and why, for people; NULL where nothing did."));

}  // namespace forgehouse::schema
