// What a migration's text says differently in each database: `{{name}}` stands for one of these.
#pragma once

#include "base/literal.h"

namespace forgehouse::metadb {

struct Dialect {
    Literal bytes;
    Literal text;  ///< compared by its bytes
    Literal integer;
    Literal strict;     ///< at a table's end: values of the declared types only
    Literal clustered;  ///< at a table's end: the same, and rows lie in the primary key's order
};

inline constexpr Dialect kSqliteDialect{.bytes = "BLOB",
                                        .text = "TEXT",
                                        .integer = "INTEGER",
                                        .strict = "STRICT",
                                        .clustered = "STRICT, WITHOUT ROWID"};
inline constexpr Dialect kPostgresqlDialect{.bytes = "BYTEA",
                                            .text = "TEXT COLLATE \"C\"",
                                            .integer = "BIGINT",
                                            .strict = "",
                                            .clustered = ""};

}  // namespace forgehouse::metadb
