#include "forge/projects.h"

#include "forge/names.h"
#include "forge/outbox.h"
#include "forge/records.h"
#include "forge/visible.h"

namespace forgehouse::forge {
namespace {

Result<void> insert_project(ports::Session& session, const Project& made) {
    TRY(session.execute(ports::Sql(
        "INSERT INTO projects (workspace_id, id, uuid, key, name, description, is_private, "
        "created_on, updated_on) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)",
        {made.workspace.value, made.id.value, made.uuid, made.key, made.name, made.description,
         made.is_private, made.created_on})));
    return {};
}

Event event_of(Literal name, const Project& project, const Actor& actor) {
    return {.name = name,
            .workspace = project.workspace,
            .actor = actor.user,
            .payload = R"({"project":"{)" + project.uuid + R"(}"})"};
}

Result<void> apply(Project& project, const ProjectChange& change) {
    if (change.key) {
        TRY_LET(key, check_project_key(*change.key));
        project.key = std::move(key);
    }
    if (change.name) {
        TRY_LET(name, check_title(*change.name, "name"));
        project.name = std::move(name);
    }
    if (change.description) {
        TRY_LET(description, check_description(*change.description));
        project.description = std::move(description);
    }
    if (change.is_private) project.is_private = *change.is_private;
    return {};
}

Result<bool> has_repositories(ports::Session& session, const Project& project, bool only_public) {
    ports::Sql sql("SELECT 1 FROM repositories WHERE workspace_id = ");
    sql.bind(project.workspace.value).add(" AND project_id = ").bind(project.id.value);
    if (only_public) sql.add(" AND is_private = 0");
    sql.add(" LIMIT 1");
    TRY_LET(some, session.first(sql, [](const ports::SqlRow&) { return true; }));
    return some.has_value();
}

}  // namespace

Result<Project> create_project(Deps& deps, const exec::Context& ctx,
                               const WorkspaceCreate& workspace, const ProjectChange& given) {
    Project made{.workspace = workspace.workspace().id, .uuid = new_uuid(deps.random)};
    ProjectChange all = given;
    if (!all.key) all.key = "";
    if (!all.name) all.name = "";
    if (!all.is_private) all.is_private = workspace.workspace().private_by_default;
    TRY(apply(made, all));
    made.created_on = made.updated_on = deps.clock.now();
    TRY(deps.state.of(made.workspace.value)
            .write(ctx, [&](ports::Session& session) -> Result<void> {
                TRY_LET(id, next_id(session, made.workspace));
                made.id = {id};
                TRY(insert_project(session, made));
                return emit(session, deps, event_of("project:created", made, workspace.actor()));
            }));
    return made;
}

Result<Project> change_project(Deps& deps, const exec::Context& ctx, const ProjectAdmin& proof,
                               const ProjectChange& change) {
    Project project = proof.project();
    TRY(apply(project, change));
    project.updated_on = deps.clock.now();
    TRY(deps.state.of(project.workspace.value)
            .write(ctx, [&](ports::Session& session) -> Result<void> {
                TRY_LET(shows, has_repositories(session, project, true));
                if (project.is_private && !proof.project().is_private && shows)
                    return Failure(Error(Errc::Conflict, "the project has public repositories")
                                       .hint("make them private first"));
                TRY(session.execute(ports::Sql(
                    "UPDATE projects SET key = $1, name = $2, description = $3, is_private = $4, "
                    "updated_on = $5 WHERE workspace_id = $6 AND id = $7",
                    {project.key, project.name, project.description, project.is_private,
                     project.updated_on, project.workspace.value, project.id.value})));
                return emit(session, deps, event_of("project:updated", project, proof.actor()));
            }));
    return project;
}

Result<void> delete_project(Deps& deps, const exec::Context& ctx, const ProjectAdmin& proof) {
    const Project& project = proof.project();
    TRY(deps.state.of(project.workspace.value)
            .write(ctx, [&](ports::Session& session) -> Result<void> {
                TRY_LET(some, has_repositories(session, project, false));
                if (some)
                    return Failure(
                        Error(Errc::Conflict, "the project has repositories")
                            .hint("move them to another project, or delete them, first"));
                for (const Literal text :
                     {Literal("DELETE FROM grants WHERE workspace_id = $1 AND object_kind = 2 AND "
                              "object_id = $2"),
                      Literal(
                          "DELETE FROM default_reviewers WHERE workspace_id = $1 AND object_kind "
                          "= 2 AND object_id = $2"),
                      Literal(
                          "DELETE FROM branching_models WHERE workspace_id = $1 AND object_kind "
                          "= 2 AND object_id = $2"),
                      Literal("DELETE FROM projects WHERE workspace_id = $1 AND id = $2")})
                    TRY(session.execute(
                        ports::Sql(text, {project.workspace.value, project.id.value})));
                return emit(session, deps, event_of("project:deleted", project, proof.actor()));
            }));
    // They are of no use without it: their numbers never come again.
    return deps.state.global().write(ctx, [&](ports::Session& session) -> Result<void> {
        TRY(session.execute(
            ports::Sql("DELETE FROM tokens WHERE project_id = $1 AND repository_id IS NULL",
                       {project.id.value})));
        return {};
    });
}

Result<std::vector<Project>> list_projects(const Deps& deps, const exec::Context& ctx,
                                           const WorkspaceVisible& workspace,
                                           const Listing& listing) {
    ports::Sql sql("SELECT ");
    sql.add(kProjectColumns).add(" FROM projects p WHERE p.workspace_id = ");
    sql.bind(workspace.workspace().id.value);
    add_visible_projects(sql, workspace);
    add_listing(sql, listing, "p.id");
    std::vector<Project> all;
    TRY(deps.state.of(workspace.workspace().id.value)
            .read(ctx, [&](ports::Session& session) -> Result<void> {
                TRY_LET(found,
                        session.all(sql, [](const ports::SqlRow& row) { return project_of(row); }));
                all = std::move(found);
                return {};
            }));
    return all;
}

Result<Project> project_by_id(const Deps& deps, const exec::Context& ctx, WorkspaceId workspace,
                              ProjectId project) {
    ports::Sql sql("SELECT ");
    sql.add(kProjectColumns).add(" FROM projects p WHERE p.workspace_id = ").bind(workspace.value);
    sql.add(" AND p.id = ").bind(project.value);
    std::optional<Project> found;
    TRY(deps.state.of(workspace.value).read(ctx, [&](ports::Session& session) -> Result<void> {
        TRY_LET(made, session.first(sql, [](const ports::SqlRow& row) { return project_of(row); }));
        found = std::move(made);
        return {};
    }));
    if (!found)
        return Failure(Error(Errc::NotFound, "there is no such project")
                           .with("object", std::to_string(project.value)));
    return std::move(*found);
}

Result<std::string> default_project_key(Deps& deps, const exec::Context& ctx,
                                        const WorkspaceVisible& workspace) {
    const WorkspaceId id = workspace.workspace().id;
    std::optional<std::string> key;
    const auto oldest = [&](ports::Session& session) -> Result<void> {
        TRY_LET(found,
                session.first(ports::Sql("SELECT key FROM projects WHERE workspace_id = $1 "
                                         "ORDER BY id LIMIT 1",
                                         {id.value}),
                              [](const ports::SqlRow& row) { return std::string(row.text(0)); }));
        key = std::move(found);
        return {};
    };
    TRY(deps.state.of(id.value).read(ctx, oldest));
    if (key) return std::move(*key);
    if (workspace.role() < Role::Create)
        return Failure(Error(Errc::Denied, "the workspace has no project yet")
                           .with("needs", "create")
                           .with("has", std::string(name_of(workspace.role()))));
    TRY(deps.state.of(id.value).write(ctx, [&](ports::Session& session) -> Result<void> {
        TRY(oldest(session));
        if (key) return {};
        TRY_LET(number, next_id(session, id));
        Project made{.workspace = id,
                     .id = {number},
                     .uuid = new_uuid(deps.random),
                     .key = "PROJ",
                     .name = "Untitled project",
                     .description = "",
                     .is_private = workspace.workspace().private_by_default,
                     .created_on = deps.clock.now()};
        TRY(insert_project(session, made));
        key = made.key;
        return emit(session, deps, event_of("project:created", made, workspace.actor()));
    }));
    return std::move(*key);
}

}  // namespace forgehouse::forge
