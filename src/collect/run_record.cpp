#include "collect/run_record.h"

#include <fmt/format.h>

#include "base/json.h"
#include "base/log.h"
#include "collect/row_writer.h"
#include "sources/registry.h"

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

std::optional<std::string> summary_of(const Report& report) {
    std::vector<std::string> lines;
    for (const sources::Refusal& refusal : report.refused)
        lines.push_back(fmt::format("{}: {}", refusal.asked_for, refusal.error.describe()));
    for (const RepoReport& repo : report.repositories)
        if (repo.error)
            lines.push_back(
                fmt::format("{}: {}", sources::full_name(repo.repo), repo.error->describe()));
    for (const Finding& finding : report.findings)
        if (finding.failed > 0 && finding.check.starts_with("pull_requests_"))
            lines.push_back(fmt::format("{}: {}: {} ({})", sources::full_name(finding.repo),
                                        finding.check, finding.failed,
                                        fmt::join(finding.sample, ", ")));
    if (lines.empty()) return std::nullopt;
    if (lines.size() > kSpelledOut) {
        const std::size_t more = lines.size() - kSpelledOut;
        lines.resize(kSpelledOut);
        lines.push_back(fmt::format("and {} more", more));
    }
    return fmt::format("{}", fmt::join(lines, "\n"));
}

void write_texts(json::Writer& out, std::string_view name, const std::vector<std::string>& texts) {
    out.name(name).array();
    for (const std::string& text : texts) out.text(text);
    out.end();
}

void write_patterns(json::Writer& out, std::string_view name,
                    const std::vector<NamePattern>& patterns) {
    if (patterns.empty()) return;
    std::vector<std::string> texts;
    for (const NamePattern& pattern : patterns) texts.push_back(pattern.text());
    write_texts(out, name, texts);
}

// What request_of() of resume.h reads.
void write_api(json::Writer& out, const ApiOptions& options) {
    out.name("api").object();
    write_patterns(out, "projects", options.filter.projects);
    write_patterns(out, "exclude_projects", options.filter.exclude_projects);
    write_patterns(out, "repositories", options.filter.repositories);
    write_patterns(out, "exclude_repositories", options.filter.exclude_repositories);
    out.name("max_repositories").count(options.filter.max_repositories);
    out.name("commits").text(name_of(options.commits));
    out.name("build_statuses").flag(options.build_statuses);
    out.name("batch_size").count(options.batch_size);
    out.name("max_workers").count(options.max_workers);
    out.name("max_retries").count(options.max_retries).end();
}

}  // namespace

std::string settings_of(const Request& request, const sources::SourceInfo& source) {
    json::Writer out;
    out.object().name("connector").text(source.kind);
    write_texts(out, "repos", request.repo_patterns);
    if (request.window.since) out.name("since").text(to_iso(*request.window.since));
    if (request.window.until) out.name("until").text(to_iso(*request.window.until));
    out.name("workers").count(request.workers);
    if (!request.tickets.allowed_projects.empty())
        write_texts(out, "ticket_projects", request.tickets.allowed_projects);
    if (request.tickets.ignore_case) out.name("ticket_ignore_case").flag(true);
    if (sources::is_forge(source.kind)) write_api(out, request.api);
    return out.end().take();
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

Result<RunRecord> RunRecord::begin(exec::Context& ctx, const Deps& deps, Checkpoints& checkpoints,
                                   const sources::SourceInfo& source, std::string settings) {
    TRY_LET(run, checkpoints.begin_run(ctx, source.data_source, std::move(settings)));
    // Its begin was handed out as a version, and is that of no other row of this run.
    const auto version = static_cast<std::uint64_t>(run.started.ms());
    TRY(store(ctx, deps, row_of(run, schema::RunStatus::Running, deps.clock.now(), version)));
    return RunRecord(deps, checkpoints, std::move(run));
}

Result<void> RunRecord::write_findings(std::span<const Finding> findings,
                                       std::string_view token) const {
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
        fmt::format("{}/quality/{}", token, sources::full_name(findings.front().repo)));
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
    row.errors += report.totals.put_off;
    row.commits_collected = report.totals.commits;
    row.prs_collected = report.totals.pull_requests;
    row.api_calls = report.api.calls;
    row.api_calls_saved = report.api.saved;
    row.rate_limit_waits = report.api.waits;
    row.quarantined = report.quarantined();
    row.records = report.totals.rows;
    row.retries = (deps_.retries ? deps_.retries() : 0) + report.api.retries;
    row.bytes_downloaded = report.totals.fetched + report.api.bytes;
    row.error_summary = summary_of(report);
    TRY(store(storing, deps_, row));
    return checkpoints_.end_run(storing, run_.run_id);
}

}  // namespace forgehouse::collect
