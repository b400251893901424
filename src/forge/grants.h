// Grants: the role of one user or group in one workspace, project or repository, on top of what it
// has elsewhere.
#pragma once

#include <variant>
#include <vector>

#include "base/result.h"
#include "forge/administered.h"
#include "forge/deps.h"
#include "forge/listing.h"
#include "forge/objects.h"
#include "forge/permission.h"
#include "forge/workspaces.h"

namespace forgehouse::forge {

/// What a grant is about.
using Grantable = Administered<ProjectAdmin, RepoAdmin>;

struct UserGrant {
    User user;
    Role role = Role::None;
};
struct GroupGrant {
    Group group;
    Role role = Role::None;
};

/// Errors of all: those of Metadb.

Result<std::vector<UserGrant>> user_grants(const Deps& deps, const exec::Context& ctx,
                                           const Grantable& object, const Listing& listing);
Result<std::vector<GroupGrant>> group_grants(const Deps& deps, const exec::Context& ctx,
                                             const Grantable& object, const Listing& listing);
/// None where there is no grant.
Result<Role> grant_of(const Deps& deps, const exec::Context& ctx, const Grantable& object,
                      SubjectKind kind, std::int64_t subject);
/// A user who is no member of the workspace becomes one, with no role in the rest of it. Errors:
/// Invalid where the object has no such role: None, and Create of a repository.
Result<void> set_grant(Deps& deps, const exec::Context& ctx, const Grantable& object,
                       const User& user, Role role);
Result<void> set_grant(Deps& deps, const exec::Context& ctx, const Grantable& object,
                       const Group& group, Role role);
/// Errors: NotFound where there is none.
Result<void> remove_grant(Deps& deps, const exec::Context& ctx, const Grantable& object,
                          SubjectKind kind, std::int64_t subject);

}  // namespace forgehouse::forge
