// Who may do what. Three roles: a reader's sessions are `readonly=1`; our own writer may do
// everything; the owner is a user that may write, or a client of a `--writable` listener without
// users, who may also make, fill, change and drop tables that are not ours. All here is deny by
// default: what is not recognised is refused.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "base/result.h"
#include "engine/chdb.h"

namespace forgehouse::engine {

/// In this order: each may do all that those before it may.
enum class Role : unsigned char { Reader, Owner, Writer };

/// The bounds of one client's query. A client may set lower ones.
struct QueryLimits {
    std::uint64_t memory_bytes = 0;
    std::uint64_t seconds = 3600;
    std::uint64_t threads = 1;
};

/// On whose behalf a query runs.
struct Asker {
    Role role = Role::Reader;
    bool logged_in = false;        ///< as `user`; others log in too, and are not to see each other
    std::string user = "default";  ///< as ClickHouse names it; our own writer is `default` too
    QueryLimits limits{};
};

/// The refusal of a text for a word in it: Denied, with field `what`.
Error denied(Literal why, std::string_view what);

/// How long a statement the parser takes.
inline constexpr std::uint64_t kMaxQuerySize = 16 * 1024 * 1024;

/// Whether a client of that role may set that setting to that value, in the URL or in a statement.
/// The writer may set all but the ones that the engine itself lives by.
SqlResult<void> check_setting(Role role, std::string_view name, std::string_view value,
                              const QueryLimits& limits);

/// Functions and table functions, in lower case, that reach outside the database: files, networks,
/// programs, text run as SQL. Out of the library's own list of table functions, less those known to
/// stay inside: what a newer library adds is refused until somebody has looked at it.
std::set<std::string> outside_functions(const std::vector<std::string>& all_table_functions);

/// Whether the text may name one of them. Cheap, looks at words alone, and errs on the safe side.
bool may_reach_outside(std::string_view sql, const std::set<std::string>& outside);

/// Whether expressions among the data of an INSERT … VALUES stay inside the database, however they
/// are read: no quoted names, so that every name stands there as it is, and none that reaches
/// outside or begins a subquery, not even in a text.
bool values_stay_inside(std::string_view data, const std::set<std::string>& outside);
/// Whether there is a subquery among them, as far as we can read them: for a clear word to the
/// client, no right hangs on it.
bool values_ask(std::string_view data);

/// Looks at a statement in ClickHouse's own canonical spelling (formatQuerySingleLine), in which
/// there are no comments, no odd quotes and one spelling for each thing.
/// `parameters` are what the client binds: {x:Identifier} may stand for a plain name of letters,
/// digits and _, and not for a function that reaches outside. Names that are paths are refused: the
/// library would take them for files.
/// Errors: Denied with the reason.
Result<void> check_read(std::string_view canonical, const std::set<std::string>& outside,
                        const SqlParameters& parameters = {});

/// What stands behind SETTINGS in a statement that reads, also inside of subqueries, where the
/// library applies it without a look at `readonly`. Errors: Denied for what check_setting() refuses
/// a reader, and for values that are not plain.
Result<void> check_nested_settings(std::string_view canonical, const QueryLimits& limits);

/// Whether the text may read what other users ask: the tables of queries that run or ran. Looks for
/// words alone.
bool may_show_others_queries(std::string_view sql);
/// Denied where it does. `database` is where names without one go.
Result<void> check_others_queries(std::string_view canonical, std::string_view database,
                                  const SqlParameters& parameters = {});

/// The same for a statement that changes something, on behalf of the owner. `database` is where
/// names without one go.
Result<void> check_write(std::string_view canonical, std::string_view database,
                         const std::set<std::string>& outside, const QueryLimits& limits,
                         const SqlParameters& parameters = {});

}  // namespace forgehouse::engine
