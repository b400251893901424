// Workspaces: who they are of, and who is in them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "forge/deps.h"
#include "forge/listing.h"
#include "forge/objects.h"
#include "forge/permission.h"

namespace forgehouse::forge {

struct NewWorkspace {
    std::string slug;
    std::string name;
    bool is_private = false;
    bool private_by_default = false;
};

struct Member {
    User user;
    Role role = Role::None;
    Time added_on;
};

/// A workspace, and the role that somebody has by being its member.
struct Membership {
    Workspace workspace;
    Role role = Role::None;
};

struct Group {
    GroupId id;
    std::string uuid;
    std::string slug;
    std::string name;
};

/// Errors of all: those of Metadb.

/// Inside of a transaction: for create_user(), which makes one too. Names are not checked.
Result<Workspace> insert_workspace(ports::Session& session, Deps& deps, const NewWorkspace& given,
                                   UserId owner);
/// Its maker administers it. Errors: Invalid for a name; Conflict where it is there already.
Result<Workspace> create_workspace(Deps& deps, const exec::Context& ctx, const SignedIn& by,
                                   const NewWorkspace& given);

/// Errors: NotFound.
Result<Workspace> workspace_by_id(const Deps& deps, const exec::Context& ctx, WorkspaceId id);
/// Those that a user is a member of.
Result<std::vector<Membership>> workspaces_of(const Deps& deps, const exec::Context& ctx,
                                              const SignedIn& user, const Listing& listing);
Result<std::vector<Member>> members_of(const Deps& deps, const exec::Context& ctx,
                                       const WorkspaceRead& workspace, const Listing& listing);
/// Errors: NotFound, with field `user`.
Result<Member> member_of(const Deps& deps, const exec::Context& ctx, const WorkspaceRead& workspace,
                         std::string_view user);
/// Adds the user, or changes what role it has. Errors: Conflict where nobody would be left who
/// administers the workspace.
Result<void> set_member(Deps& deps, const exec::Context& ctx, const WorkspaceAdmin& workspace,
                        UserId user, Role role);
/// Its grants go with it. Errors: as set_member(); NotFound, with field `user`.
Result<void> remove_member(Deps& deps, const exec::Context& ctx, const WorkspaceAdmin& workspace,
                           UserId user);

/// Errors: Invalid for a name; Conflict where it is there already.
Result<Group> create_group(Deps& deps, const exec::Context& ctx, const WorkspaceAdmin& workspace,
                           const std::string& name);
/// By slug. Errors: NotFound, with field `group`.
Result<Group> find_group(const Deps& deps, const exec::Context& ctx, const Workspace& workspace,
                         std::string_view slug);
/// Those that are there, in no order.
Result<std::vector<Group>> groups_by_id(const Deps& deps, const exec::Context& ctx,
                                        const std::vector<GroupId>& ids);
Result<std::vector<Group>> groups_of(const Deps& deps, const exec::Context& ctx,
                                     const WorkspaceRead& workspace);
/// Errors: NotFound where the user is no member of the workspace, or there is no such group in it.
Result<void> set_group_member(Deps& deps, const exec::Context& ctx, const WorkspaceAdmin& workspace,
                              GroupId group, UserId user, bool is_in);

}  // namespace forgehouse::forge
