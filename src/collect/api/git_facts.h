// GitFacts: what a repository's mirror says about its pull requests.
#pragma once

#include "collect/api/repo_pass.h"
#include "collect/repository_access.h"
#include "git/refs.h"

namespace forgehouse::collect {

/// A repository whose history is stored, and its refs.
struct KeptRepository {
    OpenRepository open;
    git::Refs refs;
};

/// Loads the graph. What it gives may be called from many threads at once and holds what it needs,
/// the mirror's lock too. Errors: those of git and of the warehouse.
Result<AskGit> git_facts_of(exec::Context& ctx, const Deps& deps, const sources::RepoRef& repo,
                            KeptRepository kept, const TicketFinder& tickets);

}  // namespace forgehouse::collect
