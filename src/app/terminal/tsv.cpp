#include "app/terminal/tsv.h"

#include <array>

#include "base/text.h"

namespace forgehouse::app::terminal {
namespace {

constexpr std::size_t kLongestLine = 256u << 20;

}  // namespace

Cell unescaped(std::string_view field) {
    if (field == "\\N") return std::nullopt;
    std::string out;
    out.reserve(field.size());
    for (std::size_t i = 0; i < field.size(); ++i) {
        if (field[i] != '\\' || i + 1 == field.size()) {
            out += field[i];
            continue;
        }
        switch (field[++i]) {
            case 'n': out += '\n'; break;
            case 't': out += '\t'; break;
            case 'r': out += '\r'; break;
            case 'b': out += '\b'; break;
            case 'f': out += '\f'; break;
            case '0': out += '\0'; break;
            default: out += field[i];
        }
    }
    return out;
}

bool is_number(std::string_view type) noexcept {
    for (const std::string_view wrapper : {"Nullable(", "LowCardinality(", "Nullable("})
        if (type.starts_with(wrapper)) type.remove_prefix(wrapper.size());
    if (type.starts_with("Decimal")) return true;
    // A digit must follow: IntervalDay is no number.
    for (const std::string_view number : {"Int", "UInt", "Float", "BFloat"})
        if (type.starts_with(number) && type.size() > number.size() && type[number.size()] >= '0' &&
            type[number.size()] <= '9')
            return true;
    return false;
}

Result<void> TsvReader::take(std::string_view bytes) {
    for (auto end = bytes.find('\n'); end != bytes.npos; end = bytes.find('\n')) {
        if (rest_.empty()) {
            TRY(line(bytes.substr(0, end)));
        } else {
            rest_ += bytes.substr(0, end);
            TRY(line(rest_));
            rest_.clear();
        }
        bytes.remove_prefix(end + 1);
    }
    if (rest_.size() + bytes.size() > kLongestLine)
        return Failure(Error(Errc::Corrupt, "a row is too long to be shown")
                           .hint("choose another format, such as --format json"));
    rest_ += bytes;
    return {};
}

Result<void> TsvReader::line(std::string_view line) {
    const auto fields = text::split(line, '\t');
    if (names_.empty()) {
        for (const std::string_view field : fields)
            names_.push_back(unescaped(field).value_or("NULL"));
        return {};
    }
    if (!typed_) {
        typed_ = true;
        std::vector<TableColumn> columns;
        for (std::size_t i = 0; i < names_.size(); ++i)
            columns.push_back(
                {names_[i], i < fields.size() && is_number(unescaped(fields[i]).value_or(""))});
        return sink_.columns(std::move(columns));
    }
    std::vector<Cell> cells;
    cells.reserve(fields.size());
    for (const std::string_view field : fields) cells.push_back(unescaped(field));
    return sink_.row(std::move(cells));
}

}  // namespace forgehouse::app::terminal
