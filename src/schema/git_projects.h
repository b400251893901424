#pragma once

#include "schema/docs.h"
#include "schema/table.h"

namespace forgehouse::schema {

/// What stands before the repository, in the forges' words.
enum class ProjectKind : std::uint8_t { Project, Personal, Organization, Group, Workspace };

constexpr std::string_view name_of(ProjectKind value) noexcept {
    switch (value) {
        case ProjectKind::Project: return "PROJECT";
        case ProjectKind::Personal: return "PERSONAL";
        case ProjectKind::Organization: return "ORGANIZATION";
        case ProjectKind::Group: return "GROUP";
        case ProjectKind::Workspace: return "WORKSPACE";
    }
    return "";
}

/// One project, owner, group or workspace.
struct GitProject {
    Word data_source;
    std::string project_key;
    std::string repo_slug;
    std::optional<std::string> project_uuid;
    std::optional<std::string> name;
    std::optional<std::string> description;
    std::optional<ProjectKind> kind;
    std::optional<bool> is_private;
    std::optional<std::string> web_url;
    std::optional<Time> created_on;
    std::optional<Time> updated_on;
    Json metadata;
    Time collected_at;
    std::uint64_t _version;
    std::uint8_t is_deleted;
};

inline constexpr auto git_projects = table<GitProject>(
    "git_projects", "One project, owner, group or workspace, as last seen.",
    key("data_source", "project_key"), "",
    column<&GitProject::project_uuid>("The forge's own id; NULL for plain git."),
    column<&GitProject::name>("The name for people; NULL where the forge has only the key."),
    column<&GitProject::description>(docs::kDescription),
    column<&GitProject::kind>("What the forge calls it; NULL for plain git."),
    column<&GitProject::is_private>(
        "Whether it is hidden from the public; NULL where the forge does not say."),
    column<&GitProject::web_url>(docs::kWebUrl), column<&GitProject::created_on>(docs::kCreatedOn),
    column<&GitProject::updated_on>(docs::kUpdatedOn),
    column<&GitProject::metadata>(docs::kMetadata));

}  // namespace forgehouse::schema
