// Migrations: the tables' history, one file for each step, run in order and once.
//
// A database serves one part or both: `global` or `shard`. What was run stands in its table
// schema_migrations, with the digest of the text, so that a step changed afterwards is noticed.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "exec/clock.h"
#include "metadb/dialect.h"
#include "ports/metadb.h"

namespace forgehouse::metadb {

/// All of it of static lifetime.
struct Migration {
    std::string_view part;  ///< `global` or `shard`
    std::int64_t number;    ///< from 1, without gaps in a part
    std::string_view name;
    std::string_view text;  ///< SQL with the placeholders of Dialect
};

/// Of this version of the program, by part and number (made from migrations/ by cmake).
std::span<const Migration> all_migrations() noexcept;

/// Which parts a database serves.
struct Parts {
    bool global = true;
    bool shard = true;
};

/// The text as a database takes it. Errors: Invalid for a placeholder that is none.
Result<std::string> in_dialect(std::string_view text, const Dialect& dialect);

/// What a migration runs on: a connection of its own. Threads: one.
class MigrationTarget {
public:
    using Work = std::function<Result<void>(ports::Session&)>;
    virtual ~MigrationTarget() = default;

    /// Runs `work` as one transaction that keeps other migrations out, once.
    virtual Result<void> in_transaction(const Work& work) = 0;
    /// Runs statements divided by semicolons, inside of the transaction.
    virtual Result<void> script(const std::string& text) = 0;
};

struct MigrationPlan {
    Parts parts;
    std::span<const Migration> migrations;
    Dialect dialect;
    const exec::Clock& clock;
};

/// Brings a database to the plan's state, one transaction for each step. Where a later step fails,
/// those before it stay.
/// Errors: Conflict where the database knows a step that the plan does not (a newer version was
/// here), or knows it by another text; those of the target, with field `migration`.
Result<void> migrate(MigrationTarget& target, const MigrationPlan& plan);

}  // namespace forgehouse::metadb
