// The summary's layout. What it shows comes from summary.cpp.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "app/summary.h"
#include "app/terminal/sparkline.h"
#include "app/terminal/table.h"
#include "base/json.h"
#include "base/text.h"

namespace forgehouse::app {
namespace {

using collect::Outcome;
using collect::Report;
using terminal::Screen;
using text::grouped;

std::string day(Time time) {
    return to_iso(time).substr(0, 10);
}

std::string plural(std::uint64_t count, std::string_view one, std::string_view many) {
    return fmt::format("{} {}", grouped(count), count == 1 ? one : many);
}

/// What was asked for and not brought in: repositories that failed, and what is none.
std::string failures(const std::vector<Report>& reports, const Screen& screen,
                     const std::string& command) {
    std::size_t failed = 0;
    std::size_t asked_for = 0;
    for (const Report& report : reports) {
        failed += report.refused.size() +
                  static_cast<std::size_t>(std::ranges::count(report.repositories, Outcome::Failed,
                                                              &collect::RepoReport::outcome));
        asked_for += report.refused.size() + report.repositories.size();
    }
    if (failed == 0) return {};
    return screen.red(fmt::format("{} of {} failed: see above, and `{} runs`\n", grouped(failed),
                                  plural(asked_for, "repository", "repositories"), command));
}

collect::Counts counts_of(const std::vector<Report>& reports) {
    collect::Counts sum;
    for (const Report& report : reports) sum += report.totals;
    return sum;
}

std::string headline(const Summary& summary, const Screen& screen) {
    const Totals& all = summary.all;
    const auto filled = static_cast<std::uint64_t>(std::ranges::count_if(
        summary.repositories, [](const RepoLine& line) { return line.totals.commits > 0; }));
    if (filled == 0)
        return fmt::format("{} in {}\n", screen.bold("no commits"),
                           plural(summary.repositories.size(), "repository", "repositories"));
    return fmt::format(
        "{} by {} in {}: {}, {} {} lines\n", screen.bold(plural(all.commits, "commit", "commits")),
        plural(all.authors, "author", "authors"), plural(filled, "repository", "repositories"),
        plural(all.files, "file", "files"),
        screen.green(fmt::format("+{}", grouped(all.lines_added))),
        screen.red(fmt::format("-{}", grouped(all.lines_removed))));
}

std::string news(const std::vector<Report>& reports, const Screen& screen) {
    const collect::Counts counts = counts_of(reports);
    std::chrono::milliseconds took{0};
    for (const Report& report : reports) took += report.completed - report.started;
    const bool stopped = std::ranges::any_of(
        reports, [](const Report& r) { return r.status == schema::RunStatus::Cancelled; });
    std::string what;
    if (counts.commits > 0)
        what = fmt::format("{} {} new, with {}", plural(counts.commits, "commit", "commits"),
                           counts.commits == 1 ? "was" : "were",
                           plural(counts.files, "changed file", "changed files"));
    else if (counts.amended > 0)
        what = fmt::format("no new commit; {} moved to other refs",
                           plural(counts.amended, "commit", "commits"));
    else
        what = "nothing was new";
    return fmt::format("{}{}, in {}{}\n", stopped ? screen.yellow("stopped early: ") : "", what,
                       text::duration(took.count()),
                       stopped ? "; the same command goes on from there" : "");
}

std::string weeks_of(const Summary& summary, const Screen& screen) {
    if (summary.weeks.empty() || !summary.first_week) return {};
    const std::uint64_t peak = std::ranges::max(summary.weeks);
    const Time last = summary.first_week->plus(std::chrono::milliseconds(
        static_cast<std::int64_t>(summary.weeks.size() - 1) * 604'800'000));
    const std::size_t room = screen.terminal ? std::max<std::size_t>(screen.columns, 24) - 24 : 60;
    const auto bars = terminal::condensed(summary.weeks, room);
    return fmt::format("\n{}\n  {} {} {}\n",
                       screen.bold(fmt::format("Commits per week, at most {}", grouped(peak))),
                       screen.dim(day(*summary.first_week)),
                       screen.cyan(terminal::sparkline(bars, screen.unicode)),
                       screen.dim(day(last)));
}

std::string busiest_of(const Summary& summary, const Screen& screen) {
    if (summary.busiest.empty()) return {};
    const bool several = summary.repositories.size() > 1;
    // The numbers take 36 columns.
    const std::size_t room = screen.terminal ? std::max<std::size_t>(screen.columns, 56) - 36 : 200;
    std::vector<std::vector<terminal::Cell>> rows;
    for (const FileLine& file : summary.busiest) {
        const std::string shown =
            text::printable(several ? fmt::format("{}: {}", file.repo, file.path) : file.path);
        rows.push_back(
            {fmt::format("  {}", terminal::fit_end(shown, std::min<std::size_t>(room, 60))),
             grouped(file.commits), fmt::format("+{}", grouped(file.lines_added)),
             fmt::format("-{}", grouped(file.lines_removed))});
    }
    return '\n' +
           terminal::table(
               {{"Busiest files", false}, {"commits", true}, {"added", true}, {"removed", true}},
               rows, screen);
}

std::string state_of(const sources::RepoRef& repo, const std::vector<Report>& reports) {
    for (const Report& report : reports)
        for (const collect::RepoReport& one : report.repositories) {
            if (one.repo != repo) continue;
            const std::string fresh = fmt::format("{} new", grouped(one.counts.commits));
            if (one.outcome == Outcome::Collected) return fresh;
            const std::string_view outcome = collect::name_of(one.outcome);
            // What was read before it ended is stored.
            return one.counts.commits > 0 ? fmt::format("{}, {}", outcome, fresh)
                                          : std::string(outcome);
        }
    return {};
}

std::string repositories_of(const Summary& summary, const std::vector<Report>& reports,
                            const Screen& screen) {
    if (summary.repositories.size() < 2) return {};
    std::vector<std::vector<terminal::Cell>> rows;
    for (const RepoLine& line : summary.repositories) {
        const Totals& t = line.totals;
        const auto shown = [&](std::string text) { return t.commits > 0 ? text : std::string(); };
        rows.push_back({fmt::format("  {}", sources::full_name(line.repo)), grouped(t.commits),
                        shown(grouped(t.authors)),
                        shown(fmt::format("+{}", grouped(t.lines_added))),
                        shown(fmt::format("-{}", grouped(t.lines_removed))),
                        t.last ? day(*t.last) : std::string(), state_of(line.repo, reports)});
    }
    return '\n' + terminal::table({{"Repositories", false},
                                   {"commits", true},
                                   {"authors", true},
                                   {"added", true},
                                   {"removed", true},
                                   {"newest", false},
                                   {"this run", false}},
                                  rows, screen);
}

std::string commands_to_try(const std::string& command, const Screen& screen) {
    // Short enough for one line of a usual terminal.
    constexpr std::array<std::string_view, 3> tails{
        "query 'SELECT author_name, count() FROM git_commits GROUP BY 1 ORDER BY 2 DESC LIMIT 9'",
        "query 'SELECT language, sum(lines_added) FROM git_commit_files GROUP BY 1 ORDER BY 2'",
        "engine --listen 127.0.0.1:8123"};
    std::string out = fmt::format("\n{}\n", screen.bold("Next"));
    for (const std::string_view tail : tails) out += fmt::format("  {} {}\n", command, tail);
    return out;
}

void write_totals(json::Writer& out, const Totals& totals) {
    out.name("commits").count(totals.commits).name("authors").count(totals.authors);
    out.name("lines_added").count(totals.lines_added);
    out.name("lines_removed").count(totals.lines_removed);
    if (totals.first) out.name("first").text(to_iso(*totals.first));
    if (totals.last) out.name("last").text(to_iso(*totals.last));
}

void write_counts(json::Writer& out, const collect::Counts& counts) {
    out.name("commits").count(counts.commits).name("files").count(counts.files);
    out.name("lines_added").count(counts.lines_added);
    out.name("lines_removed").count(counts.lines_removed);
    out.name("amended").count(counts.amended).name("rows").count(counts.rows);
    out.name("bytes").count(counts.bytes).name("fetched").count(counts.fetched);
}

void write_report(json::Writer& out, const Report& report) {
    out.object().name("run_id").text(report.run_id);
    out.name("status").text(schema::name_of(report.status));
    out.name("started").text(to_iso(report.started));
    out.name("completed").text(to_iso(report.completed));
    write_counts(out, report.totals);
    out.name("repositories").array();
    for (const collect::RepoReport& repo : report.repositories) {
        out.object().name("data_source").text(repo.repo.data_source);
        out.name("project_key").text(repo.repo.project_key);
        out.name("repo_slug").text(repo.repo.repo_slug);
        out.name("outcome").text(collect::name_of(repo.outcome));
        if (repo.error) out.name("error").text(repo.error->describe());
        write_counts(out, repo.counts);
        out.name("ms").integer(repo.took.count()).end();
    }
    out.end().name("refused").array();
    for (const sources::Refusal& refusal : report.refused)
        out.object()
            .name("asked_for")
            .text(refusal.asked_for)
            .name("error")
            .text(refusal.error.describe())
            .end();
    out.end().name("findings").array();
    for (const collect::Finding& finding : report.findings) {
        out.object().name("check").text(finding.check).name("table").text(finding.table);
        out.name("severity").text(schema::name_of(finding.severity));
        out.name("checked").count(finding.checked).name("failed").count(finding.failed);
        out.name("sample").array();
        for (const std::string& sample : finding.sample) out.text(sample);
        out.end().end();
    }
    out.end().end();
}

}  // namespace

std::string show(const Summary& summary, const std::vector<Report>& reports, const Screen& screen,
                 const std::string& command) {
    std::string out = headline(summary, screen) + news(reports, screen);
    out += failures(reports, screen, command);
    out += weeks_of(summary, screen);
    out += busiest_of(summary, screen);
    out += repositories_of(summary, reports, screen);
    if (summary.all.commits > 0) out += commands_to_try(command, screen);
    return out;
}

std::string show_json(const Summary& summary, const std::vector<Report>& reports) {
    json::Writer out;
    out.object().name("runs").array();
    for (const Report& report : reports) write_report(out, report);
    out.end().name("warehouse").object();
    write_totals(out, summary.all);
    out.name("files").count(summary.all.files);
    out.name("repositories").array();
    for (const RepoLine& line : summary.repositories) {
        out.object().name("data_source").text(line.repo.data_source);
        out.name("project_key").text(line.repo.project_key);
        out.name("repo_slug").text(line.repo.repo_slug);
        write_totals(out, line.totals);
        out.end();
    }
    out.end().end().end();
    return out.take() + '\n';
}

}  // namespace forgehouse::app
