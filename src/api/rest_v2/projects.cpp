#include "forge/projects.h"

#include "api/rest_v2/body.h"
#include "api/rest_v2/collection.h"
#include "api/rest_v2/common.h"
#include "api/rest_v2/tables.h"

namespace forgehouse::api::rest_v2 {
namespace {

using forge::Project;
using forge::ProjectAdmin;
using forge::ProjectChange;
using forge::ProjectRead;
using forge::WorkspaceCreate;
using forge::WorkspaceVisible;

constexpr QueryField kFields[]{
    {.name = "key", .column = "p.key", .nullable = false},
    {.name = "name", .column = "p.name", .nullable = false},
    {.name = "description", .column = "p.description", .nullable = false},
    {.name = "uuid", .kind = FieldKind::Uuid, .column = "p.uuid", .nullable = false},
    {.name = "is_private", .kind = FieldKind::Flag, .column = "p.is_private", .nullable = false},
    {.name = "created_on", .kind = FieldKind::Time, .column = "p.created_on", .nullable = false},
    {.name = "updated_on", .kind = FieldKind::Time, .column = "p.updated_on", .nullable = false},
};

ports::SqlValue value_of(const Project& one, std::string_view field) {
    if (field == "key") return one.key;
    if (field == "name") return one.name;
    if (field == "description") return one.description;
    if (field == "uuid") return one.uuid;
    if (field == "is_private") return one.is_private;
    return field == "created_on" ? one.created_on : one.updated_on;
}

Result<ProjectChange> change_in(Call& call) {
    TRY_LET(document, call.json());
    const json::Value body = document.root();
    ProjectChange change;
    TRY_LET(key, text_in(body, "key"));
    TRY_LET(name, text_in(body, "name"));
    TRY_LET(description, text_in(body, "description"));
    TRY_LET(is_private, flag_in(body, "is_private"));
    change.key = std::move(key);
    change.name = std::move(name);
    change.description = std::move(description);
    change.is_private = is_private;
    return change;
}

Answer answer(Call& call, const forge::Workspace& in, const Project& one, unsigned status = 200) {
    return written([&](json::Writer& out) { project(out, links_of(call), in, one); }, status);
}

Result<Answer> list_projects(Call& call, const WorkspaceVisible& proof) {
    TRY_LET(asked, Collection::of(call, kFields));
    TRY_LET(all, forge::list_projects(call.services().deps, call.ctx(), proof, asked.listing()));
    return asked.answer(
        call, all,
        [&](json::Writer& out, const Project& one) {
            project(out, links_of(call), proof.workspace(), one);
        },
        [](const Project& one) { return one.id.value; }, value_of);
}

Result<Answer> create_project(Call& call, const WorkspaceCreate& proof) {
    TRY_LET(change, change_in(call));
    TRY_LET(made, forge::create_project(call.services().deps, call.ctx(), proof, change));
    return answer(call, proof.workspace(), made, 201);
}

Result<Answer> get_project(Call& call, const ProjectRead& proof) {
    return answer(call, proof.workspace(), proof.project());
}

Result<Answer> update_project(Call& call, const ProjectAdmin& proof) {
    TRY_LET(change, change_in(call));
    TRY_LET(made, forge::change_project(call.services().deps, call.ctx(), proof, change));
    return answer(call, proof.workspace(), made);
}

Result<Answer> delete_project(Call& call, const ProjectAdmin& proof) {
    TRY(forge::delete_project(call.services().deps, call.ctx(), proof));
    return Answer::nothing();
}

using enum Method;
using forge::Scope;

constexpr std::array kRoutes{
    route<list_projects>({.method = Get,
                          .path = "/workspaces/{workspace}/projects",
                          .operation = "getProjectsForWorkspace",
                          .tag = "Projects",
                          .summary = "The projects of the workspace that may be seen.",
                          .scope = Scope::Project,
                          .answer = "paginated_project"}),
    route<create_project>({.method = Post,
                           .path = "/workspaces/{workspace}/projects",
                           .operation = "createProject",
                           .tag = "Projects",
                           .summary = "Creates a project.",
                           .scope = Scope::ProjectAdmin,
                           .answer = "project",
                           .body = "project",
                           .status = 201}),
    route<get_project>({.method = Get,
                        .path = "/workspaces/{workspace}/projects/{project_key}",
                        .operation = "getProject",
                        .tag = "Projects",
                        .summary = "A project, by key or by uuid in braces.",
                        .scope = Scope::Project,
                        .answer = "project"}),
    route<update_project>({.method = Put,
                           .path = "/workspaces/{workspace}/projects/{project_key}",
                           .operation = "updateProject",
                           .tag = "Projects",
                           .summary = "Changes what is given, and leaves the rest.",
                           .scope = Scope::ProjectAdmin,
                           .answer = "project",
                           .body = "project"}),
    route<delete_project>({.method = Delete,
                           .path = "/workspaces/{workspace}/projects/{project_key}",
                           .operation = "deleteProject",
                           .tag = "Projects",
                           .summary = "Deletes a project without repositories.",
                           .scope = Scope::ProjectAdmin,
                           .status = 204}),
};

}  // namespace

std::span<const Route> project_routes() noexcept {
    return kRoutes;
}

}  // namespace forgehouse::api::rest_v2
