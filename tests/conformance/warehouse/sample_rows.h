// Rows for any table: made from the columns' types alone, so that every table and every type is
// tried without a line for each.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "schema/batch.h"

namespace forgehouse::conformance {

inline constexpr std::size_t kSampleRows = 4;

namespace detail {

inline std::string sample_text(std::size_t row) {
    switch (row) {
        case 0: return "";
        case 1: return "plain";
        case 2: return std::string("\xFF\xFE\0 not UTF-8", 13);
        default: return "tab\t line\n \\N 'quoted' \"twice\" `back` {x:String} €";
    }
}

template <class T>
T sample_number(std::size_t row) {
    constexpr std::array<T, kSampleRows> values{T(0), T(1), std::numeric_limits<T>::max(),
                                                std::numeric_limits<T>::lowest()};
    return values[row];
}

inline Time sample_time(std::size_t row) {
    const std::array times{Time(), kEarliestTime, kLatestTime, Time::from_ms(-1)};
    return times[row];
}

inline void append_list(schema::ColumnData& out, std::size_t row) {
    std::uint64_t end = 0;
    if (!out.ends.empty())
        std::memcpy(&end, out.ends.data() + out.ends.size() - sizeof end, sizeof end);
    end += row;
    out.ends.append(reinterpret_cast<const char*>(&end), sizeof end);
    for (std::size_t i = 0; i < row; ++i) out.append_text(sample_text(i + 1));
}

inline void append_sample(schema::ColumnData& out, schema::Type type, std::size_t row) {
    using schema::Type;
    switch (type) {
        case Type::Int64: return out.append_fixed(sample_number<std::int64_t>(row));
        case Type::UInt64: return out.append_fixed(sample_number<std::uint64_t>(row));
        case Type::UInt32: return out.append_fixed(sample_number<std::uint32_t>(row));
        case Type::UInt8: return out.append_fixed(sample_number<std::uint8_t>(row));
        case Type::Float64: return out.append_fixed(sample_number<double>(row));
        case Type::Bool: return out.append_fixed(static_cast<std::uint8_t>(row % 2));
        case Type::Time: return out.append_fixed(sample_time(row).ms());
        case Type::Text:
        case Type::Word: return out.append_text(sample_text(row));
        case Type::Json: return out.append_text(row == 0 ? "{}" : R"({"a": [1, "\u20ac"]})");
        case Type::TextList: return append_list(out, row);
    }
}

}  // namespace detail

/// What sets one sample apart from another: `source` is its data_source, `word` every text that is
/// not of the key.
struct SampleOf {
    std::string source;
    std::uint64_t version = 1;
    std::uint8_t is_deleted = 0;
    std::optional<std::string> word{};
};

/// `kSampleRows` rows: texts of the key count the rows (`k0`, `k1`, …), a nullable column is NULL
/// in every other row, all else runs through its type's extremes.
inline schema::Batch sample_rows(const schema::TableInfo& table, const SampleOf& of) {
    std::vector<schema::ColumnData> columns(table.columns.size());
    for (std::size_t c = 0; c < columns.size(); ++c) {
        const schema::ColumnInfo& info = table.columns[c];
        schema::ColumnData& out = columns[c];
        const bool is_key = std::ranges::find(table.key, info.name) != table.key.end();
        const bool is_text = info.type == schema::Type::Text || info.type == schema::Type::Word;
        for (std::size_t row = 0; row < kSampleRows; ++row) {
            if (info.nullable) out.nulls += static_cast<char>((c + row) % 2);
            const bool null = info.nullable && (c + row) % 2 == 1;
            if (info.name == "data_source") {
                out.append_text(of.source);
            } else if (info.name == "_version") {
                out.append_fixed(of.version);
            } else if (info.name == "is_deleted") {
                out.append_fixed(of.is_deleted);
            } else if (is_key && is_text) {
                out.append_text(fmt::format("k{}", row));
            } else if (is_text && of.word && !null) {
                out.append_text(*of.word);
            } else {
                detail::append_sample(out, info.type, null ? 0 : row);
            }
        }
    }
    schema::Batch batch(table);
    batch.adopt(kSampleRows, std::move(columns));
    return batch;
}

}  // namespace forgehouse::conformance
