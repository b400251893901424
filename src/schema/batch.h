// Batch: rows of one table, column by column, as collectors hand them to a warehouse.
//
// A column's bytes are laid out as in ClickHouse's Native format, the plainest columnar layout
// there is: fixed-size values little-endian, texts as varint length + bytes, lists as cumulative
// uint64 ends beside the texts, and one byte per row for NULL. So the ClickHouse encoder copies
// them.
#pragma once

#include <bit>
#include <cstring>
#include <string>
#include <vector>

#include "base/check.h"
#include "schema/table.h"

namespace forgehouse::schema {

static_assert(std::endian::native == std::endian::little, "columns are written as they lie");

struct ColumnData {
    std::string nulls;  ///< one byte a row, 1 = NULL; empty where the column is not nullable
    std::string ends;   ///< lists only: cumulative uint64 element counts
    std::string values;

    void append_varint(std::size_t n) {
        for (; n >= 0x80; n >>= 7) values += static_cast<char>(n | 0x80);
        values += static_cast<char>(n);
    }
    void append_text(std::string_view text) {
        append_varint(text.size());
        values += text;
    }
    template <class T>
    void append_fixed(T value) {
        char bytes[sizeof value];
        std::memcpy(bytes, &value, sizeof value);
        values.append(bytes, sizeof value);
    }
};

/// Value semantics; not shared between threads while it is being filled.
class Batch {
public:
    explicit Batch(const TableInfo& table) : table_(table), columns_(table.columns.size()) {}

    const TableInfo& table() const noexcept { return table_; }
    std::size_t rows() const noexcept { return rows_; }
    bool empty() const noexcept { return rows_ == 0; }
    /// Bytes of all columns: what a flush threshold looks at.
    std::size_t bytes() const noexcept {
        std::size_t sum = 0;
        for (const ColumnData& c : columns_)
            sum += c.nulls.size() + c.ends.size() + c.values.size();
        return sum;
    }
    const ColumnData& column(std::size_t i) const { return columns_[i]; }

    /// Empties it and keeps the memory.
    void clear() noexcept {
        rows_ = 0;
        for (ColumnData& c : columns_) {
            c.nulls.clear();
            c.ends.clear();
            c.values.clear();
        }
    }

    /// `declared` is the table that this batch was made for.
    template <class Row, std::size_t keys, auto... members>
    void append(const Table<Row, keys, members...>& declared, const Row& row) {
        CHECK(declared.name == table_.name);
        std::size_t i = 0;
        declared.for_each_value(row,
                                [&](const auto& value) { append_value(columns_[i++], value); });
        ++rows_;
    }

    /// Replaces everything by columns that somebody else has filled, as a decoder does: one for
    /// each of the table, in its order, each of `rows` rows laid out as said above.
    void adopt(std::size_t rows, std::vector<ColumnData> columns) {
        CHECK(columns.size() == columns_.size());
        rows_ = rows;
        columns_ = std::move(columns);
    }

private:
    template <class T>
    static void append_value(ColumnData& out, const std::optional<T>& value) {
        out.nulls += static_cast<char>(value ? 0 : 1);
        if (value)
            append_value(out, *value);
        else
            append_value(out, T{});
    }
    static void append_value(ColumnData& out, const std::string& v) { out.append_text(v); }
    static void append_value(ColumnData& out, const Word& v) { out.append_text(v.value); }
    static void append_value(ColumnData& out, const Json& v) { out.append_text(v.value); }
    static void append_value(ColumnData& out, Time v) { out.append_fixed(v.ms()); }
    static void append_value(ColumnData& out, bool v) { out.values += static_cast<char>(v); }
    static void append_value(ColumnData& out, const TextList& list) {
        std::uint64_t end = 0;
        if (!out.ends.empty())
            std::memcpy(&end, out.ends.data() + out.ends.size() - sizeof end, sizeof end);
        end += list.size();
        char bytes[sizeof end];
        std::memcpy(bytes, &end, sizeof end);
        out.ends.append(bytes, sizeof bytes);
        for (const std::string& text : list) out.append_text(text);
    }
    template <NamedEnum E>
    static void append_value(ColumnData& out, E v) {
        out.append_text(name_of(v));
    }
    template <class T>
        requires std::is_arithmetic_v<T>
    static void append_value(ColumnData& out, T v) {
        out.append_fixed(v);
    }

    TableInfo table_;
    std::vector<ColumnData> columns_;
    std::size_t rows_ = 0;
};

}  // namespace forgehouse::schema
