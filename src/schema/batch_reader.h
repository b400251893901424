// BatchReader: typed access to the rows of a Batch, for what a query returned and for tests.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "schema/batch.h"

namespace forgehouse::schema {

/// One column of a Batch, indexed for access by row. Views into the Batch, which must outlive it
/// unchanged. Rows below rows() only, and only the accessor of the column's type: anything else is
/// a programming error and aborts. A NULL reads as 0, false, '' or the epoch.
class ColumnView {
public:
    /// Errors: Corrupt where the bytes are not `rows` values of the column's type.
    static Result<ColumnView> open(const ColumnInfo& info, const ColumnData& data,
                                   std::size_t rows);

    const ColumnInfo& info() const noexcept { return info_; }
    std::size_t rows() const noexcept { return rows_; }

    bool is_null(std::size_t row) const;
    std::int64_t integer(std::size_t row) const;                     ///< Int64
    std::uint64_t count(std::size_t row) const;                      ///< UInt64, UInt32, UInt8
    double number(std::size_t row) const;                            ///< Float64
    bool flag(std::size_t row) const;                                ///< Bool
    Time time(std::size_t row) const;                                ///< Time
    std::string_view text(std::size_t row) const;                    ///< Text, Word, Json
    std::span<const std::string_view> texts(std::size_t row) const;  ///< TextList

private:
    ColumnView(const ColumnInfo& info, const ColumnData& data, std::size_t rows)
        : info_(info), data_(&data), rows_(rows) {}
    Result<void> index();
    Result<void> index_texts(std::size_t count);
    Error corrupt() const;
    template <class T>
    T fixed(std::size_t row) const;
    std::uint64_t end(std::size_t row) const;

    ColumnInfo info_;
    const ColumnData* data_;
    std::size_t rows_;
    std::vector<std::string_view> texts_;  ///< of all rows, one after the other
};

/// All columns of a Batch. The Batch must outlive it unchanged.
class BatchReader {
public:
    /// Errors: Corrupt where a column's bytes are not its rows.
    static Result<BatchReader> open(const Batch& batch);

    std::size_t rows() const noexcept { return rows_; }
    std::span<const ColumnView> columns() const noexcept { return columns_; }
    /// The column of that name, which the table must have.
    const ColumnView& operator[](std::string_view column) const;

private:
    explicit BatchReader(std::size_t rows) : rows_(rows) {}
    std::size_t rows_;
    std::vector<ColumnView> columns_;
};

}  // namespace forgehouse::schema
