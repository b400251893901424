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
/// What a cell that is cut should at least keep, to be of use.
constexpr std::size_t kUsefulWidth = 12;

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
    std::vector<std::size_t> filled(widths_.size());
    for (const auto& row : rows)
        for (std::size_t i = 0; i < widths_.size() && i < row.size(); ++i)
            filled[i] = std::max(filled[i], text::display_width(visible(row[i])));
    const auto sum = [](const std::vector<std::size_t>& widths) {
        return std::reduce(widths.begin(), widths.end(), std::size_t{0});
    };
    const std::size_t gaps = kGap.size() * (std::max<std::size_t>(widths_.size(), 1) - 1);
    const std::size_t room = screen.columns > gaps ? screen.columns - gaps : 0;
    std::vector<std::size_t> names = widths_;
    for (std::size_t i = 0; i < widths_.size(); ++i) widths_[i] = std::max(names[i], filled[i]);
    cuts_ = screen.terminal && !widths_.empty();
    if (!cuts_ || sum(widths_) <= room) return;
    // A column without a value can do with the beginning of its name.
    for (std::size_t i = 0; i < widths_.size(); ++i)
        if (filled[i] == 0 && !rows.empty()) widths_[i] = std::min(widths_[i], kLeastWidth);
    std::vector<std::size_t> useful = widths_;
    shrink(useful, room, kUsefulWidth);
    crowded_ = sum(useful) > room;
    shrink(widths_, room, kLeastWidth);
}

std::string TableLayout::placed(std::string_view shown, std::size_t column) {
    const std::string cut = cuts_ ? text::fit(shown, widths_[column]) : std::string(shown);
    has_cut_ = has_cut_ || cut != shown;
    const std::size_t blank = widths_[column] - std::min(widths_[column], text::display_width(cut));
    if (columns_[column].right) return fmt::format("{:{}}{}", "", blank, cut);
    // No blanks at the end of a line.
    return column + 1 == columns_.size() ? cut : fmt::format("{}{:{}}", cut, "", blank);
}

std::string TableLayout::header(const Screen& screen) {
    std::string line;
    for (std::size_t i = 0; i < columns_.size(); ++i)
        line += fmt::format("{}{}", i == 0 ? "" : kGap,
                            screen.bold(placed(text::printable(columns_[i].name), i)));
    return line + '\n';
}

std::string TableLayout::row(const std::vector<Cell>& cells, const Screen& screen) {
    std::string line;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        const Cell& cell = i < cells.size() ? cells[i] : Cell();
        const std::string shown = placed(visible(cell), i);
        line += fmt::format("{}{}", i == 0 ? "" : kGap, cell ? shown : screen.dim(shown));
    }
    return line + '\n';
}

std::string upright(const std::vector<TableColumn>& columns, const std::vector<Cell>& cells,
                    std::size_t number, const Screen& screen) {
    std::size_t width = 0;
    for (const TableColumn& column : columns)
        width = std::max(width, text::display_width(text::printable(column.name)));
    std::string out = screen.bold(fmt::format("row {}", number)) + '\n';
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const std::string name = text::printable(columns[i].name);
        const Cell& cell = i < cells.size() ? cells[i] : Cell();
        const std::string shown = visible(cell);
        out += fmt::format("  {}{:{}}  {}\n", name, "", width - text::display_width(name),
                           cell ? shown : screen.dim(shown));
    }
    return out + '\n';
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
