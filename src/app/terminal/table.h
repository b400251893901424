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

    std::string header(const Screen& screen) const;
    std::string row(const std::vector<Cell>& cells, const Screen& screen) const;

private:
    std::string placed(std::string_view shown, std::size_t column) const;
    std::vector<TableColumn> columns_;
    std::vector<std::size_t> widths_;
    bool cuts_ = false;
};

/// At most `columns` wide, with `…` where its beginning was cut off: the end of a path says more.
std::string fit_end(std::string_view utf8, std::size_t columns);

/// The whole of a small table.
std::string table(const std::vector<TableColumn>& columns,
                  const std::vector<std::vector<Cell>>& rows, const Screen& screen);

/// Reduces `widths` until their sum is at most `room`: the widest give first, none below `least`.
void shrink(std::vector<std::size_t>& widths, std::size_t room, std::size_t least);

}  // namespace forgehouse::app::terminal
