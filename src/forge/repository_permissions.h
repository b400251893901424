// Who has which role in which repository: the grants of a workspace's repositories, and what one
// user may do in each.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "base/result.h"
#include "forge/deps.h"
#include "forge/listing.h"
#include "forge/objects.h"
#include "forge/permission.h"

namespace forgehouse::forge {

/// The place of one permission of a workspace: they are in this order.
struct PermissionPlace {
    RepositoryId repository;
    UserId user;
};

struct RepositoryPermission {
    Repository repository;
    User user;
    Role role = Role::None;
};

/// Errors of all: those of Metadb.

/// What users were granted in repositories of the workspace, behind that place.
Result<std::vector<RepositoryPermission>> repository_permissions(
    const Deps& deps, const exec::Context& ctx, const WorkspaceAdmin& workspace,
    const std::optional<PermissionPlace>& behind, std::int64_t skip, std::int64_t most);

/// A repository, and all that the actor may do in it: by membership, by groups and by grants.
struct OwnPermission {
    Workspace workspace;
    Repository repository;
    Role role = Role::None;
};
/// Of the repositories in which the actor was given a role; not those that are but public.
Result<std::vector<OwnPermission>> own_permissions(const Deps& deps, const exec::Context& ctx,
                                                   const WorkspaceVisible& workspace,
                                                   const Listing& listing);
/// The same in all workspaces of the user. `listing` orders by the number.
Result<std::vector<OwnPermission>> own_permissions(const Deps& deps, const exec::Context& ctx,
                                                   const Permissions& permissions,
                                                   const SignedIn& user, const Listing& listing);

}  // namespace forgehouse::forge
