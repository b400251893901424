// Backup: what a data directory cannot get again, as objects of another place: the rows of all
// tables, the archive of raw answers, and the checkpoints. Mirrors are not in it: they are fetched
// again.
//
//   manifest.json                       written last: a backup without it is not one
//   tables/<table>/<n>.native.zst       blocks of ClickHouse's Native format
//   archive/…, checkpoints/…            as they lie in the data directory
//
// Rows are read and written over the warehouse's own protocol, so a backup of the embedded engine
// can be restored into a server, by this version or a later one.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "exec/context.h"
#include "ports/objects.h"
#include "ports/warehouse.h"

namespace forgehouse::app {

/// The places of one data directory. All of them outlive the call.
struct BackedUp {
    ports::Warehouse& warehouse;
    ports::Objects& archive;
    ports::Objects& checkpoints;
};

struct BackupReport {
    std::uint64_t tables = 0;  ///< with rows
    std::uint64_t rows = 0;
    std::uint64_t objects = 0;  ///< of archive and checkpoints
    std::uint64_t bytes = 0;    ///< in the backup
};

/// Told what is being done, one line at a time, on the thread that called.
using BackupNote = std::function<void(std::string_view)>;

// Threads: both functions from any thread, one call at a time for the same places.

/// Writes a backup into `target`, while collectors and readers are at work: checkpoints first, rows
/// last, so that what is restored never vouches for rows that are not in it.
/// Errors: Conflict where `target` holds something; those of both sides. What was written until
/// then stays, without a manifest.
Result<BackupReport> back_up(exec::Context& ctx, const BackedUp& from, ports::Objects& target,
                             Time now, const BackupNote& note);

/// Writes what a backup holds into places that hold nothing. Every object is held against its
/// checksum before anything is written, and the rows are counted afterwards. The caller keeps
/// collectors away.
/// Errors: Invalid where `source` is no finished backup or one of a newer version; Corrupt, with
/// field `object`, where it is damaged; Conflict where the places hold something.
Result<BackupReport> restore(exec::Context& ctx, ports::Objects& source, const BackedUp& into,
                             const BackupNote& note);

}  // namespace forgehouse::app
