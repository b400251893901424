// The tables as a document for people who write queries.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "schema/table.h"

namespace forgehouse::schema {

/// How a warehouse calls a column's type.
using TypeName = std::function<std::string(const ColumnInfo&)>;

/// Markdown: a list of the tables, then for each its doc, key and columns.
std::string to_markdown(std::span<const TableInfo> tables, const TypeName& type_name);

}  // namespace forgehouse::schema
