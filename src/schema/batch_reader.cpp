#include "schema/batch_reader.h"

#include <algorithm>
#include <cstring>

namespace forgehouse::schema {
namespace {

/// Bytes of one value of a type of fixed size; 0 for texts and lists.
std::size_t width(Type type) {
    switch (type) {
        case Type::Int64:
        case Type::UInt64:
        case Type::Float64:
        case Type::Time: return 8;
        case Type::UInt32: return 4;
        case Type::UInt8:
        case Type::Bool: return 1;
        case Type::Text:
        case Type::Word:
        case Type::Json:
        case Type::TextList: return 0;
    }
    return 0;
}

/// Takes one varint off the front of `rest`; false where it is cut off or longer than 64 bits.
bool take_varint(std::string_view& rest, std::uint64_t& out) {
    out = 0;
    for (unsigned shift = 0; shift < 64 && !rest.empty(); shift += 7) {
        const auto byte = static_cast<unsigned char>(rest.front());
        rest.remove_prefix(1);
        out |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
        if (byte < 0x80) return true;
    }
    return false;
}

}  // namespace

Result<ColumnView> ColumnView::open(const ColumnInfo& info, const ColumnData& data,
                                    std::size_t rows) {
    ColumnView view(info, data, rows);
    TRY(view.index());
    return view;
}

Error ColumnView::corrupt() const {
    return Error(Errc::Corrupt, "the bytes of a column are not its rows")
        .with("column", std::string(info_.name))
        .with("rows", static_cast<std::int64_t>(rows_))
        .with("bytes", static_cast<std::int64_t>(data_->values.size()));
}

Result<void> ColumnView::index() {
    if (data_->nulls.size() != (info_.nullable ? rows_ : 0)) return Failure(corrupt());
    if (const std::size_t size = width(info_.type)) {
        if (data_->values.size() / size != rows_ || data_->values.size() % size != 0)
            return Failure(corrupt());
        return {};
    }
    if (info_.type != Type::TextList) return index_texts(rows_);
    if (data_->ends.size() / 8 != rows_ || data_->ends.size() % 8 != 0) return Failure(corrupt());
    for (std::size_t row = 1; row < rows_; ++row)
        if (end(row) < end(row - 1)) return Failure(corrupt());
    return index_texts(rows_ == 0 ? 0 : end(rows_ - 1));
}

Result<void> ColumnView::index_texts(std::size_t count) {
    std::string_view rest = data_->values;
    // Every text has a byte at least, so a lying count cannot make us reserve more than we hold.
    if (count > rest.size()) return Failure(corrupt());
    texts_.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        std::uint64_t size = 0;
        if (!take_varint(rest, size) || size > rest.size()) return Failure(corrupt());
        texts_.push_back(rest.substr(0, size));
        rest.remove_prefix(size);
    }
    if (!rest.empty()) return Failure(corrupt());
    return {};
}

template <class T>
T ColumnView::fixed(std::size_t row) const {
    CHECK(row < rows_);
    T value;
    std::memcpy(&value, data_->values.data() + row * sizeof value, sizeof value);
    return value;
}

std::uint64_t ColumnView::end(std::size_t row) const {
    std::uint64_t value = 0;
    std::memcpy(&value, data_->ends.data() + row * sizeof value, sizeof value);
    return value;
}

bool ColumnView::is_null(std::size_t row) const {
    CHECK(row < rows_);
    return info_.nullable && data_->nulls[row] != 0;
}

std::int64_t ColumnView::integer(std::size_t row) const {
    CHECK(info_.type == Type::Int64);
    return fixed<std::int64_t>(row);
}

std::uint64_t ColumnView::count(std::size_t row) const {
    switch (info_.type) {
        case Type::UInt64: return fixed<std::uint64_t>(row);
        case Type::UInt32: return fixed<std::uint32_t>(row);
        default: CHECK(info_.type == Type::UInt8); return fixed<std::uint8_t>(row);
    }
}

double ColumnView::number(std::size_t row) const {
    CHECK(info_.type == Type::Float64);
    return fixed<double>(row);
}

bool ColumnView::flag(std::size_t row) const {
    CHECK(info_.type == Type::Bool);
    return fixed<std::uint8_t>(row) != 0;
}

Time ColumnView::time(std::size_t row) const {
    CHECK(info_.type == Type::Time);
    return Time::from_ms(fixed<std::int64_t>(row));
}

std::string_view ColumnView::text(std::size_t row) const {
    CHECK(row < rows_ && width(info_.type) == 0 && info_.type != Type::TextList);
    return texts_[row];
}

std::span<const std::string_view> ColumnView::texts(std::size_t row) const {
    CHECK(row < rows_ && info_.type == Type::TextList);
    const std::uint64_t begin = row == 0 ? 0 : end(row - 1);
    return std::span(texts_).subspan(begin, end(row) - begin);
}

Result<BatchReader> BatchReader::open(const Batch& batch) {
    BatchReader reader(batch.rows());
    const auto infos = batch.table().columns;
    reader.columns_.reserve(infos.size());
    for (std::size_t i = 0; i < infos.size(); ++i) {
        TRY_LET(view, ColumnView::open(infos[i], batch.column(i), batch.rows()));
        reader.columns_.push_back(std::move(view));
    }
    return reader;
}

const ColumnView& BatchReader::operator[](std::string_view column) const {
    const auto at = std::ranges::find_if(
        columns_, [&](const ColumnView& view) { return view.info().name == column; });
    CHECK(at != columns_.end());
    return *at;
}

}  // namespace forgehouse::schema
