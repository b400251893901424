#include "app/terminal/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "base/text.h"

namespace forgehouse::app::terminal {
namespace {

constexpr std::string_view kGap = "  ";
constexpr std::string_view kNull = "NULL";
constexpr std::size_t kLeastWidth = 6;

std::string visible(const Cell& cell) {
    return cell ? text::printable(*cell) : std::string(kNull);
}

}  // namespace

std::string fit_end(std::string_view utf8, std::size_t columns) {
    if (text::display_width(utf8) <= columns) return std::string(utf8);
    while (!utf8.empty() && text::display_width(utf8) + 1 > columns) {
        utf8.remove_prefix(1);
        // Not into the middle of a character.
        while (!utf8.empty() && (static_cast<unsigned char>(utf8.front()) & 0xC0) == 0x80)
            utf8.remove_prefix(1);
    }
    return fmt::format("…{}", utf8);
}

void shrink(std::vector<std::size_t>& widths, std::size_t room, std::size_t least) {
    std::size_t sum = std::reduce(widths.begin(), widths.end(), std::size_t{0});
    while (sum > room) {
        const std::size_t widest = std::ranges::max(widths);
        if (widest <= least) return;
        // Down to the next narrower one at a time, so that equals stay equal.
        std::size_t next = least;
        std::size_t equals = 0;
        for (const std::size_t width : widths) {
            if (width == widest) ++equals;
            if (width < widest) next = std::max(next, width);
        }
        const std::size_t surplus = sum - room;
        const std::size_t each = std::min(widest - next, (surplus + equals - 1) / equals);
        std::size_t left = std::min(surplus, each * equals);
        for (std::size_t& width : widths) {
            if (width != widest || left == 0) continue;
            const std::size_t less = std::min(each, left);
            width -= less;
            left -= less;
            sum -= less;
        }
    }
}

void TableLayout::measure(const std::vector<std::vector<Cell>>& rows, const Screen& screen) {
    widths_.clear();
    for (const TableColumn& column : columns_)
        widths_.push_back(text::display_width(text::printable(column.name)));
    for (const auto& row : rows)
        for (std::size_t i = 0; i < widths_.size() && i < row.size(); ++i)
            widths_[i] = std::max(widths_[i], text::display_width(visible(row[i])));
    cuts_ = screen.terminal;
    if (!cuts_ || widths_.empty()) return;
    const std::size_t gaps = kGap.size() * (widths_.size() - 1);
    shrink(widths_, screen.columns > gaps ? screen.columns - gaps : 0, kLeastWidth);
}

std::string TableLayout::placed(std::string_view shown, std::size_t column) const {
    const std::string cut = cuts_ ? text::fit(shown, widths_[column]) : std::string(shown);
    const std::size_t blank = widths_[column] - std::min(widths_[column], text::display_width(cut));
    if (columns_[column].right) return fmt::format("{:{}}{}", "", blank, cut);
    // No blanks at the end of a line.
    return column + 1 == columns_.size() ? cut : fmt::format("{}{:{}}", cut, "", blank);
}

std::string TableLayout::header(const Screen& screen) const {
    std::string line;
    for (std::size_t i = 0; i < columns_.size(); ++i)
        line += fmt::format("{}{}", i == 0 ? "" : kGap,
                            screen.bold(placed(text::printable(columns_[i].name), i)));
    return line + '\n';
}

std::string TableLayout::row(const std::vector<Cell>& cells, const Screen& screen) const {
    std::string line;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        const Cell& cell = i < cells.size() ? cells[i] : Cell();
        const std::string shown = placed(visible(cell), i);
        line += fmt::format("{}{}", i == 0 ? "" : kGap, cell ? shown : screen.dim(shown));
    }
    return line + '\n';
}

std::string table(const std::vector<TableColumn>& columns,
                  const std::vector<std::vector<Cell>>& rows, const Screen& screen) {
    TableLayout layout(columns);
    layout.measure(rows, screen);
    std::string out = layout.header(screen);
    for (const auto& row : rows) out += layout.row(row, screen);
    return out;
}

}  // namespace forgehouse::app::terminal
