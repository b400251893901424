// Default reviewers: who is asked to review every new pull request of a project or a repository.
#pragma once

#include <vector>

#include "base/result.h"
#include "forge/deps.h"
#include "forge/listing.h"
#include "forge/objects.h"
#include "forge/permission.h"

namespace forgehouse::forge {

/// Errors of all: those of Metadb.

Result<std::vector<User>> default_reviewers(const Deps& deps, const exec::Context& ctx,
                                            const RepoRead& repository, const Listing& listing);
Result<std::vector<User>> default_reviewers(const Deps& deps, const exec::Context& ctx,
                                            const ProjectRead& project, const Listing& listing);
/// Errors: NotFound, with field `user`, where the user is none.
Result<User> default_reviewer(const Deps& deps, const exec::Context& ctx,
                              const RepoRead& repository, std::string_view user);
Result<User> default_reviewer(const Deps& deps, const exec::Context& ctx,
                              const ProjectRead& project, std::string_view user);
/// Those of the repository and those of its project.
struct EffectiveReviewer {
    User user;
    bool is_of_project = false;
};
Result<std::vector<EffectiveReviewer>> effective_reviewers(const Deps& deps,
                                                           const exec::Context& ctx,
                                                           const RepoRead& repository,
                                                           const Listing& listing);

/// Errors: Invalid where the user could not read the repository, or the project.
Result<void> add_default_reviewer(Deps& deps, const exec::Context& ctx, const RepoAdmin& repository,
                                  const User& user);
Result<void> add_default_reviewer(Deps& deps, const exec::Context& ctx, const ProjectAdmin& project,
                                  const User& user);
Result<void> remove_default_reviewer(Deps& deps, const exec::Context& ctx,
                                     const RepoAdmin& repository, const User& user);
Result<void> remove_default_reviewer(Deps& deps, const exec::Context& ctx,
                                     const ProjectAdmin& project, const User& user);

}  // namespace forgehouse::forge
