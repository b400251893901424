// How rows become objects: the columns of each, in one place, and what makes an object of a row
// that has them from column `at` on.
#pragma once

#include "base/literal.h"
#include "forge/objects.h"
#include "ports/metadb.h"

namespace forgehouse::forge {

/// Of `users u`.
inline constexpr Literal kUserColumns =
    "u.id, u.uuid, u.username, u.display_name, u.is_admin, u.is_active, "
    "u.totp_secret IS NOT NULL, u.created_on";
inline constexpr std::size_t kUserWidth = 8;
User user_of(const ports::SqlRow& row, std::size_t at = 0);

/// Of `workspaces w`.
inline constexpr Literal kWorkspaceColumns =
    "w.id, w.uuid, w.slug, w.name, w.is_private, w.private_by_default, w.created_on, w.updated_on";
inline constexpr std::size_t kWorkspaceWidth = 8;
Workspace workspace_of(const ports::SqlRow& row, std::size_t at = 0);

/// Of `projects p`.
inline constexpr Literal kProjectColumns =
    "p.workspace_id, p.id, p.uuid, p.key, p.name, p.description, p.is_private, p.created_on, "
    "p.updated_on";
inline constexpr std::size_t kProjectWidth = 9;
Project project_of(const ports::SqlRow& row, std::size_t at = 0);

/// Of `repositories r`.
inline constexpr Literal kRepositoryColumns =
    "r.workspace_id, r.id, r.uuid, r.project_id, r.slug, r.name, r.description, r.website, "
    "r.language, r.is_private, r.fork_policy, r.has_issues, r.has_wiki, r.main_branch, "
    "r.object_format, r.size, r.parent_workspace_id, r.parent_id, r.created_by, r.created_on, "
    "r.updated_on, r.version";
inline constexpr std::size_t kRepositoryWidth = 22;
Repository repository_of(const ports::SqlRow& row, std::size_t at = 0);

}  // namespace forgehouse::forge
