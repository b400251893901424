// Formats: the ways an answer can be written, by ClickHouse's own names and by short ones.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace forgehouse::app {

/// Our own aligned table, which is not one of ClickHouse's formats.
inline constexpr std::string_view kTableFormat = "table";

/// ClickHouse's name for `name`, upper and lower case alike, or for a short name such as `json`,
/// `ndjson`, `md`. kTableFormat for `table`. Errors: Invalid, with the nearest name.
Result<std::string> format_named(std::string_view name);

/// The format that a file's name asks for by its ending (`.parquet`, `.csv`, `.json.gz` does not
/// count); "" where the ending says nothing.
std::string_view format_of_file(std::string_view file) noexcept;

/// Names for completion and help: the short ones, then ClickHouse's.
std::span<const std::string_view> format_names();

/// The format that the SQL itself asks for at its end (`… FORMAT JSON`), "" where it does not.
std::string_view format_in_sql(std::string_view sql) noexcept;

}  // namespace forgehouse::app
