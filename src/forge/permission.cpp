#include "forge/permission.h"

#include <algorithm>

#include "base/text.h"
#include "forge/records.h"

namespace forgehouse::forge {
namespace {

Error not_found(Literal kind, std::string_view name) {
    return Error(Errc::NotFound, "there is no such object, or it may not be seen")
        .with("kind", std::string(kind.view()))
        .with("object", std::string(name));
}

/// A name that is compared: a uuid without braces, or a slug in lower case.
struct Name {
    explicit Name(std::string_view text)
        : uuid(uuid_in_braces(text)), slug(uuid.empty() ? text::lower_ascii(text) : "") {}
    std::string uuid, slug;
};

/// Appends the grants of the actor, alone and by its groups.
void add_subjects(ports::Sql& sql, const Actor& actor, const std::vector<std::int64_t>& groups) {
    sql.add(" AND ((subject_kind = 1 AND subject_id = ").bind(actor.user->value).add(")");
    if (!groups.empty()) {
        sql.add(" OR (subject_kind = 2 AND subject_id IN (");
        for (std::size_t i = 0; i < groups.size(); ++i) {
            if (i > 0) sql.add(", ");
            sql.bind(groups[i]);
        }
        sql.add("))");
    }
    sql.add(")");
}

/// The greatest role that grants give in one of the objects.
Result<Role> granted(ports::Session& session, const Actor& actor,
                     const std::vector<std::int64_t>& groups, WorkspaceId workspace,
                     std::int64_t project, std::int64_t repository) {
    if (!actor.user) return Role::None;
    ports::Sql sql("SELECT coalesce(max(role), 0) FROM grants WHERE workspace_id = ");
    sql.bind(workspace.value).add(" AND ((object_kind = 1 AND object_id = ").bind(workspace.value);
    sql.add(") OR (object_kind = 2 AND object_id = ").bind(project);
    sql.add(") OR (object_kind = 3 AND object_id = ").bind(repository).add("))");
    add_subjects(sql, actor, groups);
    TRY_LET(role,
            session.first(sql, [](const ports::SqlRow& row) { return role_of(row.integer(0)); }));
    return role.value_or(Role::None);
}

/// What a token that acts for itself may do: all within what it is bound to, as far as its scopes
/// go, which are looked at elsewhere.
Role bound_role(const Actor& actor, WorkspaceId workspace, ProjectId project,
                RepositoryId repository) {
    if (!actor.binding || actor.binding->workspace != workspace) return Role::None;
    const Binding& binding = *actor.binding;
    if (binding.repository)
        return repository && *binding.repository == repository ? Role::Admin : Role::None;
    if (binding.project) return project && *binding.project == project ? Role::Admin : Role::None;
    return Role::Admin;
}

}  // namespace

Result<SignedIn> Permissions::signed_in(const Actor& actor) const {
    if (!actor.user)
        return Failure(Error(Errc::Denied, "this needs a user who is signed in")
                           .with("needs", "sign_in")
                           .hint("send credentials of a user: an access token of a repository, a "
                                 "project or a workspace stands for none"));
    return SignedIn(actor);
}

Result<SiteAdmin> Permissions::site_admin(const Actor& actor) const {
    TRY(signed_in(actor));
    if (!actor.is_admin)
        return Failure(Error(Errc::Denied, "this is for administrators of the installation")
                           .with("needs", "admin")
                           .with("has", "none"));
    return SiteAdmin(actor);
}

Result<void> Permissions::check(const Actor& actor, Role has, Role needs, Literal kind,
                                std::string_view name) {
    if (has >= needs) return {};
    if (actor.is_nobody())
        return Failure(Error(Errc::Denied, "this needs credentials")
                           .with("needs", "sign_in")
                           .hint("sign in, or send a token"));
    return Failure(Error(Errc::Denied, "the role is not enough for this")
                       .with("kind", std::string(kind.view()))
                       .with("object", std::string(name))
                       .with("needs", std::string(name_of(needs)))
                       .with("has", std::string(name_of(has))));
}

Result<Permissions::SeenWorkspace> Permissions::look_up_workspace(const exec::Context& ctx,
                                                                  const Actor& actor,
                                                                  std::string_view text) const {
    const Name name(text);
    std::optional<SeenWorkspace> seen;
    TRY(state_.global().read(ctx, [&](ports::Session& session) -> Result<void> {
        ports::Sql sql("SELECT ");
        sql.add(kWorkspaceColumns).add(", m.role FROM workspaces w LEFT JOIN workspace_members m");
        sql.add(" ON m.workspace_id = w.id AND m.user_id = ");
        sql.bind(actor.user ? actor.user->value : 0);
        if (name.uuid.empty())
            sql.add(" WHERE w.slug = ").bind(name.slug);
        else
            sql.add(" WHERE w.uuid = ").bind(name.uuid);
        TRY_LET(found, session.first(sql, [](const ports::SqlRow& row) {
            SeenWorkspace made{.workspace = workspace_of(row),
                               .role = Role::None,
                               .role_within = Role::None,
                               .standing = {}};
            made.standing.is_member = !row.is_null(kWorkspaceWidth);
            made.standing.member = role_of(row.integer(kWorkspaceWidth));
            return made;
        }));
        if (!found) return {};
        seen = std::move(found);
        if (!seen->standing.is_member) return {};
        TRY_LET(groups, session.all(ports::Sql("SELECT g.id FROM group_members m JOIN groups g "
                                               "ON g.id = m.group_id "
                                               "WHERE m.user_id = $1 AND g.workspace_id = $2",
                                               {actor.user->value, seen->workspace.id.value}),
                                    [](const ports::SqlRow& row) { return row.integer(0); }));
        seen->standing.groups = std::move(groups);
        return {};
    }));
    if (!seen) return Failure(not_found("workspace", text));
    if (actor.is_admin) seen->standing.member = Role::Admin;
    return std::move(*seen);
}

Result<Permissions::SeenWorkspace> Permissions::find_workspace(const exec::Context& ctx,
                                                               const Actor& actor,
                                                               std::string_view name) const {
    TRY_LET(seen, look_up_workspace(ctx, actor, name));
    seen.role_within = std::max(seen.standing.member, bound_role(actor, seen.workspace.id, {}, {}));
    if (seen.role_within < Role::Admin && seen.standing.is_member)
        TRY(state_.of(seen.workspace.id.value)
                .read(ctx, [&](ports::Session& session) -> Result<void> {
                    TRY_LET(role,
                            granted(session, actor, seen.standing.groups, seen.workspace.id, 0, 0));
                    seen.role_within = std::max(seen.role_within, role);
                    return {};
                }));
    seen.role = seen.standing.is_member ? std::max(seen.role_within, Role::Read) : seen.role_within;
    const bool has_part = seen.role > Role::None || seen.standing.is_member ||
                          (actor.binding && actor.binding->workspace == seen.workspace.id);
    if (seen.workspace.is_private && !has_part) return Failure(not_found("workspace", name));
    return std::move(seen);
}

/// The workspace of what has that name. One that is not there is not told from one that may not be
/// seen: in both there is no such object.
Result<Permissions::SeenWorkspace> Permissions::look_up_outer(const exec::Context& ctx,
                                                              const Actor& actor,
                                                              std::string_view workspace,
                                                              Literal kind,
                                                              std::string_view name) const {
    auto seen = look_up_workspace(ctx, actor, workspace);
    if (!seen && seen.error().code() == Errc::NotFound) return Failure(not_found(kind, name));
    return seen;
}

Result<Permissions::SeenProject> Permissions::find_project(const exec::Context& ctx,
                                                           const Actor& actor,
                                                           std::string_view workspace,
                                                           std::string_view key) const {
    TRY_LET(in, look_up_outer(ctx, actor, workspace, "project", key));
    const Name name(key);
    std::optional<Project> project;
    Role role = in.standing.member;
    TRY(state_.of(in.workspace.id.value).read(ctx, [&](ports::Session& session) -> Result<void> {
        ports::Sql sql("SELECT ");
        sql.add(kProjectColumns).add(" FROM projects p WHERE p.workspace_id = ");
        sql.bind(in.workspace.id.value);
        std::string upper(key);
        std::ranges::transform(upper, upper.begin(), [](char c) {
            return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        });
        if (name.uuid.empty())
            sql.add(" AND p.key = ").bind(std::move(upper));
        else
            sql.add(" AND p.uuid = ").bind(name.uuid);
        TRY_LET(found,
                session.first(sql, [](const ports::SqlRow& row) { return project_of(row); }));
        project = std::move(found);
        if (!project) return {};
        TRY_LET(by_grants,
                granted(session, actor, in.standing.groups, in.workspace.id, project->id.value, 0));
        role = std::max(role, by_grants);
        return {};
    }));
    if (!project) return Failure(not_found("project", key));
    role = std::max(role, bound_role(actor, in.workspace.id, project->id, {}));
    if (!project->is_private && !in.workspace.is_private) role = std::max(role, Role::Read);
    if (role == Role::None) return Failure(not_found("project", key));
    return SeenProject{std::move(in.workspace), std::move(*project), role};
}

Result<WorkspaceId> Permissions::workspace_of_repository(const exec::Context& ctx,
                                                         std::string_view uuid) const {
    std::optional<std::int64_t> found;
    for (ports::Metadb* database : state_.all())
        TRY(database->read(ctx, [&](ports::Session& session) -> Result<void> {
            TRY_LET(id,
                    session.first(
                        ports::Sql("SELECT workspace_id FROM repositories WHERE uuid = $1", {uuid}),
                        [](const ports::SqlRow& row) { return row.integer(0); }));
            if (id) found = id;
            return {};
        }));
    if (!found) return Failure(not_found("repository", uuid));
    return WorkspaceId{*found};
}

namespace {

/// By uuid, by slug, or, where it `follows`, by a slug that it had before.
Result<std::optional<Repository>> named_repository(ports::Session& session, WorkspaceId workspace,
                                                   const Name& name, bool follows) {
    const auto first = [&](const ports::Sql& sql) {
        return session.first(sql, [](const ports::SqlRow& row) { return repository_of(row); });
    };
    ports::Sql sql("SELECT ");
    sql.add(kRepositoryColumns).add(" FROM repositories r WHERE r.workspace_id = ");
    sql.bind(workspace.value);
    ports::Sql before = sql;
    if (name.uuid.empty())
        sql.add(" AND r.slug = ").bind(name.slug);
    else
        sql.add(" AND r.uuid = ").bind(name.uuid);
    TRY_LET(found, first(sql));
    if (found || !follows || !name.uuid.empty()) return std::move(found);
    before.add(
        " AND r.id IN (SELECT to_repository_id FROM repository_redirects WHERE "
        "workspace_id = ");
    before.bind(workspace.value).add(" AND to_workspace_id = ").bind(workspace.value);
    before.add(" AND slug = ").bind(name.slug).add(")");
    return first(before);
}

}  // namespace

Result<Permissions::SeenRepository> Permissions::find_repository(const exec::Context& ctx,
                                                                 const Actor& actor,
                                                                 std::string_view workspace,
                                                                 std::string_view slug,
                                                                 bool follows) const {
    const Name name(slug);
    std::string in_name(workspace);
    if ((workspace.empty() || workspace == "{}") && !name.uuid.empty()) {
        TRY_LET(id, workspace_of_repository(ctx, name.uuid));
        TRY(state_.global().read(ctx, [&](ports::Session& session) -> Result<void> {
            TRY_LET(found, session.first(
                               ports::Sql("SELECT slug FROM workspaces WHERE id = $1", {id.value}),
                               [](const ports::SqlRow& row) { return std::string(row.text(0)); }));
            if (found) in_name = *found;
            return {};
        }));
    }
    TRY_LET(in, look_up_outer(ctx, actor, in_name, "repository", slug));
    std::optional<Repository> repository;
    Role role = in.standing.member;
    TRY(state_.of(in.workspace.id.value).read(ctx, [&](ports::Session& session) -> Result<void> {
        TRY_LET(found, named_repository(session, in.workspace.id, name, follows));
        repository = std::move(found);
        if (!repository || role == Role::Admin) return {};
        TRY_LET(by_grants, granted(session, actor, in.standing.groups, in.workspace.id,
                                   repository->project.value, repository->id.value));
        role = std::max(role, by_grants);
        return {};
    }));
    if (!repository) return Failure(not_found("repository", slug));
    role = std::max(role, bound_role(actor, in.workspace.id, repository->project, repository->id));
    if (!repository->is_private) role = std::max(role, Role::Read);
    if (role == Role::None) return Failure(not_found("repository", slug));
    return SeenRepository{std::move(in.workspace), std::move(*repository), role};
}

Result<Role> Permissions::role_in(const exec::Context& ctx, const Actor& actor,
                                  const Workspace& workspace, const Repository& repository) const {
    auto seen =
        find_repository(ctx, actor, "{" + workspace.uuid + "}", "{" + repository.uuid + "}", false);
    if (seen) return seen->role;
    if (seen.error().code() == Errc::NotFound) return Role::None;
    return Failure(std::move(seen).error());
}

}  // namespace forgehouse::forge
