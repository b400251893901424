#include "schema/markdown.h"

#include <fmt/format.h>

#include "schema/version.h"

namespace forgehouse::schema {
namespace {

/// Text of a table's cell: a bar would end it.
std::string cell(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '|') out += '\\';
        out += c;
    }
    return out;
}

std::string code_list(std::span<const std::string_view> names) {
    std::string out;
    for (const std::string_view name : names)
        out += fmt::format("{}`{}`", out.empty() ? "" : ", ", name);
    return out;
}

std::string section(const TableInfo& table, const TypeName& type_name) {
    std::string out =
        fmt::format("\n## {}\n\n{}\n\nKey: {}.", table.name, table.doc, code_list(table.key));
    if (!table.partition_time.empty())
        out += fmt::format(" Time that never changes: `{}`.", table.partition_time);
    out += "\n\n| column | type | meaning |\n|---|---|---|\n";
    for (const ColumnInfo& column : table.columns)
        out += fmt::format("| `{}` | `{}` | {} |\n", column.name, type_name(column),
                           cell(described(column)));
    return out;
}

}  // namespace

std::string to_markdown(std::span<const TableInfo> tables, const TypeName& type_name) {
    std::string out = fmt::format(
        "# The git_* tables\n\n"
        "Written by `forgehouse-generate` from `src/schema`; do not edit. Schema version {}.\n\n"
        "A table may hold several versions of a row, the one with the largest `_version` counts, "
        "and a row with\n`is_deleted = 1` is gone: ask with `FINAL` (`forgehouse query` does so "
        "by itself). NULL means unknown.\nTimes are UTC, to the millisecond.\n\n"
        "| table | one row is |\n|---|---|\n",
        kSchemaVersion);
    for (const TableInfo& table : tables)
        out += fmt::format("| [`{0}`](#{0}) | {1} |\n", table.name, cell(table.doc));
    for (const TableInfo& table : tables) out += section(table, type_name);
    return out;
}

}  // namespace forgehouse::schema
