// ColumnReader: goes through one column of a Batch from its first row to its last, as whoever has
// received a Batch from a warehouse wants it. The counterpart of Batch::append.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "schema/batch.h"

namespace forgehouse::schema {

/// Borrows the column; views of texts live as long as it does. One next_*() per row, of the
/// column's own type: asking beyond the end, or for bytes that are not there, aborts (a decoder has
/// checked what came from outside).
class ColumnReader {
public:
    explicit ColumnReader(const ColumnData& column) : column_(column) {}
    /// The column of that name, which the batch's table must have.
    ColumnReader(const Batch& batch, std::string_view name)
        : column_(batch.column(checked(batch, name))) {}

    /// Whether the next row is NULL. Its place must be passed over by next_*() all the same.
    bool null_next() const {
        if (column_.nulls.empty()) return false;
        CHECK(row_ < column_.nulls.size());
        return column_.nulls[row_] != 0;
    }
    std::string_view next_text() {
        ++row_;
        return text();
    }
    std::optional<std::string_view> next_optional_text() {
        const bool null = null_next();
        const std::string_view value = next_text();
        return null ? std::nullopt : std::optional(value);
    }
    /// Int64, UInt64, UInt32, UInt8, Bool (as bool) and Float64.
    template <class T>
    T next() {
        static_assert(std::is_arithmetic_v<T>);
        CHECK(sizeof(T) <= column_.values.size() - at_);
        T value{};
        std::memcpy(&value, column_.values.data() + at_, sizeof value);
        at_ += sizeof value;
        ++row_;
        return value;
    }
    Time next_time() { return Time::from_ms(next<std::int64_t>()); }
    TextList next_list() {
        std::uint64_t end = 0;
        CHECK((row_ + 1) * sizeof end <= column_.ends.size());
        std::memcpy(&end, column_.ends.data() + row_ * sizeof end, sizeof end);
        ++row_;
        TextList list;
        for (; element_ < end; ++element_) list.emplace_back(text());
        return list;
    }

private:
    static std::size_t checked(const Batch& batch, std::string_view name) {
        const std::size_t i = batch.table().index_of(name);
        CHECK(i < batch.table().columns.size());
        return i;
    }
    std::string_view text() {
        std::uint64_t size = 0;
        for (unsigned shift = 0;; shift += 7) {
            CHECK(at_ < column_.values.size() && shift < 64);
            const auto byte = static_cast<unsigned char>(column_.values[at_++]);
            size |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
            if (byte < 0x80) break;
        }
        CHECK(size <= column_.values.size() - at_);
        const std::string_view value(column_.values.data() + at_, size);
        at_ += size;
        return value;
    }

    const ColumnData& column_;
    std::size_t at_ = 0;
    std::size_t row_ = 0;
    std::uint64_t element_ = 0;
};

}  // namespace forgehouse::schema
