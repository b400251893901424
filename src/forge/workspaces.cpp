#include "forge/workspaces.h"

#include <algorithm>

#include "base/text.h"
#include "forge/audit.h"
#include "forge/names.h"
#include "forge/outbox.h"
#include "forge/records.h"

namespace forgehouse::forge {
namespace {

Group group_of(const ports::SqlRow& row) {
    return {.id = {row.integer(0)},
            .uuid = std::string(row.text(1)),
            .slug = std::string(row.text(2)),
            .name = std::string(row.text(3))};
}

Failure no_admin_left() {
    return Failure(Error(Errc::Conflict, "nobody would be left who administers the workspace")
                       .hint("make another member its administrator first"));
}

/// That somebody administers the workspace after the change.
Result<void> check_has_admin(ports::Session& session, WorkspaceId workspace) {
    TRY_LET(some, session.first(ports::Sql("SELECT 1 FROM workspace_members WHERE workspace_id = "
                                           "$1 AND role = 4 LIMIT 1",
                                           {workspace.value}),
                                [](const ports::SqlRow&) { return true; }));
    if (some) return {};
    return no_admin_left();
}

Event event_of(Literal name, const WorkspaceAdmin& workspace, const std::string& user_uuid) {
    return {.name = name,
            .workspace = workspace.workspace().id,
            .actor = workspace.actor().user,
            .payload = R"({"user":"{)" + user_uuid + R"(}"})"};
}

AuditNote note_of(Literal action, const WorkspaceAdmin& workspace, const std::string& user_uuid,
                  std::string detail) {
    return {.action = action,
            .workspace = workspace.workspace().id,
            .object = audited("user", user_uuid),
            .detail = std::move(detail)};
}

/// What a member is without whom somebody has to be left. Errors: NotFound.
Result<void> check_may_leave(const Deps& deps, const exec::Context& ctx, WorkspaceId workspace,
                             UserId user) {
    return deps.state.global().read(ctx, [&](ports::Session& session) -> Result<void> {
        TRY_LET(role, session.first(ports::Sql("SELECT role FROM workspace_members WHERE "
                                               "workspace_id = $1 AND user_id = $2",
                                               {workspace.value, user.value}),
                                    [](const ports::SqlRow& row) { return row.integer(0); }));
        if (!role)
            return Failure(Error(Errc::NotFound, "there is no such member")
                               .with("user", std::to_string(user.value)));
        TRY_LET(other, session.first(
                           ports::Sql("SELECT 1 FROM workspace_members WHERE workspace_id = $1 AND "
                                      "role = 4 AND user_id <> $2 LIMIT 1",
                                      {workspace.value, user.value}),
                           [](const ports::SqlRow&) { return true; }));
        if (!other) return no_admin_left();
        return {};
    });
}

Result<std::string> uuid_of(ports::Session& session, UserId user) {
    TRY_LET(found,
            session.first(ports::Sql("SELECT uuid FROM users WHERE id = $1", {user.value}),
                          [](const ports::SqlRow& row) { return std::string(row.text(0)); }));
    if (!found)
        return Failure(Error(Errc::NotFound, "there is no such user")
                           .with("user", std::to_string(user.value)));
    return std::move(*found);
}

ports::Sql members_sql(const Workspace& workspace) {
    ports::Sql sql("SELECT ");
    sql.add(kUserColumns).add(", m.role, m.added_on FROM workspace_members m ");
    sql.add("JOIN users u ON u.id = m.user_id WHERE m.workspace_id = ").bind(workspace.id.value);
    return sql;
}

Member member_in(const ports::SqlRow& row) {
    return {user_of(row), role_of(row.integer(kUserWidth)), row.time(kUserWidth + 1)};
}

}  // namespace

Result<Workspace> insert_workspace(ports::Session& session, Deps& deps, const NewWorkspace& given,
                                   UserId owner) {
    TRY_LET(id, next_workspace_id(session));
    const Time now = deps.clock.now();
    Workspace made{.id = id,
                   .uuid = new_uuid(deps.random),
                   .slug = given.slug,
                   .name = given.name,
                   .is_private = given.is_private,
                   .private_by_default = given.private_by_default,
                   .created_on = now,
                   .updated_on = now};
    TRY(session.execute(
        ports::Sql("INSERT INTO workspaces (id, uuid, slug, name, is_private, private_by_default, "
                   "created_on, updated_on) VALUES ($1, $2, $3, $4, $5, $6, $7, $7)",
                   {id.value, made.uuid, made.slug, made.name, made.is_private,
                    made.private_by_default, now})));
    TRY(
        session.execute(ports::Sql("INSERT INTO workspace_members (workspace_id, user_id, role, "
                                   "added_on) VALUES ($1, $2, 4, $3)",
                                   {id.value, owner.value, now})));
    TRY(emit(session, deps, {.name = "workspace:created", .workspace = id, .actor = owner}));
    return made;
}

Result<Workspace> create_workspace(Deps& deps, const exec::Context& ctx, const SignedIn& by,
                                   const NewWorkspace& given) {
    TRY_LET(slug, check_slug(given.slug, "slug"));
    TRY_LET(name, check_title(given.name.empty() ? slug : given.name, "name"));
    std::optional<Workspace> made;
    TRY(deps.state.global().write(ctx, [&](ports::Session& session) -> Result<void> {
        TRY_LET(workspace, insert_workspace(session, deps,
                                            {.slug = slug,
                                             .name = name,
                                             .is_private = given.is_private,
                                             .private_by_default = given.private_by_default},
                                            by.user()));
        made = std::move(workspace);
        return {};
    }));
    return std::move(*made);
}

Result<Workspace> workspace_by_id(const Deps& deps, const exec::Context& ctx, WorkspaceId id) {
    ports::Sql sql("SELECT ");
    sql.add(kWorkspaceColumns).add(" FROM workspaces w WHERE w.id = ").bind(id.value);
    std::optional<Workspace> found;
    TRY(deps.state.global().read(ctx, [&](ports::Session& session) -> Result<void> {
        TRY_LET(made,
                session.first(sql, [](const ports::SqlRow& row) { return workspace_of(row); }));
        found = std::move(made);
        return {};
    }));
    if (!found)
        return Failure(Error(Errc::NotFound, "there is no such workspace")
                           .with("object", std::to_string(id.value)));
    return std::move(*found);
}

Result<std::vector<Membership>> workspaces_of(const Deps& deps, const exec::Context& ctx,
                                              const SignedIn& user, const Listing& listing) {
    ports::Sql sql("SELECT ");
    sql.add(kWorkspaceColumns).add(", m.role FROM workspace_members m JOIN workspaces w ");
    sql.add("ON w.id = m.workspace_id WHERE m.user_id = ").bind(user.user().value);
    add_listing(sql, listing, "w.id");
    std::vector<Membership> all;
    TRY(deps.state.global().read(ctx, [&](ports::Session& session) -> Result<void> {
        TRY_LET(found, session.all(sql, [](const ports::SqlRow& row) {
            return Membership{workspace_of(row), role_of(row.integer(kWorkspaceWidth))};
        }));
        all = std::move(found);
        return {};
    }));
    return all;
}

Result<std::vector<Member>> members_of(const Deps& deps, const exec::Context& ctx,
                                       const WorkspaceRead& workspace, const Listing& listing) {
    ports::Sql sql = members_sql(workspace.workspace());
    add_listing(sql, listing, "u.id");
    std::vector<Member> all;
    TRY(deps.state.global().read(ctx, [&](ports::Session& session) -> Result<void> {
        TRY_LET(found, session.all(sql, member_in));
        all = std::move(found);
        return {};
    }));
    return all;
}

Result<Member> member_of(const Deps& deps, const exec::Context& ctx, const WorkspaceRead& workspace,
                         std::string_view user) {
    const std::string uuid = uuid_in_braces(user);
    ports::Sql sql = members_sql(workspace.workspace());
    if (uuid.empty())
        sql.add(" AND u.username = ").bind(text::lower_ascii(user));
    else
        sql.add(" AND u.uuid = ").bind(uuid);
    std::optional<Member> found;
    TRY(deps.state.global().read(ctx, [&](ports::Session& session) -> Result<void> {
        TRY_LET(member, session.first(sql, member_in));
        found = std::move(member);
        return {};
    }));
    if (!found)
        return Failure(
            Error(Errc::NotFound, "there is no such member").with("user", std::string(user)));
    return std::move(*found);
}

Result<void> set_member(Deps& deps, const exec::Context& ctx, const WorkspaceAdmin& workspace,
                        UserId user, Role role) {
    const WorkspaceId id = workspace.workspace().id;
    return deps.state.global().write(ctx, [&](ports::Session& session) -> Result<void> {
        TRY_LET(uuid, uuid_of(session, user));
        TRY(session.execute(
            ports::Sql("INSERT INTO workspace_members (workspace_id, user_id, role, added_on) "
                       "VALUES ($1, $2, $3, $4) ON CONFLICT (workspace_id, user_id) "
                       "DO UPDATE SET role = excluded.role",
                       {id.value, user.value, static_cast<std::int64_t>(role), deps.clock.now()})));
        TRY(check_has_admin(session, id));
        TRY(note_audit(session, deps, workspace.actor(),
                       note_of("member:set", workspace, uuid, std::string(name_of(role)))));
        return emit(session, deps, event_of("workspace:member_changed", workspace, uuid));
    });
}

Result<void> remove_member(Deps& deps, const exec::Context& ctx, const WorkspaceAdmin& workspace,
                           UserId user) {
    const WorkspaceId id = workspace.workspace().id;
    TRY(check_may_leave(deps, ctx, id, user));
    // What they were granted goes first: a member without grants is seen for a moment, grants
    // without a member never are.
    TRY(deps.state.of(id.value).write(ctx, [&](ports::Session& session) -> Result<void> {
        TRY(
            session.execute(ports::Sql("DELETE FROM grants WHERE workspace_id = $1 AND "
                                       "subject_kind = 1 AND subject_id = $2",
                                       {id.value, user.value})));
        return {};
    }));
    return deps.state.global().write(ctx, [&](ports::Session& session) -> Result<void> {
        TRY_LET(uuid, uuid_of(session, user));
        TRY(session.execute(
            ports::Sql("DELETE FROM group_members WHERE user_id = $1 AND group_id IN "
                       "(SELECT id FROM groups WHERE workspace_id = $2)",
                       {user.value, id.value})));
        TRY_LET(removed, session.execute(ports::Sql("DELETE FROM workspace_members WHERE "
                                                    "workspace_id = $1 AND user_id = $2",
                                                    {id.value, user.value})));
        if (removed == 0)
            return Failure(Error(Errc::NotFound, "there is no such member").with("user", uuid));
        TRY(check_has_admin(session, id));
        TRY(note_audit(session, deps, workspace.actor(),
                       note_of("member:removed", workspace, uuid, "")));
        return emit(session, deps, event_of("workspace:member_removed", workspace, uuid));
    });
}

Result<Group> create_group(Deps& deps, const exec::Context& ctx, const WorkspaceAdmin& workspace,
                           const std::string& given) {
    TRY_LET(name, check_title(given, "name"));
    std::string slug = text::lower_ascii(name);
    std::ranges::replace(slug, ' ', '-');
    TRY_LET(checked, check_slug(slug, "name"));
    std::optional<Group> made;
    TRY(deps.state.global().write(ctx, [&](ports::Session& session) -> Result<void> {
        TRY_LET(id, next_global_id(session));
        made = Group{{id}, new_uuid(deps.random), checked, name};
        TRY(session.execute(ports::Sql(
            "INSERT INTO groups (id, uuid, workspace_id, slug, name) VALUES ($1, $2, $3, $4, $5)",
            {id, made->uuid, workspace.workspace().id.value, checked, name})));
        return emit(session, deps,
                    {.name = "workspace:group_created",
                     .workspace = workspace.workspace().id,
                     .actor = workspace.actor().user});
    }));
    return std::move(*made);
}

Result<Group> find_group(const Deps& deps, const exec::Context& ctx, const Workspace& workspace,
                         std::string_view slug) {
    std::optional<Group> found;
    TRY(deps.state.global().read(ctx, [&](ports::Session& session) -> Result<void> {
        TRY_LET(group, session.first(ports::Sql("SELECT id, uuid, slug, name FROM groups WHERE "
                                                "workspace_id = $1 AND slug = $2",
                                                {workspace.id.value, text::lower_ascii(slug)}),
                                     group_of));
        found = std::move(group);
        return {};
    }));
    if (!found)
        return Failure(
            Error(Errc::NotFound, "there is no such group").with("group", std::string(slug)));
    return std::move(*found);
}

Result<std::vector<Group>> groups_by_id(const Deps& deps, const exec::Context& ctx,
                                        const std::vector<GroupId>& ids) {
    std::vector<Group> all;
    if (ids.empty()) return all;
    ports::Sql sql("SELECT id, uuid, slug, name FROM groups WHERE id IN (");
    for (std::size_t i = 0; i < ids.size(); ++i) {
        if (i > 0) sql.add(", ");
        sql.bind(ids[i].value);
    }
    sql.add(")");
    TRY(deps.state.global().read(ctx, [&](ports::Session& session) -> Result<void> {
        TRY_LET(found, session.all(sql, group_of));
        all = std::move(found);
        return {};
    }));
    return all;
}

Result<std::vector<Group>> groups_of(const Deps& deps, const exec::Context& ctx,
                                     const WorkspaceRead& workspace) {
    std::vector<Group> all;
    TRY(deps.state.global().read(ctx, [&](ports::Session& session) -> Result<void> {
        TRY_LET(found, session.all(ports::Sql("SELECT id, uuid, slug, name FROM groups WHERE "
                                              "workspace_id = $1 ORDER BY slug",
                                              {workspace.workspace().id.value}),
                                   group_of));
        all = std::move(found);
        return {};
    }));
    return all;
}

Result<void> set_group_member(Deps& deps, const exec::Context& ctx, const WorkspaceAdmin& workspace,
                              GroupId group, UserId user, bool is_in) {
    const WorkspaceId id = workspace.workspace().id;
    return deps.state.global().write(ctx, [&](ports::Session& session) -> Result<void> {
        TRY_LET(uuid, uuid_of(session, user));
        TRY_LET(known, session.first(
                           ports::Sql("SELECT uuid FROM groups WHERE id = $1 AND workspace_id = $2",
                                      {group.value, id.value}),
                           [](const ports::SqlRow& row) { return std::string(row.text(0)); }));
        if (!known)
            return Failure(Error(Errc::NotFound, "there is no such group")
                               .with("group", std::to_string(group.value)));
        TRY_LET(member, session.first(ports::Sql("SELECT 1 FROM workspace_members WHERE "
                                                 "workspace_id = $1 AND user_id = $2",
                                                 {id.value, user.value}),
                                      [](const ports::SqlRow&) { return true; }));
        if (!member)
            return Failure(
                Error(Errc::NotFound, "the user is no member of the workspace").with("user", uuid));
        if (is_in)
            TRY(session.execute(ports::Sql(
                "INSERT INTO group_members (group_id, user_id) SELECT id, $2 FROM groups WHERE "
                "id = $1 AND workspace_id = $3 ON CONFLICT (group_id, user_id) DO NOTHING",
                {group.value, user.value, id.value})));
        else
            TRY(session.execute(ports::Sql(
                "DELETE FROM group_members WHERE user_id = $2 AND group_id IN (SELECT id FROM "
                "groups WHERE id = $1 AND workspace_id = $3)",
                {group.value, user.value, id.value})));
        TRY(note_audit(
            session, deps, workspace.actor(),
            note_of(is_in ? Literal("group_member:set") : Literal("group_member:removed"),
                    workspace, uuid, audited("group", *known))));
        return emit(session, deps, event_of("workspace:group_changed", workspace, uuid));
    });
}

}  // namespace forgehouse::forge
