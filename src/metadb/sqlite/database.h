// The Metadb on one SQLite file: for an instance of one machine.
#pragma once

#include <chrono>
#include <memory>
#include <span>
#include <string>

#include "metadb/migrations.h"
#include "ports/metadb.h"

namespace forgehouse::metadb {

struct SqliteOptions {
    const exec::Clock& clock;
    Parts parts{};
    std::span<const Migration> migrations = all_migrations();
    /// How long a write waits for another process that holds the file.
    std::chrono::milliseconds patience{10'000};
};

/// Opens the file at `path`, or makes it, readable for its owner alone; its folder must be there.
/// The clock has to outlive the database. Starts one thread, `metadb-write`.
/// A read is a snapshot by a connection of its own, kept for the next; a write survives a power cut
/// once it is answered. Several processes may use one file, on one machine.
/// Errors: Invalid for a path that cannot be one; Unavailable where the file cannot be made, opened
/// or written; Corrupt where it is no database.
Result<std::unique_ptr<ports::Metadb>> open_sqlite(const exec::Context& ctx,
                                                   const std::string& path, SqliteOptions options);

}  // namespace forgehouse::metadb
