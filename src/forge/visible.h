// Which objects of a workspace an actor may see, as a condition of SQL.
#pragma once

#include "forge/permission.h"
#include "ports/metadb.h"

namespace forgehouse::forge {

/// Appends ` AND …`: the repositories `r` that the proof's actor may see; with `least`, those in
/// which it has that role, for which it is not enough that they are public.
void add_visible_repositories(ports::Sql& sql, const WorkspaceVisible& workspace,
                              Role least = Role::None);
/// The same for projects `p`.
void add_visible_projects(ports::Sql& sql, const WorkspaceVisible& workspace);

/// Appends the condition that grant `g` is for the proof's user or one of its groups. There has to
/// be a user.
void add_is_subject(ports::Sql& sql, const WorkspaceVisible& workspace);

}  // namespace forgehouse::forge
