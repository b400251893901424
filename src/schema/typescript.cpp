#include "schema/typescript.h"

#include <fmt/format.h>

#include "base/text.h"

namespace forgehouse::schema {
namespace {

constexpr std::string_view kOpening =
    "// Written by forgehouse-generate from src/schema; do not edit.\n"
    "//\n"
    "// Rows as ClickHouse's JSON formats send them. Ask with\n"
    "// `output_format_json_quote_64bit_integers=1`: without it 64-bit integers are bare numbers, "
    "which\n// JavaScript rounds above 2^53.\n\n"
    "/** A whole number of up to 64 bits as decimal text; `BigInt(value)` computes with it. */\n"
    "export type Integer64 = string;\n\n"
    "/** `YYYY-MM-DD hh:mm:ss.mmm`, UTC. */\n"
    "export type Time = string;\n\n"
    "/** A JSON document as text. */\n"
    "export type JsonText = string;\n";

/// `git_pull_requests` as `GitPullRequestsRow`.
std::string row_name(std::string_view table) {
    std::string out;
    bool capital = true;
    for (const char c : table) {
        if (c == '_') {
            capital = true;
            continue;
        }
        out += capital && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        capital = false;
    }
    return out + "Row";
}

std::string_view plain_type(Type type) {
    switch (type) {
        case Type::Int64:
        case Type::UInt64: return "Integer64";
        case Type::UInt32:
        case Type::UInt8:
        case Type::Float64: return "number";
        case Type::Bool: return "boolean";
        case Type::Time: return "Time";
        case Type::Text:
        case Type::Word: return "string";
        case Type::Json: return "JsonText";
        case Type::TextList: return "string[]";
    }
    return {};
}

std::string type_of(const ColumnInfo& column) {
    std::string out;
    for (const std::string_view word : column.words)
        out += (out.empty() ? "" : " | ") + text::json_quoted(word);
    if (out.empty()) out = plain_type(column.type);
    return column.nullable ? out + " | null" : out;
}

/// A doc cannot end the comment that it stands in.
std::string comment(std::string_view doc) {
    std::string out(doc);
    for (auto at = out.find("*/"); at != std::string::npos; at = out.find("*/", at))
        out.replace(at, 2, "* /");
    return "/** " + out + " */";
}

std::string interface_of(const TableInfo& table) {
    std::string out =
        fmt::format("\n{}\nexport interface {} {{\n", comment(table.doc), row_name(table.name));
    for (const ColumnInfo& column : table.columns)
        out += fmt::format("  {}\n  {}: {};\n", comment(column.doc), column.name, type_of(column));
    return out + "}\n";
}

}  // namespace

std::string to_typescript(std::span<const TableInfo> tables) {
    std::string out(kOpening);
    for (const TableInfo& table : tables) out += interface_of(table);
    out += "\n/** The row of each table. */\nexport interface Tables {\n";
    for (const TableInfo& table : tables)
        out += fmt::format("  {}: {};\n", table.name, row_name(table.name));
    return out + "}\n";
}

}  // namespace forgehouse::schema
