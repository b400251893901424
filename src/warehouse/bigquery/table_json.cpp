#include "warehouse/bigquery/table_json.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "schema/version.h"

namespace forgehouse::warehouse::bigquery {
namespace {

using schema::ColumnInfo;
using schema::TableInfo;
using schema::Type;

/// BigQuery clusters by at most four columns.
constexpr std::size_t kClusteringColumns = 4;

std::string_view field_type(Type type) {
    switch (type) {
        case Type::Int64:
        case Type::UInt64:
        case Type::UInt32:
        case Type::UInt8: return "INTEGER";
        case Type::Bool: return "BOOLEAN";
        case Type::Float64: return "FLOAT";
        case Type::Time: return "TIMESTAMP";
        case Type::Text:
        case Type::Word:
        case Type::TextList: return "STRING";
        case Type::Json: return "JSON";
    }
    return {};
}

std::string_view field_mode(const ColumnInfo& column) {
    if (column.type == Type::TextList) return "REPEATED";
    return column.nullable ? "NULLABLE" : "REQUIRED";
}

std::string text_list(std::span<const std::string_view> names) {
    std::string out;
    for (const std::string_view name : names)
        out += (out.empty() ? "" : ", ") + text::json_quoted(name);
    return "[" + out + "]";
}

std::string field(const ColumnInfo& column) {
    return fmt::format(R"({{"name": {}, "type": "{}", "mode": "{}", "description": {}}})",
                       text::json_quoted(column.name), field_type(column.type), field_mode(column),
                       text::json_quoted(schema::described(column)));
}

}  // namespace

std::string table_json(const TableInfo& table) {
    std::string out = fmt::format(
        "{{\n  \"tableReference\": {{\"tableId\": {}}},\n  \"description\": {},\n"
        "  \"labels\": {{\"forgehouse_schema\": \"{}\"}},\n  \"schema\": {{\"fields\": [\n",
        text::json_quoted(table.name), text::json_quoted(table.doc), schema::kSchemaVersion);
    for (std::size_t i = 0; i < table.columns.size(); ++i)
        out += fmt::format("    {}{}\n", field(table.columns[i]),
                           i + 1 < table.columns.size() ? "," : "");
    out += "  ]},\n";
    if (!table.partition_time.empty())
        out += fmt::format("  \"timePartitioning\": {{\"type\": \"MONTH\", \"field\": {}}},\n",
                           text::json_quoted(table.partition_time));
    out += fmt::format("  \"clustering\": {{\"fields\": {}}},\n",
                       text_list(table.key.first(std::min(table.key.size(), kClusteringColumns))));
    return out +
           fmt::format("  \"tableConstraints\": {{\"primaryKey\": {{\"columns\": {}}}}}\n}}\n",
                       text_list(table.key));
}

}  // namespace forgehouse::warehouse::bigquery
