#include "app/summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <thread>

#include "base/text.h"

namespace forgehouse::app {
namespace {

using ports::Answer;
using ports::Parameter;
using ports::Query;

constexpr std::int64_t kWeekMs = 7LL * 24 * 3'600'000;
constexpr std::int64_t kFirstMondayMs = 4LL * 24 * 3'600'000;  // 1970-01-05
constexpr std::int64_t kWeekZeroMs = kFirstMondayMs - 4000 * kWeekMs;
constexpr std::size_t kWeeks = 52;

// Weeks are counted from a Monday long before any date that the tables can hold, so that a division
// that rounds towards zero rounds down. One pass gives a row for each repository, each week, and
// all.
constexpr Literal kCommits = R"(
SELECT data_source, project_key, repo_slug, week,
    grouping(repo_slug) AS spans_repositories,
    grouping(week) AS spans_weeks,
    sum(commits),
    uniqExactMerge(authors),
    sum(lines_added),
    sum(lines_removed),
    min(first),
    max(last),
    max(last_till_now)
FROM (
    SELECT data_source, project_key, repo_slug,
        intDiv(toUnixTimestamp64Milli(committed_on) + 2418854400000, 604800000) AS week,
        count() AS commits,
        uniqExactState(author_email, author_name) AS authors,
        sum(lines_added) AS lines_added,
        sum(lines_removed) AS lines_removed,
        toUnixTimestamp64Milli(min(committed_on)) AS first,
        toUnixTimestamp64Milli(max(committed_on)) AS last,
        maxOrNullIf(toUnixTimestamp64Milli(committed_on),
            toUnixTimestamp64Milli(committed_on) <= {now:Int64}) AS last_till_now
    FROM git_commits
    WHERE (data_source, project_key, repo_slug) IN {repos:Array(Tuple(String, String, String))}
        AND is_reachable
    GROUP BY data_source, project_key, repo_slug, week)
GROUP BY GROUPING SETS ((data_source, project_key, repo_slug), (week), ()))";

// A merge shows the whole of what it brings in, so it would count everything twice.
constexpr Literal kFiles = R"(
SELECT data_source, project_key, repo_slug, file_path,
    countIf(counts) AS commits,
    sumIf(lines_added, counts) AS added,
    sumIf(lines_removed, counts) AS removed,
    count() OVER () AS files
FROM (
    SELECT data_source, project_key, repo_slug, file_path, lines_added, lines_removed,
        (data_source, project_key, repo_slug, commit_hash) NOT IN (
            SELECT data_source, project_key, repo_slug, commit_hash
            FROM git_commits
            WHERE (data_source, project_key, repo_slug) IN
                {repos:Array(Tuple(String, String, String))}
                AND (is_merge_commit OR NOT is_reachable)) AS counts
    FROM git_commit_files
    WHERE (data_source, project_key, repo_slug) IN {repos:Array(Tuple(String, String, String))})
GROUP BY data_source, project_key, repo_slug, file_path
ORDER BY commits DESC, added DESC, data_source, project_key, repo_slug, file_path
LIMIT 5)";

/// A text as ClickHouse reads it inside an array or a tuple.
std::string element(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'' || c == '\\') out += '\\';
        out += c;
    }
    return out + '\'';
}

Parameter repos_parameter(const std::vector<sources::RepoRef>& repositories) {
    std::string list;
    for (const sources::RepoRef& repo : repositories)
        list += fmt::format("{}({},{},{})", list.empty() ? "" : ",", element(repo.data_source),
                            element(repo.project_key), element(repo.repo_slug));
    return {"repos", fmt::format("[{}]", list)};
}

/// A row of an answer, by place. What our own SQL returns has the expected shape, or the warehouse
/// is none that we know.
class Row {
public:
    explicit Row(const std::vector<std::optional<std::string>>& cells) : cells_(cells) {}

    std::string text(std::size_t at) const {
        return at < cells_.size() ? cells_[at].value_or("") : std::string();
    }
    std::uint64_t count(std::size_t at) const {
        return static_cast<std::uint64_t>(std::max<std::int64_t>(0, number(at)));
    }
    std::int64_t number(std::size_t at) const { return text::to_int(text(at)).value_or(0); }

private:
    const std::vector<std::optional<std::string>>& cells_;
};

/// From the columns commits, authors, lines_added, lines_removed, first, last.
Totals totals_from(const Row& row, std::size_t at) {
    Totals totals{.commits = row.count(at),
                  .authors = row.count(at + 1),
                  .files = 0,
                  .lines_added = row.count(at + 2),
                  .lines_removed = row.count(at + 3),
                  .first = std::nullopt,
                  .last = std::nullopt};
    if (totals.commits == 0) return totals;
    totals.first = Time::from_ms(row.number(at + 4));
    totals.last = Time::from_ms(row.number(at + 5));
    return totals;
}

/// Rows of kCommits, taken apart.
struct CommitTotals {
    std::map<sources::RepoRef, Totals> repositories;
    std::map<std::int64_t, std::uint64_t> weeks;  ///< commits, by when the week starts
    Totals all;
};

Result<CommitTotals> ask_commits(exec::Context& ctx, ports::Warehouse& warehouse,
                                 const Parameter& repos, Time now) {
    TRY_LET(answer,
            warehouse.ask(ctx, Query(kCommits, {repos, {"now", std::to_string(now.ms())}})));
    CommitTotals out;
    for (const auto& cells : answer.rows) {
        const Row row(cells);
        const bool is_repository = row.count(4) == 0;
        const bool is_week = row.count(5) == 0;
        if (is_week) {
            out.weeks[kWeekZeroMs + row.number(3) * kWeekMs] = row.count(6);
        } else if (is_repository) {
            out.repositories[{row.text(0), row.text(1), row.text(2)}] = totals_from(row, 6);
        } else {
            out.all = totals_from(row, 6);
            if (out.all.last) out.all.last = Time::from_ms(row.number(12));
        }
    }
    return out;
}

void take_weeks(const CommitTotals& totals, Summary& summary) {
    if (!summary.all.first || !summary.all.last) return;
    const Time last = week_of(*summary.all.last);
    const Time earliest = last.plus(std::chrono::milliseconds(-kWeekMs * (kWeeks - 1)));
    const Time first = std::max(week_of(*summary.all.first), earliest);
    if (first > last) return;
    summary.first_week = first;
    for (std::int64_t week = first.ms(); week <= last.ms(); week += kWeekMs) {
        const auto at = totals.weeks.find(week);
        summary.weeks.push_back(at == totals.weeks.end() ? 0 : at->second);
    }
}

struct FileTotals {
    std::uint64_t files = 0;
    std::vector<FileLine> busiest;
};

Result<FileTotals> ask_files(exec::Context& ctx, ports::Warehouse& warehouse,
                             const Parameter& repos) {
    TRY_LET(answer, warehouse.ask(ctx, Query(kFiles, {repos})));
    FileTotals out;
    for (const auto& cells : answer.rows) {
        const Row row(cells);
        out.files = row.count(7);
        if (row.count(4) == 0) continue;  // merges alone have touched it
        out.busiest.push_back({.repo = sources::full_name({row.text(0), row.text(1), row.text(2)}),
                               .path = row.text(3),
                               .commits = row.count(4),
                               .lines_added = row.count(5),
                               .lines_removed = row.count(6)});
    }
    return out;
}

}  // namespace

Time week_of(Time time) noexcept {
    const std::int64_t since = time.ms() - kFirstMondayMs;
    const std::int64_t into = ((since % kWeekMs) + kWeekMs) % kWeekMs;
    return Time::from_ms(time.ms() - into);
}

Result<Summary> summarise(exec::Context& ctx, ports::Warehouse& warehouse,
                          const std::vector<sources::RepoRef>& repositories, Time now) {
    Summary summary;
    if (repositories.empty()) return summary;
    const Parameter repos = repos_parameter(repositories);
    // Two passes over two tables, side by side.
    Result<FileTotals> files{FileTotals()};
    Result<CommitTotals> commits{CommitTotals()};
    {
        const std::jthread beside(
            [&, own = ctx]() mutable { files = ask_files(own, warehouse, repos); });
        commits = ask_commits(ctx, warehouse, repos, now);
    }
    if (!commits) return Failure(commits.error());
    if (!files) return Failure(files.error());
    for (const sources::RepoRef& repo : repositories)
        summary.repositories.push_back({repo, commits->repositories[repo]});
    summary.all = commits->all;
    summary.all.files = files->files;
    summary.busiest = std::move(files->busiest);
    take_weeks(*commits, summary);
    return summary;
}

}  // namespace forgehouse::app
