// What a ForgeRun writes about each repository once it is over: findings and coverage.
#include <fmt/format.h>

#include "base/log.h"
#include "base/text.h"
#include "collect/api/forge_run.h"
#include "collect/queries.h"
#include "collect/row_writer.h"

namespace forgehouse::collect {
namespace {

// Findings and coverage of so many repositories are written together.
constexpr std::size_t kNotes = 1000;

Finding finding_of(const sources::RepoRef& repo, std::string check, std::uint64_t checked,
                   std::uint64_t failed, schema::Severity severity,
                   std::vector<std::string> sample = {}) {
    return {.repo = repo,
            .check = std::move(check),
            .table = std::string(schema::git_pull_requests.name),
            .checked = checked,
            .failed = failed,
            .sample = std::move(sample),
            .severity = severity};
}

// `expected` is not known where the list was not read to its end.
schema::GitCoverage coverage_of(const RepoPass& pass, std::optional<std::uint64_t> expected,
                                Time now) {
    return {.data_source = {pass.repo.data_source},
            .project_key = pass.repo.project_key,
            .repo_slug = pass.repo.repo_slug,
            .stream = std::string(sources::name_of(sources::Stream::PullRequests)),
            .window = "all",
            .expected = expected,
            .stored = 0,
            .missing = std::nullopt,
            .last_checked_at = now,
            .collected_at = now,
            ._version = pass.stamp.version,
            .is_deleted = 0};
}

std::uint64_t count_in(const std::optional<std::string>& cell) {
    return static_cast<std::uint64_t>(text::to_int(cell.value_or("")).value_or(0));
}

}  // namespace

void ForgeRun::finished(RepoPass& pass, const Listing& listing) {
    RepoReport& report = pass.report;
    report.counts.rows += listing.status_rows;
    report.counts += pass.history_counts;
    report.took = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - pass.began);
    if (pass.history_error) report.error = pass.history_error;
    const bool stopped =
        parts_.ctx.stopped() && report.error && report.error->code() == Errc::Cancelled;
    if (stopped) {
        report.outcome = Outcome::Cancelled;
        report.error.reset();
    } else if (report.error) {
        report.outcome = Outcome::Failed;
    }
    if (report.outcome == Outcome::Unchanged &&
        (report.counts.pull_requests > 0 || report.counts.tombstones > 0))
        report.outcome = Outcome::Collected;
    note(pass, listing);
    tell([&](Observer& observer) { observer.finished(report); });
    done_.with([&](auto& done) { done[pass.index] = report; });
}

void ForgeRun::note(const RepoPass& pass, const Listing& listing) {
    const auto [ever, unread] = pass.ledger.with([](const StoredLedger& ledger) {
        const auto list_only = std::ranges::count_if(
            ledger.ledger.read, [](const auto& entry) { return entry.second.list_only; });
        return std::pair<bool, std::uint64_t>(ledger.ledger.completed.has_value(), list_only);
    });
    const Counts& counts = pass.report.counts;
    std::vector<Finding> found = pass.findings;
    if (listing.complete) {
        found.push_back(finding_of(pass.repo, "list_in_order", listing.listed, listing.out_of_order,
                                   schema::Severity::Info));
        found.push_back(
            finding_of(pass.repo, "pull_requests_put_off", listing.listed,
                       counts.put_off - counts.quarantined - pass.history_counts.put_off,
                       schema::Severity::Warning, pass.put_off));
        found.push_back(finding_of(pass.repo, "pull_requests_quarantined", listing.listed,
                                   counts.quarantined, schema::Severity::Error, pass.put_aside));
    }
    if (counts.pull_requests > 0) pass.checks.append_to(found, pass.repo);
    // Not a failure, since nothing but rights can mend it: rows that the list tells are there.
    if (pass.hidden && listing.complete)
        found.push_back(finding_of(pass.repo, "activities_hidden", listing.listed, unread,
                                   schema::Severity::Info));
    const bool full = notes_.with([&](Notes& notes) {
        std::ranges::copy(found, std::back_inserter(notes.findings));
        // What an earlier run knew is not forgotten because this one could not look.
        if (listing.complete || !ever)
            notes.coverage.push_back(
                coverage_of(pass, listing.complete ? std::optional(listing.listed) : std::nullopt,
                            parts_.deps.clock.now()));
        return notes.coverage.size() >= kNotes;
    });
    std::erase_if(found, [](const Finding& finding) { return finding.failed == 0; });
    std::ranges::move(found, std::back_inserter(findings_));
    if (!full) return;
    if (const auto written = write_notes(); !written)
        log::write(log::Level::Warn, "collect", "what was checked could not be written",
                   written.error(), {{"run_id", parts_.record.run_id()}});
}

Result<void> ForgeRun::write_notes() {
    Notes notes = notes_.with([](Notes& kept) { return std::exchange(kept, Notes()); });
    TRY(parts_.record.write_findings(notes.findings, parts_.token));
    if (notes.coverage.empty()) return {};
    exec::Context ctx = storing_context();
    TRY_LET(stored, count_stored(ctx));
    schema::Batch rows(schema::git_coverage.info());
    for (schema::GitCoverage& row : notes.coverage) {
        const auto at = stored.find({.data_source = row.data_source.value,
                                     .project_key = row.project_key,
                                     .repo_slug = row.repo_slug});
        if (at != stored.end()) row.stored = at->second.pull_requests;
        if (row.expected) row.missing = *row.expected - std::min(*row.expected, row.stored);
        rows.append(schema::git_coverage, row);
    }
    return parts_.deps.warehouse.insert(
        ctx, rows, fmt::format("{}/coverage/{}", parts_.token, ++note_inserts_));
}

Result<ForgeRun::StoredCounts> ForgeRun::count_stored(exec::Context& ctx) const {
    const std::string& data_source = parts_.forge.info().data_source;
    TRY_LET(answer,
            parts_.deps.warehouse.ask(
                ctx, ports::Query(kPullRequestCounts, {{.name = "source", .value = data_source}})));
    StoredCounts counts;
    for (const auto& row : answer.rows)
        counts[{.data_source = data_source,
                .project_key = row[0].value_or(""),
                .repo_slug = row[1].value_or("")}] = {.pull_requests = count_in(row[2]),
                                                      .sum_of_ids = count_in(row[3])};
    return counts;
}

}  // namespace forgehouse::collect
