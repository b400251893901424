// The Metadb on a PostgreSQL server: for instances of several machines, and for what outgrows one.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "metadb/address.h"
#include "metadb/migrations.h"
#include "ports/metadb.h"

namespace forgehouse::metadb {

struct PostgresqlOptions {
    const exec::Clock& clock;
    Parts parts{};
    std::span<const Migration> migrations = all_migrations();
    /// Connections that read at once; one more writes. A read that finds them all in use waits, and
    /// so a read inside of a read may wait for itself.
    std::size_t readers = 16;
    /// How long a write tries to come by a connection where the server is away.
    std::chrono::milliseconds patience{5'000};
};

/// Connects once, to say at once what is wrong. The clock has to outlive the database. Starts one
/// thread, `metadb-write`. Loads libpq.
/// A read is REPEATABLE READ, a write SERIALIZABLE: as if they ran one after the other, also those
/// of other processes; what collides is repeated. A connection that the server has ended meanwhile
/// is replaced. Password and user of the URL are never shown.
/// Errors: Invalid for a URL that is none or a database without UTF-8; Unavailable where the
/// library or the server is not there, or refuses.
Result<std::unique_ptr<ports::Metadb>> open_postgresql(const exec::Context& ctx,
                                                       const Address& address,
                                                       PostgresqlOptions options);

}  // namespace forgehouse::metadb
