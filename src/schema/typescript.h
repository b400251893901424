// The tables as TypeScript types, for the web app.
#pragma once

#include <span>
#include <string>

#include "schema/table.h"

namespace forgehouse::schema {

/// A module with one interface for each table, as its rows arrive in the JSON formats, and the map
/// from table names to them. 64-bit integers are text, since JavaScript's numbers end at 2^53.
std::string to_typescript(std::span<const TableInfo> tables);

}  // namespace forgehouse::schema
