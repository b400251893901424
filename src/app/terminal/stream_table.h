// StreamTable: an aligned table of any length in constant memory. The widths are taken from the
// first rows; the rest is written as it comes. Where a terminal is too narrow for the columns, each
// row is written as a block of lines instead.
#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "app/terminal/table.h"
#include "base/result.h"

namespace forgehouse::app::terminal {

class StreamTable {
public:
    using Print = std::function<Result<void>(std::string_view)>;

    enum class Shape : unsigned char { AsFits, Table };
    enum class Written : unsigned char { Whole, Cut, Upright };

    /// Shape::Table: a table whatever is cut of it.
    StreamTable(Screen screen, Print print, Shape shape = Shape::AsFits)
        : screen_(screen), print_(std::move(print)), shape_(shape) {}

    Result<void> columns(std::vector<TableColumn> columns);
    Result<void> row(std::vector<Cell> cells);
    /// Writes what is still held back. Call it once, at the end.
    Result<void> finish();

    std::size_t rows() const noexcept { return rows_; }
    /// How it was written, known after finish().
    Written written() const noexcept;

private:
    Result<void> settle();
    std::string laid_out(const std::vector<Cell>& cells);

    Screen screen_;
    Print print_;
    Shape shape_;
    std::vector<TableColumn> columns_;
    std::vector<std::vector<Cell>> held_;
    std::size_t held_bytes_ = 0;
    std::optional<TableLayout> layout_;
    std::string out_;
    std::size_t rows_ = 0;
    std::size_t written_ = 0;
    bool upright_ = false;
};

}  // namespace forgehouse::app::terminal
