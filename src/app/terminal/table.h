// Table: rows and columns of text, laid out for a terminal or a log.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/terminal/screen.h"

namespace forgehouse::app::terminal {

struct TableColumn {
    std::string name;
    bool right = false;  ///< numbers
};

/// A cell: nullopt is NULL.
using Cell = std::optional<std::string>;

/// Lays rows out under their columns, at most `screen.columns` wide where that is a terminal: wide
/// cells are cut with `…`, the widest first. Control characters are made visible. Where the screen
/// is none, nothing is cut.
class TableLayout {
public:
    explicit TableLayout(std::vector<TableColumn> columns) : columns_(std::move(columns)) {}

    /// Decides the widths from these rows.
    void measure(const std::vector<std::vector<Cell>>& rows, const Screen& screen);

    std::string header(const Screen& screen);
    std::string row(const std::vector<Cell>& cells, const Screen& screen);

    /// Whether the terminal is so narrow for these columns that little of each would be left.
    bool crowded() const noexcept { return crowded_; }
    /// Whether something of a row was cut so far.
    bool has_cut() const noexcept { return has_cut_; }

private:
    std::string placed(std::string_view shown, std::size_t column);
    std::vector<TableColumn> columns_;
    std::vector<std::size_t> widths_;
    bool cuts_ = false;
    bool crowded_ = false;
    bool has_cut_ = false;
};

/// A row as a block of lines, one for each column, whatever their length: for rows that are too
/// wide for a table. `number` counts from 1.
std::string upright(const std::vector<TableColumn>& columns, const std::vector<Cell>& cells,
                    std::size_t number, const Screen& screen);

/// At most `columns` wide, with `…` where its beginning was cut off: the end of a path says more.
std::string fit_end(std::string_view utf8, std::size_t columns);

/// The whole of a small table.
std::string table(const std::vector<TableColumn>& columns,
                  const std::vector<std::vector<Cell>>& rows, const Screen& screen);

/// Reduces `widths` until their sum is at most `room`: the widest give first, none below `least`.
void shrink(std::vector<std::size_t>& widths, std::size_t room, std::size_t least);

}  // namespace forgehouse::app::terminal
