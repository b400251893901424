#include "metadb/postgresql/answer.h"

#include "base/check.h"
#include "base/text.h"

namespace forgehouse::metadb::postgresql {
namespace {

// Numbers of types, from PostgreSQL's catalog: part of its protocol.
enum Type : Oid {
    kBool = 16,
    kBytes = 17,
    kChar = 18,
    kName = 19,
    kInt8 = 20,
    kInt2 = 21,
    kInt4 = 23,
    kText = 25,
    kUnknown = 705,
    kFixedChar = 1042,
    kVarchar = 1043,
    kNumeric = 1700,
};

/// Bytes, the greatest first, with their sign.
std::int64_t big_endian(std::string_view bytes) noexcept {
    std::uint64_t value = !bytes.empty() && (bytes[0] & 0x80) != 0 ? ~std::uint64_t{0} : 0;
    for (const char c : bytes) value = (value << 8) | static_cast<unsigned char>(c);
    return static_cast<std::int64_t>(value);
}

class Row final : public ports::SqlRow {
public:
    Row(const Libpq& pq, const PGresult* result) : pq_(pq), result_(result) {}
    void move_to(int row) { row_ = row; }

    bool is_null(std::size_t column) const override {
        CHECK(column < static_cast<std::size_t>(pq_.nfields(result_)));
        return pq_.getisnull(result_, row_, static_cast<int>(column)) != 0;
    }
    std::int64_t integer(std::size_t column) const override {
        if (is_null(column)) return 0;
        const Oid type = pq_.ftype(result_, static_cast<int>(column));
        if (type == kNumeric) return whole_numeric(bytes(column)).value_or(0);
        CHECK(type == kInt8 || type == kInt4 || type == kInt2 || type == kBool);
        return big_endian(bytes(column));
    }
    std::string_view text(std::size_t column) const override {
        if (is_null(column)) return {};
        switch (pq_.ftype(result_, static_cast<int>(column))) {
            case kText:
            case kVarchar:
            case kFixedChar:
            case kName:
            case kChar:
            case kUnknown:
            case kBytes: return bytes(column);
            default: CHECK(false && "a column of text"); return {};
        }
    }
    std::string_view bytes(std::size_t column) const {
        const int at = static_cast<int>(column);
        return {pq_.getvalue(result_, row_, at),
                static_cast<std::size_t>(pq_.getlength(result_, row_, at))};
    }

private:
    const Libpq& pq_;
    const PGresult* result_;
    int row_ = 0;
};

}  // namespace

std::optional<std::int64_t> whole_numeric(std::string_view bytes) noexcept {
    // Four numbers of 16 bits: how many digits to the base 10,000, the power of the first, sign,
    // decimal digits to show; then the digits. Zeroes at the end are left out.
    if (bytes.size() < 8 || bytes.size() % 2 != 0) return std::nullopt;
    const auto word = [&](std::size_t index) { return big_endian(bytes.substr(2 * index, 2)); };
    const std::int64_t weight = word(1);
    const bool negative = word(2) == 0x4000;
    if (!negative && word(2) != 0) return std::nullopt;  // NaN, infinities
    std::int64_t value = 0;
    const auto count = static_cast<std::int64_t>(bytes.size() / 2) - 4;
    for (std::int64_t i = 0; i <= std::max(weight, count - 1); ++i) {
        const std::int64_t digit = i < count ? word(static_cast<std::size_t>(4 + i)) : 0;
        if (i > weight) {
            if (digit != 0) return std::nullopt;
            continue;
        }
        // Below zero there is room for one more.
        if (__builtin_mul_overflow(value, 10'000, &value) ||
            __builtin_sub_overflow(value, digit, &value))
            return std::nullopt;
    }
    if (negative) return value;
    return __builtin_sub_overflow(std::int64_t{0}, value, &value) ? std::nullopt
                                                                  : std::optional(value);
}

bool Answer::ok() const {
    const ExecStatusType status = pq_->resultStatus(result_);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

bool Answer::copies() const {
    const ExecStatusType status = pq_->resultStatus(result_);
    return status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH;
}

ServerError Answer::error() const {
    const auto field = [this](int code) {
        const char* text = pq_->resultErrorField(result_, code);
        return std::string(text != nullptr ? text : "");
    };
    if (pq_->resultStatus(result_) == PGRES_EMPTY_QUERY)
        return {.sqlstate = "42601", .message = "the statement is empty"};
    return {.sqlstate = field(PG_DIAG_SQLSTATE),
            .message = field(PG_DIAG_MESSAGE_PRIMARY),
            .detail = field(PG_DIAG_MESSAGE_DETAIL),
            .table = field(PG_DIAG_TABLE_NAME),
            .column = field(PG_DIAG_COLUMN_NAME),
            .constraint = field(PG_DIAG_CONSTRAINT_NAME)};
}

std::uint64_t Answer::written() const {
    if (command().starts_with("SELECT")) return 0;
    return static_cast<std::uint64_t>(text::to_int(pq_->cmdTuples(result_)).value_or(0));
}

Result<void> Answer::each_row(const ports::Session::TakeRow& take) const {
    Row row(*pq_, result_);
    const int rows = pq_->ntuples(result_);
    for (int column = 0; column < pq_->nfields(result_); ++column) {
        if (pq_->ftype(result_, column) != kNumeric) continue;
        for (int i = 0; i < rows; ++i) {
            row.move_to(i);
            const auto at = static_cast<std::size_t>(column);
            if (!row.is_null(at) && !whole_numeric(row.bytes(at)))
                return Failure(Error(Errc::Invalid, "a number is no whole number of 64 bits")
                                   .with("column", column));
        }
    }
    for (int i = 0; i < rows; ++i) {
        row.move_to(i);
        TRY(take(row));
    }
    return {};
}

}  // namespace forgehouse::metadb::postgresql
