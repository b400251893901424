#include "forge/grants.h"

#include <fmt/format.h>

#include <algorithm>

#include "forge/accounts.h"
#include "forge/audit.h"
#include "forge/outbox.h"
#include "forge/records.h"

namespace forgehouse::forge {
namespace {

struct Found {
    std::int64_t subject;
    Role role;
};

Result<std::vector<Found>> subjects_of(const Deps& deps, const exec::Context& ctx,
                                       const Grantable& object, SubjectKind kind,
                                       const Listing& listing) {
    const std::int64_t workspace = object.workspace().id.value;
    ports::Sql sql("SELECT subject_id, role FROM grants WHERE workspace_id = ");
    sql.bind(workspace).add(" AND object_kind = ").bind(static_cast<int>(object.kind()));
    sql.add(" AND object_id = ").bind(object.id());
    sql.add(" AND subject_kind = ").bind(static_cast<int>(kind));
    add_listing(sql, listing, "subject_id");
    std::vector<Found> all;
    TRY(deps.state.of(workspace).read(ctx, [&](ports::Session& session) -> Result<void> {
        TRY_LET(found, session.all(sql, [](const ports::SqlRow& row) {
            return Found{row.integer(0), role_of(row.integer(1))};
        }));
        all = std::move(found);
        return {};
    }));
    return all;
}

Event event_of(Literal name, const Grantable& object, SubjectKind kind, std::int64_t subject,
               Role role) {
    return {.name = name,
            .workspace = object.workspace().id,
            .repository = object.kind() == ObjectKind::Repository
                              ? std::optional(RepositoryId{object.id()})
                              : std::nullopt,
            .actor = object.actor().user,
            .payload = fmt::format(
                R"({{"object_kind":{},"object":{},"subject_kind":{},"subject":{},"role":"{}"}})",
                static_cast<int>(object.kind()), object.id(), static_cast<int>(kind), subject,
                name_of(role))};
}

AuditNote note_of(Literal action, const Grantable& object, std::string_view subject, Role role) {
    return {.action = action,
            .workspace = object.workspace().id,
            .object = audited(object.kind() == ObjectKind::Project ? "project" : "repository",
                              object.uuid()),
            .detail = fmt::format("{} {}", subject, name_of(role))};
}

/// Errors: Invalid where the object has no such role.
Result<void> check_role(const Grantable& object, Role role) {
    const bool is_create = role == Role::Create && object.kind() == ObjectKind::Repository;
    if (role != Role::None && !is_create) return {};
    return Failure(Error(Errc::Invalid, "the object has no such role")
                       .with("field", "permission")
                       .hint(object.kind() == ObjectKind::Repository
                                 ? "use read, write or admin"
                                 : "use read, write, create-repo or admin"));
}

Result<void> write_grant(Deps& deps, const exec::Context& ctx, const Grantable& object,
                         SubjectKind kind, std::int64_t subject, std::string_view name, Role role) {
    const std::int64_t workspace = object.workspace().id.value;
    return deps.state.of(workspace).write(ctx, [&](ports::Session& session) -> Result<void> {
        TRY(session.execute(ports::Sql(
            "INSERT INTO grants (workspace_id, object_kind, object_id, subject_kind, subject_id, "
            "role) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (workspace_id, object_kind, "
            "object_id, subject_kind, subject_id) DO UPDATE SET role = excluded.role",
            {workspace, static_cast<int>(object.kind()), object.id(), static_cast<int>(kind),
             subject, static_cast<int>(role)})));
        TRY(note_audit(session, deps, object.actor(), note_of("grant:set", object, name, role)));
        return emit(session, deps, event_of("permission:changed", object, kind, subject, role));
    });
}

/// Makes the user a member with no role of its own, where it is none.
Result<void> add_member(Deps& deps, const exec::Context& ctx, const Grantable& object,
                        const User& user) {
    return deps.state.global().write(ctx, [&](ports::Session& session) -> Result<void> {
        TRY_LET(added, session.execute(ports::Sql(
                           "INSERT INTO workspace_members (workspace_id, user_id, role, added_on) "
                           "VALUES ($1, $2, 0, $3) ON CONFLICT (workspace_id, user_id) DO NOTHING",
                           {object.workspace().id.value, user.id.value, deps.clock.now()})));
        if (added == 0) return {};
        TRY(note_audit(session, deps, object.actor(),
                       {.action = "member:set",
                        .workspace = object.workspace().id,
                        .object = audited("user", user.uuid),
                        .detail = "none"}));
        return emit(session, deps,
                    {.name = "workspace:member_changed",
                     .workspace = object.workspace().id,
                     .actor = object.actor().user,
                     .payload = R"({"user":"{)" + user.uuid + R"(}"})"});
    });
}

}  // namespace

Result<std::vector<UserGrant>> user_grants(const Deps& deps, const exec::Context& ctx,
                                           const Grantable& object, const Listing& listing) {
    TRY_LET(found, subjects_of(deps, ctx, object, SubjectKind::User, listing));
    std::vector<UserId> ids;
    for (const Found& one : found) ids.push_back({one.subject});
    TRY_LET(users, users_by_id(deps, ctx, ids));
    std::vector<UserGrant> all;
    for (const Found& one : found)
        for (const User& user : users)
            if (user.id.value == one.subject) all.push_back({user, one.role});
    return all;
}

Result<std::vector<GroupGrant>> group_grants(const Deps& deps, const exec::Context& ctx,
                                             const Grantable& object, const Listing& listing) {
    TRY_LET(found, subjects_of(deps, ctx, object, SubjectKind::Group, listing));
    std::vector<GroupGrant> all;
    TRY(deps.state.global().read(ctx, [&](ports::Session& session) -> Result<void> {
        for (const Found& one : found) {
            TRY_LET(group, session.first(ports::Sql("SELECT id, uuid, slug, name FROM groups WHERE "
                                                    "id = $1",
                                                    {one.subject}),
                                         [](const ports::SqlRow& row) {
                                             return Group{{row.integer(0)},
                                                          std::string(row.text(1)),
                                                          std::string(row.text(2)),
                                                          std::string(row.text(3))};
                                         }));
            if (group) all.push_back({std::move(*group), one.role});
        }
        return {};
    }));
    return all;
}

Result<Role> grant_of(const Deps& deps, const exec::Context& ctx, const Grantable& object,
                      SubjectKind kind, std::int64_t subject) {
    Listing only{.where = [&](ports::Sql& sql, Literal id) {
        sql.add(" AND ").add(id).add(" = ").bind(subject);
    }};
    TRY_LET(found, subjects_of(deps, ctx, object, kind, only));
    return found.empty() ? Role::None : found.front().role;
}

Result<void> set_grant(Deps& deps, const exec::Context& ctx, const Grantable& object,
                       const User& user, Role role) {
    TRY(check_role(object, role));
    TRY(add_member(deps, ctx, object, user));
    return write_grant(deps, ctx, object, SubjectKind::User, user.id.value,
                       audited("user", user.uuid), role);
}

Result<void> set_grant(Deps& deps, const exec::Context& ctx, const Grantable& object,
                       const Group& group, Role role) {
    TRY(check_role(object, role));
    return write_grant(deps, ctx, object, SubjectKind::Group, group.id.value,
                       audited("group", group.uuid), role);
}

Result<void> remove_grant(Deps& deps, const exec::Context& ctx, const Grantable& object,
                          SubjectKind kind, std::int64_t subject) {
    const std::int64_t workspace = object.workspace().id.value;
    return deps.state.of(workspace).write(ctx, [&](ports::Session& session) -> Result<void> {
        TRY_LET(removed, session.execute(ports::Sql(
                             "DELETE FROM grants WHERE workspace_id = $1 AND object_kind = $2 AND "
                             "object_id = $3 AND subject_kind = $4 AND subject_id = $5",
                             {workspace, static_cast<int>(object.kind()), object.id(),
                              static_cast<int>(kind), subject})));
        if (removed == 0) return Failure(Error(Errc::NotFound, "there is no such permission"));
        TRY(note_audit(
            session, deps, object.actor(),
            note_of("grant:removed", object,
                    fmt::format("{} {}", kind == SubjectKind::User ? "user" : "group", subject),
                    Role::None)));
        return emit(session, deps,
                    event_of("permission:removed", object, kind, subject, Role::None));
    });
}

}  // namespace forgehouse::forge
