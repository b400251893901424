// finishing: what is written about a repository once its commits are stored: branches, tags, the
// project, the checks, the coverage, and last the repository itself.
#pragma once

#include "collect/git_rows.h"
#include "collect/git_stream.h"
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

/// The begin of the deduplication tokens of all inserts of one repository in one run.
std::string token_of(const Stamp& stamp);

/// What the reading has found out.
struct FinishingFacts {
    const sources::Repo& repo;
    const Stamp& stamp;
    const git::Refs& refs;
    const OpenRepository& open;
    const Window& window;
    const std::optional<KnownRepository>& known;
    HeadDates head_dates;
    std::uint64_t reachable;  ///< commits that git's refs reach
};

/// Writes it, and adds its checks and counts to the report. Errors: the warehouse's; Cancelled.
Result<void> finish_repository(exec::Context& ctx, ports::Warehouse& warehouse,
                               FinishingFacts facts, StreamReport& report);

}  // namespace forgehouse::collect
