#include "collect/run_record.h"

#include <fmt/format.h>

#include "base/json.h"
#include "base/log.h"
#include "collect/row_writer.h"

namespace forgehouse::collect {
namespace {

// Failures that the summary spells out; git_collection_runs counts all of them.
constexpr std::size_t kSpelledOut = 20;

schema::GitCollectionRun row_of(const OpenRun& run, schema::RunStatus status, Time now,
                                std::uint64_t version) {
    return schema::GitCollectionRun{
        .data_source = {run.data_source},
        .project_key = {},
        .repo_slug = {},
        .run_id = run.run_id,
        .started_at = run.started,
        .completed_at = std::nullopt,
        .duration_seconds = std::nullopt,
        .status = status,
        .repos_processed = 0,
        .repos_failed = 0,
        .commits_collected = 0,
        .prs_collected = 0,
        .records = 0,
        .api_calls = 0,
        .api_calls_saved = 0,
        .rate_limit_waits = 0,
        .retries = 0,
        .bytes_downloaded = 0,
        .errors = 0,
        .quarantined = 0,
        .settings = {run.settings},
        .error_summary = std::nullopt,
        .collected_at = now,
        ._version = version,
        .is_deleted = 0,
    };
}

Result<void> store(exec::Context& ctx, const Deps& deps, const schema::GitCollectionRun& row) {
    schema::Batch batch(schema::git_collection_runs.info());
    batch.append(schema::git_collection_runs, row);
    return deps.warehouse.insert(ctx, batch, fmt::format("{}/{}", row.run_id, row._version));
}

Result<void> close_dead_runs(exec::Context& ctx, const Deps& deps, Checkpoints& checkpoints) {
    TRY_LET(dead, checkpoints.open_runs(ctx));
    for (const OpenRun& run : dead) {
        TRY_LET(version, checkpoints.next_version(ctx));
        schema::GitCollectionRun row =
            row_of(run, schema::RunStatus::Failed, deps.clock.now(), version);
        row.errors = 1;
        row.error_summary = "the process died";
        TRY(store(ctx, deps, row));
        TRY(checkpoints.end_run(ctx, run.run_id));
        log::warn("collect", "an earlier run died; what it had stored is kept",
                  {{"run_id", run.run_id}});
    }
    return {};
}

std::optional<std::string> summary_of(const Report& report) {
    std::vector<std::string> lines;
    for (const sources::Refusal& refusal : report.refused)
        lines.push_back(fmt::format("{}: {}", refusal.asked_for, refusal.error.describe()));
    for (const RepoReport& repo : report.repositories)
        if (repo.error)
            lines.push_back(
                fmt::format("{}: {}", sources::full_name(repo.repo), repo.error->describe()));
    if (lines.empty()) return std::nullopt;
    if (lines.size() > kSpelledOut) {
        const std::size_t more = lines.size() - kSpelledOut;
        lines.resize(kSpelledOut);
        lines.push_back(fmt::format("and {} more", more));
    }
    return fmt::format("{}", fmt::join(lines, "\n"));
}

}  // namespace

std::string settings_of(const Request& request, const sources::SourceInfo& source) {
    json::Writer out;
    out.object().name("source").text(source.kind).name("repos").array();
    for (const std::string& pattern : request.repo_patterns) out.text(pattern);
    out.end();
    if (request.window.since) out.name("since").text(to_iso(*request.window.since));
    if (request.window.until) out.name("until").text(to_iso(*request.window.until));
    return out.name("workers").count(request.workers).end().take();
}

Result<RunRecord> RunRecord::begin(exec::Context& ctx, const Deps& deps, Checkpoints& checkpoints,
                                   const sources::SourceInfo& source, std::string settings) {
    TRY(close_dead_runs(ctx, deps, checkpoints));
    TRY_LET(run, checkpoints.begin_run(ctx, source.data_source, std::move(settings)));
    TRY_LET(version, checkpoints.next_version(ctx));
    TRY(store(ctx, deps, row_of(run, schema::RunStatus::Running, deps.clock.now(), version)));
    return RunRecord(deps, checkpoints, std::move(run));
}

Result<void> RunRecord::write_findings(std::span<const Finding> findings) const {
    if (findings.empty()) return {};
    const Time now = deps_.clock.now();
    schema::Batch batch(schema::git_data_quality.info());
    for (const Finding& finding : findings)
        batch.append(schema::git_data_quality,
                     schema::GitDataQuality{
                         .data_source = {finding.repo.data_source},
                         .project_key = finding.repo.project_key,
                         .repo_slug = finding.repo.repo_slug,
                         .run_id = run_.run_id,
                         .check = finding.check,
                         .table_name = finding.table,
                         .checked = finding.checked,
                         .failed = finding.failed,
                         .sample = finding.sample,
                         .severity = finding.severity,
                         .collected_at = now,
                         ._version = static_cast<std::uint64_t>(run_.started.ms()),
                         .is_deleted = 0,
                     });
    exec::Context storing = storing_context();
    return deps_.warehouse.insert(
        storing, batch,
        fmt::format("{}/quality/{}", run_.run_id, sources::full_name(findings.front().repo)));
}

Result<void> RunRecord::end(const Report& report) {
    exec::Context storing = storing_context();
    TRY_LET(version, checkpoints_.next_version(storing));
    schema::GitCollectionRun row = row_of(run_, report.status, report.completed, version);
    row.completed_at = report.completed;
    row.duration_seconds = static_cast<std::uint64_t>(
        std::max<std::int64_t>(0, (report.completed - report.started).count()) / 1000);
    for (const RepoReport& repo : report.repositories) {
        const bool to_the_end =
            repo.outcome == Outcome::Unchanged || repo.outcome == Outcome::Collected;
        ++(to_the_end ? row.repos_processed : row.repos_failed);
        row.errors += repo.error.has_value();
    }
    row.repos_failed += report.refused.size();
    row.errors += report.refused.size();
    row.commits_collected = report.totals.commits;
    row.records = report.totals.rows;
    row.retries = deps_.retries ? deps_.retries() : 0;
    row.bytes_downloaded = report.totals.fetched;
    row.error_summary = summary_of(report);
    TRY(store(storing, deps_, row));
    return checkpoints_.end_run(storing, run_.run_id);
}

}  // namespace forgehouse::collect
