// What an error of PostgreSQL means for the caller.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace forgehouse::metadb::postgresql {

/// What the server says about a failure; "" where it says nothing.
struct ServerError {
    std::string sqlstate{};
    std::string message{};
    std::string detail{};  ///< may show values: read, never shown
    std::string table{};
    std::string column{};
    std::string constraint{};
};

/// The fields of Conflict are as in sqlite/failure.h; for a reference, `constraint` is its name.
Error failure(const ServerError& said);

/// The transaction met another's way, and may be run again.
bool collided(std::string_view sqlstate) noexcept;
/// The server has ended the connection, or is about to.
bool connection_ended(std::string_view sqlstate) noexcept;

}  // namespace forgehouse::metadb::postgresql
