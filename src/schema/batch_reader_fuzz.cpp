// Any bytes as a column: refused, or every row of it can be read. The first three bytes choose the
// type, nullability and rows; the rest is cut at its first two 0xFE into nulls, ends and values.
#include "schema/batch_reader.h"

namespace {

using forgehouse::schema::ColumnData;
using forgehouse::schema::ColumnInfo;
using forgehouse::schema::ColumnView;
using forgehouse::schema::Type;

std::string take_part(std::string_view& rest) {
    const std::size_t end = rest.find('\xFE');
    std::string part(rest.substr(0, end));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    return part;
}

std::size_t read(const ColumnView& view, std::size_t row) {
    const std::size_t null = view.is_null(row) ? 1 : 0;
    switch (view.info().type) {
        case Type::Int64: return null + static_cast<std::size_t>(view.integer(row));
        case Type::UInt64:
        case Type::UInt32:
        case Type::UInt8: return null + view.count(row);
        case Type::Bool: return null + (view.flag(row) ? 1 : 0);
        case Type::Float64: return null + (view.number(row) > 0 ? 1 : 0);
        case Type::Time: return null + static_cast<std::size_t>(view.time(row).ms());
        case Type::Text:
        case Type::Word:
        case Type::Json: return null + view.text(row).size();
        case Type::TextList: break;
    }
    std::size_t sum = null;
    for (const std::string_view text : view.texts(row))
        for (const char c : text) sum += static_cast<unsigned char>(c);
    return sum;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr auto kTypes = static_cast<std::size_t>(Type::TextList) + 1;
    if (size < 3) return 0;
    const ColumnInfo info{.name = "c",
                          .doc = "",
                          .type = static_cast<Type>(data[0] % kTypes),
                          .nullable = data[1] % 2 == 1,
                          .words = {}};
    std::string_view rest(reinterpret_cast<const char*>(data) + 3, size - 3);
    ColumnData column;
    column.nulls = take_part(rest);
    column.ends = take_part(rest);
    column.values = std::string(rest);
    const auto view = ColumnView::open(info, column, data[2]);
    volatile std::size_t sum = 0;
    if (view)
        for (std::size_t row = 0; row < view->rows(); ++row) sum = sum + read(*view, row);
    return 0;
}
