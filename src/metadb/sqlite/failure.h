// What an error of SQLite means for the caller.
#pragma once

#include "base/result.h"

struct sqlite3;

namespace forgehouse::metadb::sqlite {

/// Reads the message of the connection's last failure, which ended with `code` (extended).
/// Conflict has the fields `kind` (unique, reference, check, required) and `constraint`: `table.a,
/// table.b` of a unique key, the index's name where it stands on expressions, the name of a check.
Error failure(sqlite3* db, int code);

}  // namespace forgehouse::metadb::sqlite
