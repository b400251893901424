// Users of the TCP listener: the file that names them, a line each:
//
//   NAME  read|write  HASH  [SETTING=NUMBER …]
//
// HASH is what `forgehouse engine --hash-password` prints. The settings are bounds of the user's
// queries (max_memory_usage in bytes, max_execution_time in seconds, max_threads), below those of
// the engine. Blank lines and lines that begin with # are left out.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/policy.h"

namespace forgehouse::engine {

struct User {
    std::string name;
    std::string hash;  ///< Argon2id, encoded
    bool may_write = false;
    QueryLimits limits{.memory_bytes = 0, .seconds = 0, .threads = 0};  ///< 0: the engine's
};

/// Errors: Invalid with the field `line`, for anything that is not of that form, for a name twice
/// and for a text that names nobody. No part of a hash is in them.
Result<std::vector<User>> parse_users(std::string_view text);

/// What holds for a query of that user: the lower of his bounds and the engine's.
QueryLimits bounded(const QueryLimits& engine, const QueryLimits& user);

}  // namespace forgehouse::engine
