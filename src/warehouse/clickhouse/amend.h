// An Amendment as statements: INSERT … SELECT of the newest rows with other values, so that nothing
// passes through this process. Pure functions.
#pragma once

#include <string>
#include <vector>

#include "ports/warehouse.h"

namespace forgehouse::warehouse::clickhouse {

struct AmendStatement {
    std::string sql;
    std::vector<ports::Parameter> parameters;  ///< new values, version, prefix, older_than
};

/// One statement for each `kAmendMembers` members. They stand in the text as one quoted list: a
/// parameter travels in the URL, which has room for a few thousand only.
/// Errors: Invalid for a column that the table does not have, for no prefix at all, and for a
/// prefix that leaves no key column for the members.
Result<std::vector<AmendStatement>> amend_statements(const ports::Warehouse::Amendment& amendment);

inline constexpr std::size_t kAmendMembers = 20'000;

}  // namespace forgehouse::warehouse::clickhouse
