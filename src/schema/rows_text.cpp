#include "schema/rows_text.h"

#include <fmt/format.h>

#include "base/json.h"
#include "base/text.h"
#include "schema/batch_reader.h"

namespace forgehouse::schema {
namespace {

/// Bytes of the longest valid UTF-8 prefix.
std::size_t valid_prefix(std::string_view bytes) {
    std::size_t good = 0;
    while (good < bytes.size()) {
        std::size_t length = 1;
        while (length <= 4 && good + length <= bytes.size() &&
               !text::is_utf8(bytes.substr(good, length)))
            ++length;
        if (length > 4 || good + length > bytes.size()) break;
        good += length;
    }
    return good;
}

std::string quoted(std::string_view bytes) {
    if (text::is_utf8(bytes)) return text::json_quoted(bytes);
    std::string out = "\"";
    while (!bytes.empty()) {
        const std::size_t good = valid_prefix(bytes);
        const std::string part = text::json_quoted(bytes.substr(0, good));
        out.append(part, 1, part.size() - 2);
        bytes.remove_prefix(good);
        if (bytes.empty()) break;
        out += fmt::format("\\udc{:02x}", static_cast<unsigned char>(bytes.front()));
        bytes.remove_prefix(1);
    }
    return out + '"';
}

std::string embedded(std::string_view document) {
    if (document.find('\n') == std::string_view::npos && json::Document::parse(document))
        return std::string(document);
    return quoted(document);
}

std::string list(std::span<const std::string_view> texts) {
    std::string out = "[";
    for (const std::string_view text : texts) {
        if (out.size() > 1) out += ',';
        out += quoted(text);
    }
    return out + ']';
}

std::string value(const ColumnView& column, std::size_t row) {
    if (column.is_null(row)) return "null";
    switch (column.info().type) {
        case Type::Int64: return std::to_string(column.integer(row));
        case Type::UInt64:
        case Type::UInt32:
        case Type::UInt8: return std::to_string(column.count(row));
        case Type::Bool: return column.flag(row) ? "true" : "false";
        case Type::Float64: return json::Writer().number(column.number(row)).take();
        case Type::Time: return quoted(to_iso(column.time(row)));
        case Type::Text:
        case Type::Word: return quoted(column.text(row));
        case Type::Json: return embedded(column.text(row));
        case Type::TextList: return list(column.texts(row));
    }
    return "null";
}

}  // namespace

Result<std::string> to_json_lines(const Batch& batch) {
    TRY_LET(reader, BatchReader::open(batch));
    std::string out;
    for (std::size_t row = 0; row < reader.rows(); ++row) {
        std::string line;
        for (const ColumnView& column : reader.columns())
            line += fmt::format("{}{}:{}", line.empty() ? "" : ",", quoted(column.info().name),
                                value(column, row));
        out += "{" + line + "}\n";
    }
    return out;
}

}  // namespace forgehouse::schema
