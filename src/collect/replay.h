// Replay: the warehouse out of the archive and the mirrors, without a network. The same mapping as
// live and the same versions: the rows are those of the live run.
#pragma once

#include "collect/collect.h"

namespace forgehouse::collect {

/// What of the archive is wanted.
struct ArchivePick {
    std::string data_source;                ///< empty: all
    std::vector<std::string> repositories;  ///< patterns as in Request::repo_patterns; empty: all
    /// Only what was archived on that day (`2026-11-21`, UTC); empty: all.
    std::string date;
};

struct ReplayReport {
    Counts counts;
    std::uint64_t parts = 0;        ///< files of the archive that were read
    std::uint64_t pages = 0;        ///< lines in them
    std::uint64_t passed_over = 0;  ///< pages that newer ones replace
    std::vector<RepoReport> repositories;
    /// Parts that cannot be read, with the field `part`: what else there is was loaded, and the
    /// next run reads again what they held.
    std::vector<Error> damaged;
    std::chrono::milliseconds took{};
};

/// Told now and then: repositories done, of how many, and rows so far.
using ReplayNote = std::function<void(std::size_t done, std::size_t of, const Counts& counts)>;

/// Rebuilds. `forge` reads the pages of its own data_source; it is not connected to anything.
/// Commits come from the mirrors as they lie in the data directory; a repository without one gets
/// what the archive has. What was quarantined is tried again. May be run on a warehouse that holds
/// the rows already: nothing changes then. Takes the collector's lock.
/// Errors: Conflict while a collector works; NotFound where nothing matches; those of the warehouse
/// and of the archive.
Result<ReplayReport> load(exec::Context& ctx, const Deps& deps, const sources::Forge& forge,
                          const Request& request, const ArchivePick& pick,
                          const ReplayNote& on_progress);

}  // namespace forgehouse::collect
