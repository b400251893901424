// finishing: what is written about a repository once its commits are stored: branches, tags, the
// project, the checks, the coverage, and last the repository itself.
#pragma once

#include "collect/git_rows.h"
#include "collect/git_stream.h"
#include "collect/inventory.h"
#include "collect/ref_rows.h"
#include "collect/repository_access.h"

namespace forgehouse::collect {

/// A repository's stored row, as far as it matters to the next one.
struct KnownRepository {
    Time first_seen;
    std::uint64_t version;
};
/// One question to a table of few rows. Errors: the warehouse's.
Result<std::optional<KnownRepository>> known_repository(exec::Context& ctx,
                                                        ports::Warehouse& warehouse,
                                                        const sources::RepoRef& repo);

/// Of what the forge says about a repository: another one, and its rows are written again.
std::string fingerprint_of(const sources::ListedRepo& listed);

/// The begin of the deduplication tokens of all inserts of one repository in one run.
std::string token_of(const Stamp& stamp);

/// What the reading has found out.
struct FinishingFacts {
    const sources::Repo& repo;
    const Stamp& stamp;
    const git::Refs& refs;
    const OpenRepository* open;  ///< null where the refs came over an API
    const Window& window;
    const std::optional<KnownRepository>& known;
    const sources::ListedRepo* listed;  ///< what the forge says; null for plain git
    HeadDates head_dates;
    std::uint64_t reachable;  ///< commits that the refs reach
    /// What the warehouse holds now; nullopt where it has to be asked.
    std::optional<Inventory> inventory;
};

/// Writes it, and adds its checks and counts to the report. Errors: the warehouse's; Cancelled.
Result<void> finish_repository(exec::Context& ctx, ports::Warehouse& warehouse,
                               FinishingFacts facts, StreamReport& report);

/// The same for a repository of which only a part could be read: what of it is stored is a
/// repository that has a name, and its coverage says what is missing. `expected`: commits that refs
/// reach, where that is known. Nothing is written where nothing is stored.
/// Errors: the warehouse's; Cancelled.
Result<void> note_half_read(exec::Context& ctx, ports::Warehouse& warehouse, FinishingFacts facts,
                            std::optional<std::uint64_t> expected, StreamReport& report);

}  // namespace forgehouse::collect
