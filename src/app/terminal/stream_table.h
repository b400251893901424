// StreamTable: an aligned table of any length in constant memory. The widths are taken from the
// first rows; the rest is written as it comes.
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

    StreamTable(Screen screen, Print print) : screen_(screen), print_(std::move(print)) {}

    Result<void> columns(std::vector<TableColumn> columns);
    Result<void> row(std::vector<Cell> cells);
    /// Writes what is still held back. Call it once, at the end.
    Result<void> finish();

    std::size_t rows() const noexcept { return rows_; }

private:
    Result<void> settle();

    Screen screen_;
    Print print_;
    std::vector<TableColumn> columns_;
    std::vector<std::vector<Cell>> held_;
    std::size_t held_bytes_ = 0;
    std::optional<TableLayout> layout_;
    std::string out_;
    std::size_t rows_ = 0;
};

}  // namespace forgehouse::app::terminal
