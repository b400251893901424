#include "app/formats.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"

namespace forgehouse::app {
namespace {

using Alias = std::pair<std::string_view, std::string_view>;

constexpr std::array kAliases{
    Alias{"table", kTableFormat},
    Alias{"json", "JSON"},
    Alias{"jsonl", "JSONEachRow"},
    Alias{"ndjson", "JSONEachRow"},
    Alias{"csv", "CSV"},
    Alias{"tsv", "TabSeparated"},
    Alias{"parquet", "Parquet"},
    Alias{"arrow", "Arrow"},
    Alias{"markdown", "Markdown"},
    Alias{"md", "Markdown"},
    Alias{"vertical", "Vertical"},
    Alias{"pretty", "PrettyCompact"},
    Alias{"xml", "XML"},
    Alias{"orc", "ORC"},
    Alias{"avro", "Avro"},
    Alias{"sql", "SQLInsert"},
    Alias{"text", "TabSeparatedRaw"},
};

// The output formats of ClickHouse 26.7 (system.formats, is_output = 1) that need no schema file
// and no template.
constexpr std::array<std::string_view, 87> kFormats{
    "Arrow",
    "ArrowStream",
    "Avro",
    "BSONEachRow",
    "CSV",
    "CSVWithNames",
    "CSVWithNamesAndTypes",
    "CustomSeparated",
    "CustomSeparatedWithNames",
    "CustomSeparatedWithNamesAndTypes",
    "GeoJSON",
    "Hash",
    "JSON",
    "JSONColumns",
    "JSONColumnsWithMetadata",
    "JSONCompact",
    "JSONCompactColumns",
    "JSONCompactEachRow",
    "JSONCompactEachRowWithNames",
    "JSONCompactEachRowWithNamesAndTypes",
    "JSONCompactEachRowWithProgress",
    "JSONCompactStrings",
    "JSONCompactStringsEachRow",
    "JSONCompactStringsEachRowWithNames",
    "JSONCompactStringsEachRowWithNamesAndTypes",
    "JSONCompactStringsEachRowWithProgress",
    "JSONEachRow",
    "JSONEachRowWithProgress",
    "JSONL",
    "JSONLines",
    "JSONObjectEachRow",
    "JSONStrings",
    "JSONStringsEachRow",
    "JSONStringsEachRowWithProgress",
    "LineAsString",
    "LineAsStringWithNames",
    "LineAsStringWithNamesAndTypes",
    "MD",
    "Markdown",
    "MsgPack",
    "NDJSON",
    "Native",
    "Npy",
    "Null",
    "ORC",
    "PNG",
    "Parquet",
    "Pretty",
    "PrettyCompact",
    "PrettyCompactMonoBlock",
    "PrettyCompactNoEscapes",
    "PrettyCompactNoEscapesMonoBlock",
    "PrettyJSONEachRow",
    "PrettyJSONLines",
    "PrettyMonoBlock",
    "PrettyNDJSON",
    "PrettyNoEscapes",
    "PrettyNoEscapesMonoBlock",
    "PrettySpace",
    "PrettySpaceMonoBlock",
    "PrettySpaceNoEscapes",
    "PrettySpaceNoEscapesMonoBlock",
    "Prometheus",
    "Raw",
    "RawBLOB",
    "RawWithNames",
    "RawWithNamesAndTypes",
    "RowBinary",
    "RowBinaryWithNames",
    "RowBinaryWithNamesAndTypes",
    "SQLInsert",
    "TSKV",
    "TSV",
    "TSVRaw",
    "TSVRawWithNames",
    "TSVRawWithNamesAndTypes",
    "TSVWithNames",
    "TSVWithNamesAndTypes",
    "TabSeparated",
    "TabSeparatedRaw",
    "TabSeparatedRawWithNames",
    "TabSeparatedRawWithNamesAndTypes",
    "TabSeparatedWithNames",
    "TabSeparatedWithNamesAndTypes",
    "Values",
    "Vertical",
    "XML",
};

constexpr std::array kEndings{
    Alias{"parquet", "Parquet"},
    Alias{"csv", "CSVWithNames"},
    Alias{"tsv", "TabSeparatedWithNames"},
    Alias{"json", "JSON"},
    Alias{"jsonl", "JSONEachRow"},
    Alias{"ndjson", "JSONEachRow"},
    Alias{"arrow", "Arrow"},
    Alias{"orc", "ORC"},
    Alias{"avro", "Avro"},
    Alias{"md", "Markdown"},
    Alias{"xml", "XML"},
    Alias{"native", "Native"},
};

bool word_character(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/// Takes the last word off `text`, and blanks around it.
std::string_view last_word(std::string_view& text) {
    text = text::trim(text);
    std::size_t begin = text.size();
    while (begin > 0 && word_character(text[begin - 1])) --begin;
    const std::string_view word = text.substr(begin);
    text = text.substr(0, begin);
    return word;
}

}  // namespace

Result<std::string> format_named(std::string_view name) {
    const std::string wanted = text::lower_ascii(name);
    for (const auto& [alias, format] : kAliases)
        if (alias == wanted) return std::string(format);
    for (const std::string_view format : kFormats)
        if (text::lower_ascii(format) == wanted) return std::string(format);
    // Nearness by letters, whatever their case.
    std::vector<std::string> lower;
    for (const std::string_view known : format_names()) lower.push_back(text::lower_ascii(known));
    const std::vector<std::string_view> candidates(lower.begin(), lower.end());
    const auto near = text::nearest(wanted, candidates);
    std::string_view shown;
    if (near)
        shown = format_names()[static_cast<std::size_t>(std::ranges::find(candidates, *near) -
                                                        candidates.begin())];
    return Failure(
        Error(Errc::Invalid, "unknown format")
            .with("format", std::string(name))
            .hint(near ? fmt::format("did you mean {}?", shown)
                       : std::string("table, json, jsonl, csv, tsv, parquet, arrow, markdown and "
                                     "vertical are usual; every output format of ClickHouse is "
                                     "known by its name")));
}

std::string_view format_of_file(std::string_view file) noexcept {
    const auto dot = file.rfind('.');
    if (dot == file.npos) return {};
    const auto at = std::ranges::find(kEndings, file.substr(dot + 1), &Alias::first);
    return at == kEndings.end() ? std::string_view() : at->second;
}

std::span<const std::string_view> format_names() {
    static const std::array names = [] {
        std::array<std::string_view, kAliases.size() + kFormats.size()> all{};
        std::ranges::transform(kAliases, all.begin(), &Alias::first);
        std::ranges::copy(kFormats, all.begin() + kAliases.size());
        return all;
    }();
    return names;
}

std::string_view format_in_sql(std::string_view sql) noexcept {
    sql = text::trim(sql);
    while (sql.ends_with(';')) sql = text::trim(sql.substr(0, sql.size() - 1));
    const std::string_view format = last_word(sql);
    if (format.empty() || sql.empty()) return {};
    const char before = sql.back();
    if (before != ' ' && before != '\n' && before != '\t' && before != '\r') return {};
    return text::lower_ascii(last_word(sql)) == "format" ? format : std::string_view();
}

}  // namespace forgehouse::app
