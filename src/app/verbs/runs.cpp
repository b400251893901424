#include <fmt/format.h>

#include <array>

#include "app/terminal/foreign.h"
#include "app/terminal/table.h"
#include "app/verbs/runs_follow.h"
#include "app/verbs/verbs.h"
#include "app/world.h"
#include "base/check.h"
#include "base/text.h"

namespace forgehouse::app::verbs {
namespace {

using ports::Answer;
using ports::Query;
using terminal::Cell;

constexpr std::array kOperands{cli::Operand{
    .name = "RUN_ID", .doc = "A run, or the beginning of its id: its details.", .least = 0}};
constexpr std::array kOptions{
    cli::Option{.name = "--limit", .value = "N", .doc = "How many runs to list, 20 without it."},
    cli::Option{.name = "--follow",
                .doc =
                    "Show the runs that another process makes just now until they end, then their "
                    "details. With --json a line of JSON for each every five seconds."},
    kJson};
constexpr std::array kExamples{
    cli::Example{"runs", "The last runs of collect, the newest first."},
    cli::Example{"runs insight_git-20240229-120000", "All about one of them."},
    cli::Example{"runs --follow", "What the run at work has done so far."}};

constexpr cli::Verb kRuns{
    .name = "runs",
    .group = "collect and ask",
    .summary = "list the runs of collect, or show one of them",
    .about =
        "Every run of collect is recorded in git_collection_runs, and what its checks found "
        "in git_data_quality. With a RUN_ID both are shown for that run.",
    .operands = kOperands,
    .options = kOptions,
    .examples = kExamples};

constexpr Literal kList = R"(
SELECT run_id, status, started_at, duration_seconds, repos_processed, repos_failed,
    commits_collected, records, errors
FROM git_collection_runs
ORDER BY started_at DESC, run_id DESC
LIMIT {limit:UInt32})";

constexpr Literal kOne = R"(
SELECT * EXCEPT (project_key, repo_slug, collected_at, _version, is_deleted)
FROM git_collection_runs
WHERE startsWith(run_id, {run:String})
ORDER BY run_id
LIMIT 2)";

constexpr Literal kChecks = R"(
SELECT concat(project_key, if(project_key = '', '', '/'), repo_slug), check, table_name, severity,
    checked, failed, sample
FROM git_data_quality
WHERE run_id = {run:String}
ORDER BY project_key, repo_slug, check, table_name)";

constexpr Literal kListJson = R"(
SELECT * EXCEPT (project_key, repo_slug, collected_at, _version, is_deleted)
FROM git_collection_runs
ORDER BY started_at DESC, run_id DESC
LIMIT {limit:UInt32})";

constexpr Literal kOneJson = R"(
SELECT r.* EXCEPT (project_key, repo_slug, collected_at, _version, is_deleted),
    (SELECT groupArray(CAST((project_key, repo_slug, check, table_name, severity, checked, failed, sample),
        'Tuple(project_key String, repo_slug String, check String, table_name String, severity String, checked UInt64, failed UInt64, sample String)'))
     FROM git_data_quality WHERE run_id = {run:String}) AS checks
FROM git_collection_runs AS r
WHERE run_id = {run:String})";

std::vector<std::vector<Cell>> cells_of(const Answer& answer) {
    std::vector<std::vector<Cell>> rows;
    for (const auto& row : answer.rows) rows.emplace_back(row.begin(), row.end());
    return rows;
}

/// The place of a column of our own SQL.
std::size_t column_of(const Answer& answer, std::string_view name) {
    const auto at = std::ranges::find(answer.columns, name, &ports::AnswerColumn::name);
    CHECK(at != answer.columns.end());
    return static_cast<std::size_t>(at - answer.columns.begin());
}

std::string grouped(const Cell& cell) {
    const auto number = text::to_int(cell.value_or(""));
    return number && *number >= 0 ? text::grouped(static_cast<std::uint64_t>(*number))
                                  : cell.value_or("");
}

/// A table of runs. Their ids are what one comes for: where the terminal is too narrow, the other
/// columns go, the last of `dispensable` first.
std::string whole_ids(std::vector<terminal::TableColumn> columns,
                      std::vector<std::vector<Cell>> rows, std::vector<std::string> dispensable,
                      const terminal::Screen& screen) {
    for (;; dispensable.pop_back()) {
        terminal::TableLayout layout(columns);
        layout.measure(rows, screen);
        std::string out = layout.header(screen);
        for (const auto& row : rows) out += layout.row(row, screen);
        if (!layout.has_cut() || dispensable.empty()) return out;
        const auto at =
            std::ranges::find(columns, dispensable.back(), &terminal::TableColumn::name);
        CHECK(at != columns.end());
        for (auto& row : rows) row.erase(row.begin() + (at - columns.begin()));
        columns.erase(at);
    }
}

/// `2024-02-29 12:00:00` of a time with its fraction.
std::string seconds_only(const Cell& cell) {
    return cell.value_or("").substr(0, 19);
}

std::string status_painted(const std::string& status, const terminal::Screen& screen) {
    if (status == "completed") return screen.green(status);
    return status == "running"                            ? screen.cyan(status)
           : status == "partial" || status == "cancelled" ? screen.yellow(status)
                                                          : screen.red(status);
}

Result<Exit> list(World& world, std::uint32_t limit) {
    Answer answer;
    TRY(world.ask_with_tables([&](ports::Warehouse& warehouse) -> Result<void> {
        TRY_LET(got,
                warehouse.ask(world.context(), Query(kList, {{"limit", std::to_string(limit)}})));
        answer = std::move(got);
        return {};
    }));
    if (answer.rows.empty()) {
        world.tell("no runs yet: `forgehouse collect .` makes the first one\n");
        return Exit::Done;
    }
    std::vector<std::vector<Cell>> rows;
    for (const auto& row : answer.rows)
        rows.push_back({row[0], row[1], seconds_only(row[2]), row[3], grouped(row[4]),
                        grouped(row[5]), grouped(row[6]), grouped(row[7]), grouped(row[8])});
    TRY(world.print(whole_ids(
        {{"run", false},
         {"status", false},
         {"started (UTC)", false},
         {"seconds", true},
         {"repos done", true},
         {"not done", true},
         {"commits", true},
         {"records", true},
         {"errors", true}},
        std::move(rows),
        {"repos done", "not done", "commits", "seconds", "errors", "records", "started (UTC)"},
        world.out())));
    if (answer.rows.size() == limit)
        world.tell(world.err().dim("there may be more: --limit lists them") + '\n');
    return Exit::Done;
}

Result<void> show_run(World& world, ports::Warehouse& warehouse, const std::string& run) {
    TRY_LET(found, warehouse.ask(world.context(), Query(kOne, {{"run", run}})));
    if (found.rows.empty())
        return Failure(Error(Errc::NotFound, "no such run")
                           .with("run", run)
                           .hint("forgehouse runs lists them"));
    // A whole id sorts before those that only begin with it.
    const std::size_t id_at = column_of(found, "run_id");
    if (found.rows.size() > 1 && found.rows[0][id_at] != run)
        return Failure(Error(Errc::Invalid, "several runs begin like this")
                           .with("run", run)
                           .hint("write more of the id; forgehouse runs lists them"));
    const std::string id = found.rows[0][id_at].value_or(run);
    std::string out;
    for (std::size_t i = 0; i < found.columns.size(); ++i) {
        const std::string& name = found.columns[i].name;
        const std::string value = found.rows[0][i].value_or("NULL");
        out += fmt::format(
            "{:<20} {}\n", name,
            name == "status" ? status_painted(value, world.out()) : text::printable(value));
    }
    TRY_LET(checks, warehouse.ask(world.context(), Query(kChecks, {{"run", id}})));
    out += '\n';
    out += checks.rows.empty() ? std::string("No check was recorded.\n")
                               : terminal::table({{"repository", false},
                                                  {"check", false},
                                                  {"table", false},
                                                  {"severity", false},
                                                  {"checked", true},
                                                  {"failed", true},
                                                  {"sample", false}},
                                                 cells_of(checks), world.out());
    return world.print(out);
}

Result<void> pass_json(World& world, ports::Warehouse& warehouse, const Query& query) {
    terminal::Foreign out(world.out(), [&](std::string_view bytes) { return world.print(bytes); });
    TRY(warehouse.pass_through(world.context(), query, "JSONEachRow",
                               [&](std::string_view bytes) { return out.write(bytes); }));
    return out.finish();
}

Result<Exit> follow(World& world) {
    if (!world.arguments().operands.empty())
        return world.usage(Error(Errc::Invalid, "--follow shows the runs that are at work")
                               .hint("leave the RUN_ID out"));
    TRY_LET(ids, follow_runs(world));
    if (ids.empty()) {
        world.tell("no run is at work; `forgehouse runs` lists those that were\n");
        return Exit::Done;
    }
    if (world.interrupted()) return Exit::Done;
    for (const std::string& id : ids)
        TRY(world.ask_with_tables([&](ports::Warehouse& warehouse) {
            return world.json() ? pass_json(world, warehouse, Query(kOneJson, {{"run", id}}))
                                : show_run(world, warehouse, id);
        }));
    return Exit::Done;
}

Result<Exit> run(World& world) {
    if (world.arguments().has("--follow")) return follow(world);
    const auto limit = text::to_int(world.arguments().value("--limit").value_or("20"));
    if (!limit || *limit < 1 || *limit > 1'000'000)
        return world.usage(Error(Errc::Invalid, "--limit wants a whole number above 0")
                               .hint("write for example --limit 100"));
    const bool one = !world.arguments().operands.empty();
    if (world.json()) {
        const std::string bound = one ? world.arguments().operands[0] : std::to_string(*limit);
        std::vector<ports::Parameter> parameters;
        parameters.push_back({one ? "run" : "limit", bound});
        const Query query(one ? kOneJson : kListJson, std::move(parameters));
        TRY(world.ask_with_tables(
            [&](ports::Warehouse& warehouse) { return pass_json(world, warehouse, query); }));
        return Exit::Done;
    }
    if (!one) return list(world, static_cast<std::uint32_t>(*limit));
    TRY(world.ask_with_tables([&](ports::Warehouse& warehouse) {
        return show_run(world, warehouse, world.arguments().operands[0]);
    }));
    return Exit::Done;
}

}  // namespace

Verb runs() {
    return {&kRuns, run};
}

}  // namespace forgehouse::app::verbs
