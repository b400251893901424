// TSV: ClickHouse's TabSeparatedWithNamesAndTypes, read as it streams by.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "app/terminal/table.h"
#include "base/result.h"

namespace forgehouse::app::terminal {

/// Takes bytes in pieces of any length and hands out rows. The first two lines are names and types.
class TsvReader {
public:
    struct Sink {
        std::function<Result<void>(std::vector<TableColumn>)> columns;
        std::function<Result<void>(std::vector<Cell>)> row;
    };

    explicit TsvReader(Sink sink) : sink_(std::move(sink)) {}

    /// Errors: those of the sink; Corrupt for a line longer than 256 MB.
    Result<void> take(std::string_view bytes);

private:
    Result<void> line(std::string_view line);

    Sink sink_;
    std::string rest_;  ///< of a line that has not ended yet
    std::vector<std::string> names_;
    bool typed_ = false;
};

/// The text of a field: `\n`, `\t`, `\\` and the others undone. NULL where it is `\N`.
Cell unescaped(std::string_view field);

/// Whether values of this ClickHouse type are numbers, Nullable and LowCardinality or not.
bool is_number(std::string_view type) noexcept;

}  // namespace forgehouse::app::terminal
