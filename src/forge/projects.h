// Projects: folders of a workspace's repositories, with access of their own.
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

struct ProjectChange {
    std::optional<std::string> key;
    std::optional<std::string> name;
    std::optional<std::string> description;
    std::optional<bool> is_private;
};

/// Errors of all: those of Metadb.

/// `key` and `name` must be given. Errors: Invalid for a name; Conflict where the key is taken.
Result<Project> create_project(Deps& deps, const exec::Context& ctx,
                               const WorkspaceCreate& workspace, const ProjectChange& given);
/// Errors: as create_project(); Conflict where a project with public repositories would be private.
Result<Project> change_project(Deps& deps, const exec::Context& ctx, const ProjectAdmin& project,
                               const ProjectChange& change);
/// Errors: Conflict where repositories are in it.
Result<void> delete_project(Deps& deps, const exec::Context& ctx, const ProjectAdmin& project);

/// Those that the proof's actor may see.
Result<std::vector<Project>> list_projects(const Deps& deps, const exec::Context& ctx,
                                           const WorkspaceVisible& workspace,
                                           const Listing& listing);
/// The project of a repository. Errors: NotFound.
Result<Project> project_by_id(const Deps& deps, const exec::Context& ctx, WorkspaceId workspace,
                              ProjectId project);
/// The key of the workspace's oldest project, where repositories go that name none; one is made
/// where there is none.
Result<std::string> default_project_key(Deps& deps, const exec::Context& ctx,
                                        const WorkspaceVisible& workspace);

}  // namespace forgehouse::forge
