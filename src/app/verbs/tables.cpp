#include <fmt/format.h>

#include <array>
#include <map>

#include "app/terminal/table.h"
#include "app/verbs/verbs.h"
#include "app/world.h"
#include "base/json.h"
#include "base/text.h"
#include "schema/all.h"

namespace forgehouse::app::verbs {
namespace {

using ports::Query;

constexpr std::array kOperands{cli::Operand{
    .name = "TABLE", .doc = "A table or a view: its columns.", .least = 0, .words = table_names}};
constexpr std::array kOptions{
    cli::Option{.name = "--all", .letter = 'a', .doc = "Tables without a row, too."}, kJson};
constexpr std::array kExamples{
    cli::Example{"tables", "What there is to ask about."},
    cli::Example{"tables git_commits", "The columns of one of them, with their meaning."}};

constexpr cli::Verb kTables{
    .name = "tables",
    .group = "collect and ask",
    .summary = "list the tables and views, or the columns of one",
    .about =
        "Lists the git_* tables that hold rows, and the views made of them, each with the "
        "number of rows that a query sees, the bytes it takes on disk and what it is about. "
        "With a TABLE its columns are listed, with type and meaning.",
    .operands = kOperands,
    .options = kOptions,
    .examples = kExamples};

struct Line {
    std::string name;
    std::string doc;
    bool view;
    std::uint64_t rows = 0;
    std::uint64_t bytes = 0;
};

constexpr Literal kBytes = R"(
SELECT name, total_bytes
FROM system.tables
WHERE database = currentDatabase() AND name LIKE 'git\\_%'
ORDER BY name)";

constexpr Literal kViews = R"(
SELECT database, name
FROM system.tables
WHERE database IN ('github_stats', 'gitlab') AND engine = 'View'
ORDER BY database, name)";

constexpr Literal kColumns = R"(
SELECT name, type, comment
FROM system.columns
WHERE (database, table) = ({database:String}, {table:String})
ORDER BY position)";

std::uint64_t count_in(const std::optional<std::string>& cell) {
    return static_cast<std::uint64_t>(
        std::max<std::int64_t>(0, text::to_int(cell.value_or("0")).value_or(0)));
}

/// Counts as a query sees them: replaced rows and tombstones apart, so the parts' own row numbers
/// will not do.
Result<std::vector<Line>> ask_tables(World& world, ports::Warehouse& warehouse) {
    TRY_LET(sizes, warehouse.ask(world.context(), Query(kBytes)));
    std::map<std::string, std::uint64_t, std::less<>> bytes;
    for (const auto& row : sizes.rows) bytes[row[0].value_or("")] = count_in(row[1]);
    std::string sql;
    for (const schema::TableInfo& table : schema::all_tables())
        sql += fmt::format("{}SELECT '{}' AS name, count() AS rows FROM {}",
                           sql.empty() ? "" : " UNION ALL ", table.name, table.name);
    TRY_LET(counts, warehouse.ask(world.context(), Query::from_user(sql)));
    std::map<std::string, std::uint64_t, std::less<>> rows;
    for (const auto& row : counts.rows) rows[row[0].value_or("")] = count_in(row[1]);
    std::vector<Line> out;
    for (const schema::TableInfo& table : schema::all_tables()) {
        const std::string name(table.name);
        out.push_back({name, std::string(table.doc), false, rows[name], bytes[name]});
    }
    return out;
}

Result<void> ask_views(World& world, ports::Warehouse& warehouse, std::vector<Line>& lines) {
    TRY_LET(views, warehouse.ask(world.context(), Query(kViews)));
    for (const auto& row : views.rows) {
        const std::string database = row[0].value_or("");
        // The comment of a view is a fingerprint of its text: what it is for is said here.
        const std::string_view doc = database == "gitlab"
                                         ? "The same rows as the GitLab connector names them."
                                         : "The same rows as the GitHub collector names them.";
        lines.push_back(
            {fmt::format("{}.{}", database, row[1].value_or("")), std::string(doc), true});
    }
    return {};
}

std::string as_json(const std::vector<Line>& lines) {
    json::Writer out;
    out.array();
    for (const Line& line : lines) {
        out.object().name("name").text(line.name);
        out.name("kind").text(line.view ? "view" : "table");
        if (!line.view) out.name("rows").count(line.rows).name("bytes").count(line.bytes);
        out.name("doc").text(line.doc).end();
    }
    out.end();
    return out.take() + '\n';
}

Error no_such_table(const std::string& name) {
    std::vector<std::string_view> known;
    for (const std::string_view table : table_names()) known.push_back(table);
    const auto near = text::nearest(name, known);
    return Error(Errc::NotFound, "there is no such table")
        .with("table", name)
        .hint(near ? fmt::format("did you mean {}?", *near)
                   : std::string("`forgehouse tables --all` lists them"));
}

std::string columns_json(const ports::Answer& answer) {
    json::Writer out;
    out.array();
    for (const auto& row : answer.rows)
        out.object()
            .name("name")
            .text(row[0].value_or(""))
            .name("type")
            .text(row[1].value_or(""))
            .name("doc")
            .text(row[2].value_or(""))
            .end();
    out.end();
    return out.take() + '\n';
}

Result<Exit> show_columns(World& world, const std::string& table) {
    const auto dot = table.find('.');
    const std::string database =
        dot == table.npos ? world.settings().database : table.substr(0, dot);
    const std::string name = dot == table.npos ? table : table.substr(dot + 1);
    TRY_LET(warehouse, world.warehouse());
    // Nothing fails where the tables are not there yet, so they are made here and not on demand.
    TRY(warehouse->prepare(world.context()));
    TRY_LET(answer, warehouse->ask(world.context(),
                                   Query(kColumns, {{"database", database}, {"table", name}})));
    if (answer.rows.empty()) return Failure(no_such_table(table));
    if (world.json()) {
        TRY(world.print(columns_json(answer)));
        return Exit::Done;
    }
    std::vector<std::vector<terminal::Cell>> rows;
    for (const auto& row : answer.rows) rows.emplace_back(row.begin(), row.end());
    TRY(world.print(terminal::table({{"column", false}, {"type", false}, {"about", false}}, rows,
                                    world.out())));
    return Exit::Done;
}

Result<Exit> run(World& world) {
    if (!world.arguments().operands.empty())
        return show_columns(world, world.arguments().operands.front());
    std::vector<Line> lines;
    TRY(world.ask_with_tables([&](ports::Warehouse& warehouse) -> Result<void> {
        TRY_LET(tables, ask_tables(world, warehouse));
        lines = std::move(tables);
        return ask_views(world, warehouse, lines);
    }));
    if (world.json()) {
        TRY(world.print(as_json(lines)));
        return Exit::Done;
    }
    std::vector<std::vector<terminal::Cell>> rows;
    std::size_t hidden = 0;
    for (const Line& line : lines) {
        if (!line.view && line.rows == 0 && !world.arguments().has("--all")) {
            ++hidden;
            continue;
        }
        rows.push_back({line.name, line.view ? "view" : text::grouped(line.rows),
                        line.view ? "" : text::byte_size(line.bytes), line.doc});
    }
    TRY(world.print(terminal::table(
        {{"name", false}, {"rows", true}, {"size", true}, {"about", false}}, rows, world.out())));
    if (hidden > 0)
        world.tell(
            world.err().dim(fmt::format("{} tables hold no row yet; --all lists them", hidden)) +
            '\n');
    return Exit::Done;
}

}  // namespace

Verb tables() {
    return {&kTables, run};
}

}  // namespace forgehouse::app::verbs
