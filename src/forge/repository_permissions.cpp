#include "forge/repository_permissions.h"

#include <algorithm>
#include <iterator>
#include <map>

#include "forge/accounts.h"
#include "forge/records.h"
#include "forge/repositories.h"
#include "forge/visible.h"
#include "forge/workspaces.h"

namespace forgehouse::forge {
namespace {

struct Granted {
    Repository repository;
    UserId user;
    Role role;
};

/// Those of the users that are there.
Result<std::vector<RepositoryPermission>> with_users(const Deps& deps, const exec::Context& ctx,
                                                     std::vector<Granted> granted) {
    std::vector<UserId> ids;
    for (const Granted& one : granted) ids.push_back(one.user);
    std::ranges::sort(ids);
    ids.erase(std::ranges::unique(ids).begin(), ids.end());
    TRY_LET(users, users_by_id(deps, ctx, ids));
    std::vector<RepositoryPermission> all;
    for (Granted& one : granted) {
        const auto found = std::ranges::find(users, one.user, &User::id);
        if (found != users.end()) all.push_back({std::move(one.repository), *found, one.role});
    }
    return all;
}

/// Appends `IN (…)` of one number of each.
template <class Number>
void add_numbers(ports::Sql& sql, const std::vector<Repository>& all, Number number) {
    sql.add(" IN (");
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (i > 0) sql.add(", ");
        sql.bind(number(all[i]));
    }
    sql.add(")");
}

/// The greatest role that grants give the actor, by the kind of the object and its number.
using Roles = std::map<std::pair<std::int64_t, std::int64_t>, Role>;
Result<Roles> granted_roles(const Deps& deps, const exec::Context& ctx,
                            const WorkspaceVisible& proof, const std::vector<Repository>& in) {
    Roles roles;
    if (in.empty() || !proof.actor().user) return roles;
    ports::Sql sql("SELECT g.object_kind, g.object_id, max(g.role) FROM grants g WHERE ");
    sql.add("g.workspace_id = ").bind(proof.workspace().id.value).add(" AND ");
    add_is_subject(sql, proof);
    sql.add(" AND ((g.object_kind = 3 AND g.object_id");
    add_numbers(sql, in, [](const Repository& one) { return one.id.value; });
    sql.add(") OR (g.object_kind = 2 AND g.object_id");
    add_numbers(sql, in, [](const Repository& one) { return one.project.value; });
    sql.add(")) GROUP BY g.object_kind, g.object_id");
    TRY(deps.state.of(proof.workspace().id.value)
            .read(ctx, [&](ports::Session& session) -> Result<void> {
                return session.query(sql, [&](const ports::SqlRow& row) -> Result<void> {
                    roles[{row.integer(0), row.integer(1)}] = role_of(row.integer(2));
                    return {};
                });
            }));
    return roles;
}

}  // namespace

Result<std::vector<RepositoryPermission>> repository_permissions(
    const Deps& deps, const exec::Context& ctx, const WorkspaceAdmin& workspace,
    const std::optional<PermissionPlace>& behind, std::int64_t skip, std::int64_t most) {
    ports::Sql sql("SELECT ");
    sql.add(kRepositoryColumns).add(", g.subject_id, g.role FROM grants g JOIN repositories r ON ");
    sql.add("r.workspace_id = g.workspace_id AND r.id = g.object_id WHERE g.workspace_id = ");
    sql.bind(workspace.workspace().id.value).add(" AND g.object_kind = 3 AND g.subject_kind = 1");
    if (behind) {
        sql.add(" AND (g.object_id, g.subject_id) > (").bind(behind->repository.value).add(", ");
        sql.bind(behind->user.value).add(")");
    }
    sql.add(" ORDER BY g.object_id, g.subject_id LIMIT ").bind(most).add(" OFFSET ").bind(skip);
    std::vector<Granted> granted;
    TRY(deps.state.of(workspace.workspace().id.value)
            .read(ctx, [&](ports::Session& session) -> Result<void> {
                TRY_LET(found, session.all(sql, [](const ports::SqlRow& row) {
                    return Granted{repository_of(row), UserId{row.integer(kRepositoryWidth)},
                                   role_of(row.integer(kRepositoryWidth + 1))};
                }));
                granted = std::move(found);
                return {};
            }));
    return with_users(deps, ctx, std::move(granted));
}

Result<std::vector<OwnPermission>> own_permissions(const Deps& deps, const exec::Context& ctx,
                                                   const WorkspaceVisible& proof,
                                                   const Listing& listing) {
    TRY_LET(found, list_repositories(deps, ctx, proof, listing, Role::Read));
    TRY_LET(roles, granted_roles(deps, ctx, proof, found));
    std::vector<OwnPermission> all;
    for (Repository& one : found) {
        const Role role = std::max(
            {proof.role_within(), roles[{3, one.id.value}], roles[{2, one.project.value}]});
        all.push_back({proof.workspace(), std::move(one), role});
    }
    return all;
}

Result<std::vector<OwnPermission>> own_permissions(const Deps& deps, const exec::Context& ctx,
                                                   const Permissions& permissions,
                                                   const SignedIn& user, const Listing& listing) {
    // Each workspace gives what could be on the page; the page is the first of them all.
    Listing first = listing;
    first.order = {};
    first.skip = 0;
    first.most = listing.skip + listing.most;
    const auto id = [](const OwnPermission& one) { return one.repository.id; };
    std::vector<OwnPermission> all;
    constexpr std::int64_t kAtATime = 100;
    for (std::int64_t skip = 0;; skip += kAtATime) {
        TRY_LET(workspaces, workspaces_of(deps, ctx, user, {.skip = skip, .most = kAtATime}));
        for (const Membership& in : workspaces) {
            TRY_LET(proof, permissions.workspace<Role::None>(ctx, user.actor(),
                                                             "{" + in.workspace.uuid + "}"));
            TRY_LET(some, own_permissions(deps, ctx, proof, first));
            std::ranges::move(some, std::back_inserter(all));
            std::ranges::sort(all, {}, id);
            if (std::ssize(all) > first.most) all.resize(static_cast<std::size_t>(first.most));
        }
        if (std::ssize(workspaces) < kAtATime) break;
    }
    all.erase(all.begin(), all.begin() + std::min(std::ssize(all), listing.skip));
    return all;
}

}  // namespace forgehouse::forge
