#include "forge/reviewers.h"

#include <fmt/format.h>

#include <algorithm>

#include "forge/accounts.h"
#include "forge/outbox.h"

namespace forgehouse::forge {
namespace {

struct Of {
    WorkspaceId workspace;
    ObjectKind kind;
    std::int64_t id;
    std::optional<UserId> actor;

    template <Role least>
    explicit Of(const RepoProof<least>& proof)
        : workspace(proof.workspace().id),
          kind(ObjectKind::Repository),
          id(proof.repository().id.value),
          actor(proof.actor().user) {}
    template <Role least>
    explicit Of(const ProjectProof<least>& proof)
        : workspace(proof.workspace().id),
          kind(ObjectKind::Project),
          id(proof.project().id.value),
          actor(proof.actor().user) {}
};

Result<std::vector<UserId>> ids_of(const Deps& deps, const exec::Context& ctx,
                                   const ports::Sql& sql, WorkspaceId workspace) {
    std::vector<UserId> ids;
    TRY(deps.state.of(workspace.value).read(ctx, [&](ports::Session& session) -> Result<void> {
        TRY_LET(found,
                session.all(sql, [](const ports::SqlRow& row) { return UserId{row.integer(0)}; }));
        ids = std::move(found);
        return {};
    }));
    return ids;
}

Result<std::vector<User>> list(const Deps& deps, const exec::Context& ctx, const Of& of,
                               const Listing& listing) {
    ports::Sql sql("SELECT user_id FROM default_reviewers WHERE workspace_id = ");
    sql.bind(of.workspace.value).add(" AND object_kind = ").bind(static_cast<int>(of.kind));
    sql.add(" AND object_id = ").bind(of.id);
    add_listing(sql, listing, "user_id");
    TRY_LET(ids, ids_of(deps, ctx, sql, of.workspace));
    TRY_LET(users, users_by_id(deps, ctx, ids));
    std::ranges::sort(users, {}, &User::id);
    return std::move(users);
}

Result<User> find(const Deps& deps, const exec::Context& ctx, const Of& of, std::string_view name) {
    TRY_LET(user, find_user(deps, ctx, name));
    Listing only{.where = [&](ports::Sql& sql, Literal id) {
        sql.add(" AND ").add(id).add(" = ").bind(user.id.value);
    }};
    TRY_LET(found, list(deps, ctx, of, only));
    if (found.empty())
        return Failure(Error(Errc::NotFound, "the user is no default reviewer")
                           .with("user", std::string(name)));
    return std::move(found.front());
}

Result<void> change(Deps& deps, const exec::Context& ctx, const Of& of, const User& user,
                    bool is_in) {
    const Literal text =
        is_in ? Literal(
                    "INSERT INTO default_reviewers (workspace_id, object_kind, object_id, "
                    "user_id) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING")
              : Literal(
                    "DELETE FROM default_reviewers WHERE workspace_id = $1 AND object_kind = "
                    "$2 AND object_id = $3 AND user_id = $4");
    return deps.state.of(of.workspace.value)
        .write(ctx, [&](ports::Session& session) -> Result<void> {
            TRY_LET(changed,
                    session.execute(ports::Sql(text, {of.workspace.value, static_cast<int>(of.kind),
                                                      of.id, user.id.value})));
            if (changed == 0 && !is_in)
                return Failure(Error(Errc::NotFound, "the user is no default reviewer")
                                   .with("user", user.username));
            return emit(
                session, deps,
                {.name = "default_reviewers:changed",
                 .workspace = of.workspace,
                 .repository = of.kind == ObjectKind::Repository
                                   ? std::optional(RepositoryId{of.id})
                                   : std::nullopt,
                 .actor = of.actor,
                 .payload = fmt::format(R"({{"user":"{{{}}}","is_in":{}}})", user.uuid, is_in)});
        });
}

Actor as_actor(const User& user) {
    return {.user = user.id,
            .name = user.username,
            .uuid = user.uuid,
            .is_admin = user.is_admin,
            .token = {},
            .binding = {},
            .scopes = {},
            .address = {}};
}

Failure cannot_read(const User& user) {
    return Failure(Error(Errc::Invalid, "the user may not read this")
                       .with("user", user.username)
                       .hint("grant read access first"));
}

}  // namespace

Result<std::vector<User>> default_reviewers(const Deps& deps, const exec::Context& ctx,
                                            const RepoRead& repository, const Listing& listing) {
    return list(deps, ctx, Of(repository), listing);
}
Result<std::vector<User>> default_reviewers(const Deps& deps, const exec::Context& ctx,
                                            const ProjectRead& project, const Listing& listing) {
    return list(deps, ctx, Of(project), listing);
}
Result<User> default_reviewer(const Deps& deps, const exec::Context& ctx,
                              const RepoRead& repository, std::string_view user) {
    return find(deps, ctx, Of(repository), user);
}
Result<User> default_reviewer(const Deps& deps, const exec::Context& ctx,
                              const ProjectRead& project, std::string_view user) {
    return find(deps, ctx, Of(project), user);
}

Result<std::vector<EffectiveReviewer>> effective_reviewers(const Deps& deps,
                                                           const exec::Context& ctx,
                                                           const RepoRead& proof,
                                                           const Listing& listing) {
    ports::Sql sql("SELECT user_id, max(object_kind) FROM default_reviewers WHERE workspace_id = ");
    sql.bind(proof.workspace().id.value).add(" AND ((object_kind = 3 AND object_id = ");
    sql.bind(proof.repository().id.value).add(") OR (object_kind = 2 AND object_id = ");
    sql.bind(proof.repository().project.value).add("))");
    if (listing.where) listing.where(sql, "user_id");
    sql.add(" GROUP BY user_id ORDER BY user_id LIMIT ").bind(listing.most);
    sql.add(" OFFSET ").bind(listing.skip);
    std::vector<std::pair<UserId, bool>> found;
    TRY(deps.state.of(proof.workspace().id.value)
            .read(ctx, [&](ports::Session& session) -> Result<void> {
                TRY_LET(rows, session.all(sql, [](const ports::SqlRow& row) {
                    return std::pair(UserId{row.integer(0)}, row.integer(1) == 2);
                }));
                found = std::move(rows);
                return {};
            }));
    std::vector<UserId> ids;
    for (const auto& [id, of_project] : found) ids.push_back(id);
    TRY_LET(users, users_by_id(deps, ctx, ids));
    std::vector<EffectiveReviewer> all;
    for (const auto& [id, of_project] : found)
        for (const User& user : users)
            if (user.id == id) all.push_back({user, of_project});
    return all;
}

Result<void> add_default_reviewer(Deps& deps, const exec::Context& ctx, const RepoAdmin& repository,
                                  const User& user) {
    TRY_LET(role,
            Permissions(deps.state)
                .role_in(ctx, as_actor(user), repository.workspace(), repository.repository()));
    if (role < Role::Read || !user.is_active) return cannot_read(user);
    return change(deps, ctx, Of(repository), user, true);
}
Result<void> add_default_reviewer(Deps& deps, const exec::Context& ctx, const ProjectAdmin& project,
                                  const User& user) {
    const auto seen = Permissions(deps.state)
                          .project<Role::Read>(ctx, as_actor(user), project.workspace().slug,
                                               project.project().key);
    if (!seen && seen.error().code() != Errc::NotFound && seen.error().code() != Errc::Denied)
        return Failure(seen.error());
    if (!seen || !user.is_active) return cannot_read(user);
    return change(deps, ctx, Of(project), user, true);
}
Result<void> remove_default_reviewer(Deps& deps, const exec::Context& ctx,
                                     const RepoAdmin& repository, const User& user) {
    return change(deps, ctx, Of(repository), user, false);
}
Result<void> remove_default_reviewer(Deps& deps, const exec::Context& ctx,
                                     const ProjectAdmin& project, const User& user) {
    return change(deps, ctx, Of(project), user, false);
}

}  // namespace forgehouse::forge
