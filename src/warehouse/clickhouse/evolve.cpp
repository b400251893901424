#include "warehouse/clickhouse/evolve.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <tuple>
#include <utility>

#include "base/digest.h"
#include "base/text.h"
#include "schema/all.h"
#include "schema/version.h"
#include "warehouse/clickhouse/views.h"

namespace forgehouse::warehouse::clickhouse {
namespace {

using schema::ColumnInfo;
using schema::TableInfo;

/// What of a plan must wait for what.
enum class Stage : unsigned char {
    Databases,
    Tables,  ///< and new columns of those that are there
    Fronts,  ///< Distributed tables, which take their columns from the tables behind them
    Comments,
    ViewDatabases,
    Views,
    ViewsOfViews,
};

class Draft {
public:
    void add(Stage stage, std::string sql) {
        stages_[std::to_underlying(stage)].push_back(std::move(sql));
    }
    void finish(Plan& out) {
        for (std::vector<std::string>& stage : stages_) {
            if (stage.empty()) continue;
            std::ranges::move(stage, std::back_inserter(out.statements));
            out.stage_ends.push_back(out.statements.size());
        }
    }

private:
    std::array<std::vector<std::string>, std::to_underlying(Stage::ViewsOfViews) + 1> stages_;
};

/// The number after the last `schema ` of a comment; 0 where none is recorded.
std::int64_t recorded_version(std::string_view comment) {
    constexpr std::string_view mark = "schema ";
    const auto at = comment.rfind(mark);
    if (at == std::string_view::npos) return 0;
    const std::string_view rest = comment.substr(at + mark.size());
    return text::to_int(rest.substr(0, rest.find_first_not_of("0123456789"))).value_or(0);
}

Result<void> refuse_newer(std::span<const Existing> existing) {
    for (const Existing& e : existing) {
        const std::int64_t theirs = recorded_version(e.comment);
        if (theirs > schema::kSchemaVersion)
            return Failure(Error(Errc::Conflict, "a newer version of Forgehouse made these tables")
                               .with("table", e.database + "." + e.name)
                               .with("theirs", theirs)
                               .with("ours", schema::kSchemaVersion)
                               .hint("run that version or a later one, or name another database "
                                     "or data directory"));
    }
    return {};
}

const Existing* find(std::span<const Existing> existing, std::string_view database,
                     std::string_view name) {
    const auto at = std::ranges::find_if(
        existing, [&](const Existing& e) { return e.database == database && e.name == name; });
    return at == existing.end() ? nullptr : &*at;
}

const ExistingColumn* find(const Existing& table, std::string_view column) {
    const auto at = std::ranges::find(table.columns, column, &ExistingColumn::name);
    return at == table.columns.end() ? nullptr : &*at;
}

Result<void> check_column(const Existing& table, const TableInfo& declared,
                          const ColumnInfo& column) {
    const ExistingColumn* there = find(table, column.name);
    const bool in_key = std::ranges::find(declared.key, column.name) != declared.key.end();
    const std::string expected = stored_type(column);
    if (there != nullptr ? there->type == expected : !in_key) return {};
    return Failure(Error(Errc::Invalid, there != nullptr ? Literal("a column has another type")
                                                         : Literal("a key column is missing"))
                       .with("table", table.database + "." + table.name)
                       .with("column", std::string(column.name))
                       .with("type", there != nullptr ? there->type : "none")
                       .with("expected", expected)
                       .hint(fmt::format("the table was not made by Forgehouse, or was altered: "
                                         "keep it under another name (RENAME TABLE {0} TO "
                                         "{0}_kept) and run `forgehouse init` again",
                                         table.database + "." + table.name)));
}

std::string alter(const Existing& table, const Layout& layout) {
    std::string out = "ALTER TABLE " + quoted_name(table.database) + "." + quoted_name(table.name);
    if (!layout.cluster.empty()) out += " ON CLUSTER " + quoted_name(layout.cluster);
    return out;
}

/// Adds the missing columns in their places, and their meaning where it has changed; the comment,
/// which records the version, comes last.
Result<void> evolve(const Existing& table, const TableInfo& declared, const Layout& layout,
                    Stage stage, Draft& draft, Plan& out) {
    std::string additions;
    const auto add = [&](const std::string& part) {
        additions += fmt::format("{}\n    {}", additions.empty() ? "" : ",", part);
    };
    for (std::size_t i = 0; i < declared.columns.size(); ++i) {
        const ColumnInfo& column = declared.columns[i];
        TRY(check_column(table, declared, column));
        if (const ExistingColumn* there = find(table, column.name)) {
            if (there->comment != schema::described(column))
                add(fmt::format("COMMENT COLUMN IF EXISTS {} {}", quoted_name(column.name),
                                quoted_text(schema::described(column))));
            continue;
        }
        add(fmt::format("ADD COLUMN IF NOT EXISTS {} {}", column_definition(column),
                        i == 0 ? "FIRST" : "AFTER " + quoted_name(declared.columns[i - 1].name)));
        out.prepared.evolved.push_back(fmt::format("{}.{}", table.name, column.name));
    }
    for (const ExistingColumn& column : table.columns)
        if (declared.index_of(column.name) == declared.columns.size())
            out.unknown.push_back(table.name + "." + column.name);
    if (!additions.empty()) draft.add(stage, alter(table, layout) + additions);
    if (table.comment != table_comment(declared))
        draft.add(Stage::Comments, alter(table, layout) + "\n    MODIFY COMMENT " +
                                       quoted_text(table_comment(declared)));
    return {};
}

Result<void> plan_table(std::span<const Existing> existing, const TableInfo& declared,
                        const Layout& layout, Draft& draft, Plan& out) {
    const std::vector<std::string> names = physical_names(declared, layout);
    const std::vector<std::string> creates = create_table(declared, layout);
    for (std::size_t i = 0; i < names.size(); ++i) {
        const Stage stage = i == 0 ? Stage::Tables : Stage::Fronts;
        if (const Existing* table = find(existing, layout.database, names[i])) {
            TRY(evolve(*table, declared, layout, stage, draft, out));
        } else {
            draft.add(stage, creates[i]);
            out.prepared.created.push_back(names[i]);
        }
    }
    return {};
}

bool reads_a_view(const View& view) {
    return std::ranges::any_of(all_views(), [&](const View& other) {
        return view.select.contains(fmt::format("{}.{}", other.database, other.name));
    });
}

void plan_views(std::span<const Existing> existing, const Layout& layout, Draft& draft, Plan& out) {
    std::string_view database;
    for (const View& view : all_views()) {
        const Existing* there = find(existing, view.database, view.name);
        if (there != nullptr && there->comment == view_comment(view, layout)) continue;
        if (database != view.database) {
            database = view.database;
            draft.add(Stage::ViewDatabases, create_database(database, layout));
        }
        draft.add(reads_a_view(view) ? Stage::ViewsOfViews : Stage::Views,
                  create_view(view, layout));
        auto& what = there == nullptr ? out.prepared.created : out.prepared.evolved;
        what.push_back(fmt::format("{}.{}", view.database, view.name));
    }
}

}  // namespace

std::vector<Existing> existing_from(const ports::Answer& answer) {
    std::vector<Existing> out;
    for (const auto& row : answer.rows) {
        const auto cell = [&](std::size_t i) {
            return i < row.size() ? row[i].value_or("") : std::string();
        };
        if (out.empty() || out.back().database != cell(0) || out.back().name != cell(1))
            out.push_back(
                {.database = cell(0), .name = cell(1), .comment = cell(2), .columns = {}});
        out.back().columns.push_back({.name = cell(3), .type = cell(4), .comment = cell(5)});
    }
    return out;
}

bool is_complete(const ports::Answer& comments, const Layout& layout) {
    std::set<std::tuple<std::string, std::string, std::string>> found;
    for (const auto& row : comments.rows)
        if (row.size() == 3)
            found.emplace(row[0].value_or(""), row[1].value_or(""), row[2].value_or(""));
    for (const TableInfo& table : schema::all_tables())
        for (const std::string& name : physical_names(table, layout))
            if (!found.contains({layout.database, name, table_comment(table)})) return false;
    return std::ranges::all_of(all_views(), [&](const View& view) {
        return found.contains(
            {std::string(view.database), std::string(view.name), view_comment(view, layout)});
    });
}

std::string schema_fingerprint() {
    std::string text;
    for (const TableInfo& table : schema::all_tables()) {
        text += fmt::format("{} ({})\n", table.name, fmt::join(table.key, ", "));
        for (const ColumnInfo& column : table.columns)
            text += fmt::format("    {} {}\n", column.name, stored_type(column));
    }
    for (const View& view : all_views())
        text += fmt::format("{}.{}\n{}\n", view.database, view.name, view.select);
    return sha256_hex(text).substr(0, 16);
}

Result<Plan> plan(std::span<const Existing> existing, const Layout& layout) {
    TRY(refuse_newer(existing));
    Draft draft;
    Plan out{.statements = {}, .stage_ends = {}, .prepared = {}, .unknown = {}};
    for (const TableInfo& table : schema::all_tables())
        TRY(plan_table(existing, table, layout, draft, out));
    if (!out.prepared.created.empty() && layout.database != "default")
        draft.add(Stage::Databases, create_database(layout.database, layout));
    plan_views(existing, layout, draft, out);
    draft.finish(out);
    return out;
}

}  // namespace forgehouse::warehouse::clickhouse
