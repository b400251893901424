// Which statements bring a warehouse to this program's schema, given what stands in it. Nothing is
// ever dropped, narrowed or retyped. Pure functions: the client asks kExistingComments; where
// is_complete() finds something amiss it asks kExistingColumns, hands the answer to plan() and
// executes what comes back.
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
    std::string type;     ///< as system.columns spells it
    std::string comment;  ///< its meaning
};

/// A table or view that stands in the warehouse.
struct Existing {
    std::string database;
    std::string name;
    std::string comment;
    std::vector<ExistingColumn> columns;
};

/// Asks what stands in the databases that are ours: database, table, comment. Costs a seventh of
/// what the columns do.
inline constexpr Literal kExistingComments =
    "SELECT database, name, comment FROM system.tables "
    "WHERE database IN ({database:String}, 'github_stats', 'gitlab')";

/// Whether the comments (an answer to kExistingComments) say that this very schema made all of it.
/// What somebody has altered by hand since then is not seen: comments are not altered by that.
bool is_complete(const ports::Answer& comments, const Layout& layout);

/// Asks for the columns too: database, table, comment, column, type, column's comment, sorted so
/// that existing_from() can group. Parameter `database` (String): the layout's.
inline constexpr Literal kExistingColumns =
    "SELECT c.database, c.table, any(t.comment) AS comment, c.name, c.type, c.comment "
    "FROM system.columns AS c "
    "INNER JOIN system.tables AS t ON t.database = c.database AND t.name = c.table "
    "WHERE (c.database = {database:String} AND startsWith(c.table, 'git_')) "
    "OR c.database IN ('github_stats', 'gitlab') "
    "GROUP BY c.database, c.table, c.name, c.type, c.comment, c.position "
    "ORDER BY c.database, c.table, c.position";

/// Groups the answer to kExistingColumns by table.
std::vector<Existing> existing_from(const ports::Answer& answer);

struct Plan {
    std::vector<std::string> statements;  ///< each is repeatable
    /// Where each stage of `statements` ends. What is of one stage may run side by side, once all
    /// of the stages before it is done.
    std::vector<std::size_t> stage_ends;
    ports::Prepared prepared;  ///< what the statements create and evolve
    /// `table.column` that this program does not know and leaves alone.
    std::vector<std::string> unknown;
};

/// Fingerprint of the names, types and keys of all tables and of the views' texts: what makes a
/// version of the schema.
std::string schema_fingerprint();

/// The statements that are missing: databases, tables, columns, views, comments. Empty where all is
/// there.
/// Errors: Conflict where a newer version has made a table (fields `table`, `theirs`, `ours`);
/// Invalid where a column has another type (fields `table`, `column`, `type`, `expected`).
Result<Plan> plan(std::span<const Existing> existing, const Layout& layout);

}  // namespace forgehouse::warehouse::clickhouse
