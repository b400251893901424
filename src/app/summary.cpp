#include "app/summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.h"

namespace forgehouse::app {
namespace {

using ports::Answer;
using ports::Parameter;
using ports::Query;

constexpr std::int64_t kWeekMs = 7LL * 24 * 3'600'000;
constexpr std::int64_t kFirstMondayMs = 4LL * 24 * 3'600'000;  // 1970-01-05
constexpr std::size_t kWeeks = 52;

// Orders are complete, so that equal data gives equal text.

constexpr Literal kRepositories = R"(
SELECT data_source, project_key, repo_slug,
    count() AS commits,
    uniqExact(author_email, author_name) AS authors,
    sum(lines_added) AS lines_added,
    sum(lines_removed) AS lines_removed,
    toUnixTimestamp64Milli(min(committed_on)) AS first,
    toUnixTimestamp64Milli(max(committed_on)) AS last
FROM git_commits
WHERE (data_source, project_key, repo_slug) IN {repos:Array(Tuple(String, String, String))}
    AND is_reachable
GROUP BY data_source, project_key, repo_slug
ORDER BY data_source, project_key, repo_slug)";

constexpr Literal kAll = R"(
SELECT count() AS commits,
    uniqExact(author_email, author_name) AS authors,
    sum(lines_added) AS lines_added,
    sum(lines_removed) AS lines_removed,
    toUnixTimestamp64Milli(min(committed_on)) AS first,
    toUnixTimestamp64Milli(maxOrDefaultIf(committed_on,
        committed_on <= fromUnixTimestamp64Milli({now:Int64}))) AS last
FROM git_commits
WHERE (data_source, project_key, repo_slug) IN {repos:Array(Tuple(String, String, String))}
    AND is_reachable)";

constexpr Literal kFiles = R"(
SELECT uniqExact(data_source, project_key, repo_slug, file_path) AS files
FROM git_commit_files
WHERE (data_source, project_key, repo_slug) IN {repos:Array(Tuple(String, String, String))})";

constexpr Literal kCommitsByWeek = R"(
SELECT intDiv(toUnixTimestamp64Milli(committed_on) - {begin:Int64}, 604800000) AS week,
    count() AS commits
FROM git_commits
WHERE (data_source, project_key, repo_slug) IN {repos:Array(Tuple(String, String, String))}
    AND is_reachable
    AND committed_on >= fromUnixTimestamp64Milli({begin:Int64})
    AND committed_on < fromUnixTimestamp64Milli({end:Int64})
GROUP BY week
ORDER BY week)";

// A merge shows the whole of what it brings in, so it would count everything twice.
constexpr Literal kBusiest = R"(
SELECT data_source, project_key, repo_slug, file_path,
    count() AS commits,
    sum(lines_added) AS lines_added,
    sum(lines_removed) AS lines_removed
FROM git_commit_files
WHERE (data_source, project_key, repo_slug) IN {repos:Array(Tuple(String, String, String))}
    AND (data_source, project_key, repo_slug, commit_hash) IN (
        SELECT data_source, project_key, repo_slug, commit_hash
        FROM git_commits
        WHERE (data_source, project_key, repo_slug) IN
            {repos:Array(Tuple(String, String, String))}
            AND is_reachable AND NOT is_merge_commit)
GROUP BY data_source, project_key, repo_slug, file_path
ORDER BY commits DESC, lines_added DESC, data_source, project_key, repo_slug, file_path
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

Result<void> ask_repositories(exec::Context& ctx, ports::Warehouse& warehouse,
                              const std::vector<sources::RepoRef>& repositories, Summary& summary) {
    TRY_LET(answer, warehouse.ask(ctx, Query(kRepositories, {repos_parameter(repositories)})));
    std::map<sources::RepoRef, Totals> found;
    for (const auto& cells : answer.rows) {
        const Row row(cells);
        found[{row.text(0), row.text(1), row.text(2)}] = totals_from(row, 3);
    }
    for (const sources::RepoRef& repo : repositories)
        summary.repositories.push_back({repo, found[repo]});
    return {};
}

Result<void> ask_weeks(exec::Context& ctx, ports::Warehouse& warehouse, const Parameter& repos,
                       Summary& summary) {
    if (!summary.all.first || !summary.all.last) return {};
    const Time last = week_of(*summary.all.last);
    const Time earliest = last.plus(std::chrono::milliseconds(-kWeekMs * (kWeeks - 1)));
    const Time first = std::max(week_of(*summary.all.first), earliest);
    if (first > last) return {};
    const Time end = last.plus(std::chrono::milliseconds(kWeekMs));
    summary.first_week = first;
    summary.weeks.resize(static_cast<std::size_t>((end - first).count() / kWeekMs));
    TRY_LET(answer, warehouse.ask(ctx, Query(kCommitsByWeek, {repos,
                                                              {"begin", std::to_string(first.ms())},
                                                              {"end", std::to_string(end.ms())}})));
    for (const auto& cells : answer.rows) {
        const Row row(cells);
        if (const std::uint64_t week = row.count(0); week < summary.weeks.size())
            summary.weeks[week] = row.count(1);
    }
    return {};
}

Result<void> ask_files(exec::Context& ctx, ports::Warehouse& warehouse, const Parameter& repos,
                       Summary& summary) {
    TRY_LET(files, warehouse.ask(ctx, Query(kFiles, {repos})));
    if (!files.rows.empty()) summary.all.files = Row(files.rows[0]).count(0);
    TRY_LET(busiest, warehouse.ask(ctx, Query(kBusiest, {repos})));
    for (const auto& cells : busiest.rows) {
        const Row row(cells);
        summary.busiest.push_back(
            {.repo = sources::full_name({row.text(0), row.text(1), row.text(2)}),
             .path = row.text(3),
             .commits = row.count(4),
             .lines_added = row.count(5),
             .lines_removed = row.count(6)});
    }
    return {};
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
    TRY(ask_repositories(ctx, warehouse, repositories, summary));
    TRY_LET(all, warehouse.ask(ctx, Query(kAll, {repos, {"now", std::to_string(now.ms())}})));
    if (!all.rows.empty()) summary.all = totals_from(Row(all.rows[0]), 0);
    TRY(ask_weeks(ctx, warehouse, repos, summary));
    TRY(ask_files(ctx, warehouse, repos, summary));
    return summary;
}

}  // namespace forgehouse::app
