// Statements and clauses that the engine carries out itself, out of ClickHouse's canonical spelling
// (formatQuerySingleLine): SET and USE, SETTINGS of a whole query, KILL QUERY by id.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/request.h"

namespace forgehouse::engine {

/// Of `SET a = 1, b = 'x'`. nullopt for any other statement, and for values that are not plain.
std::optional<Pairs> set_statement(std::string_view canonical);
/// The database of `USE x`.
std::optional<std::string> use_statement(std::string_view canonical);
struct Kill {
    std::string id;
    bool waits = false;  ///< SYNC
    bool operator==(const Kill&) const = default;
};
/// `KILL QUERY WHERE query_id = 'x'`, with SYNC or ASYNC or without.
std::optional<Kill> kill_statement(std::string_view canonical);
/// Whether it is CREATE TEMPORARY TABLE.
bool makes_temporary_table(std::string_view canonical);
/// Whether it is that or DROP TEMPORARY TABLE.
bool is_of_temporary_table(std::string_view canonical);

/// Whether the text may read system.settings. Looks for words alone.
bool names_settings(std::string_view sql);
/// Whether it is a SELECT of columns FROM system.settings, and no more: no function, no subquery,
/// no other table, no file.
bool reads_settings_alone(std::string_view canonical);

/// Whether the text may ask for its user. Looks for words alone.
bool names_user(std::string_view sql);
/// The statement with `user` in the place of currentUser() and its aliases: for the library every
/// session is that of `default`. Columns keep the names that they would have.
std::string with_user(std::string_view canonical, std::string_view user);

struct Lifted {
    std::string statement;  ///< without the clause
    Pairs settings;
};
/// Takes the SETTINGS of a whole query out of it. nullopt where there are none that are plain, and
/// the whole ones are those behind which nothing follows, FORMAT apart.
std::optional<Lifted> lift_settings(std::string_view canonical);

}  // namespace forgehouse::engine
