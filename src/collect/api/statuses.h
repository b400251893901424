// Statuses: what builds said about the heads of branches and of open pull requests.
#pragma once

#include <set>

#include "collect/api/fetcher.h"
#include "collect/api/repo_pass.h"
#include "collect/archive/archive.h"

namespace forgehouse::collect {

struct StatusParts {
    const Deps& deps;
    const sources::Forge& forge;
    Fetcher& fetcher;
    RunArchive& archive;
};

/// One call for each commit and page; archives, then stores. Returns the rows written.
/// Errors: the API's, the warehouse's. A commit that the forge does not know has none.
Result<std::uint64_t> read_statuses(exec::Context& ctx, const StatusParts& parts,
                                    const RepoPass& pass, const std::set<std::string>& commits);

}  // namespace forgehouse::collect
