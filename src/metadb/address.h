// Address: where a database is, as its URL says.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace forgehouse::metadb {

struct Address {
    enum class Kind : std::uint8_t { Sqlite, Postgresql };
    Kind kind;
    /// SQLite: the file's path. PostgreSQL: the whole URL, which may hold a password.
    std::string target;
    /// What may be shown and stored, and names the database: no user, no password, nothing of the
    /// query but host and port.
    std::string name;
};

/// Reads `sqlite:PATH`, `postgresql://…` and `postgres://…`. The error names no part of the URL.
Result<Address> parse_address(std::string_view url);

}  // namespace forgehouse::metadb
