// Which statements bring a warehouse to this program's schema, given what stands in it. Nothing is
// ever dropped, narrowed or retyped. Pure functions: the client asks kExistingColumns, hands the
// answer here and executes what comes back.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/literal.h"
#include "base/result.h"
#include "ports/warehouse.h"
#include "schema/table.h"
#include "warehouse/clickhouse/ddl.h"

namespace forgehouse::warehouse::clickhouse {

struct ExistingColumn {
    std::string name;
    std::string type;  ///< as system.columns spells it
};

/// A table or view that stands in the warehouse.
struct Existing {
    std::string database;
    std::string name;
    std::string comment;
    std::vector<ExistingColumn> columns;
};

/// Asks what stands in the databases that are ours: database, table, comment, column, type, sorted
/// so that existing_from() can group. Parameter `database` (String): the layout's.
inline constexpr Literal kExistingColumns =
    "SELECT c.database, c.table, any(t.comment) AS comment, c.name, c.type "
    "FROM system.columns AS c "
    "INNER JOIN system.tables AS t ON t.database = c.database AND t.name = c.table "
    "WHERE (c.database = {database:String} AND startsWith(c.table, 'git_')) "
    "OR c.database IN ('github_stats', 'gitlab') "
    "GROUP BY c.database, c.table, c.name, c.type, c.position "
    "ORDER BY c.database, c.table, c.position";

/// Groups the answer to kExistingColumns by table.
std::vector<Existing> existing_from(const ports::Answer& answer);

struct Plan {
    std::vector<std::string> statements;  ///< to be executed in this order; each is repeatable
    ports::Prepared prepared;             ///< what they create and evolve
    /// `table.column` that this program does not know and leaves alone.
    std::vector<std::string> unknown;
};

/// The statements that are missing: databases, tables, columns, views. Empty where all is there.
/// Errors: Conflict where a newer version has made a table (fields `table`, `theirs`, `ours`);
/// Invalid where a column has another type (fields `table`, `column`, `type`, `expected`).
Result<Plan> plan(std::span<const Existing> existing, const Layout& layout);

}  // namespace forgehouse::warehouse::clickhouse
