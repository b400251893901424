// Every table of the schema, for those that loop over all of them.
#pragma once

#include <span>

#include "schema/table.h"

namespace forgehouse::schema {

/// All tables, what belongs to the forge first, what a collector says about itself last.
std::span<const TableInfo> all_tables() noexcept;

/// The table of that name; nullptr where there is none.
const TableInfo* find_table(std::string_view name) noexcept;

}  // namespace forgehouse::schema
