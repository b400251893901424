#include <fmt/format.h>

#include "api/rest_v2/body.h"
#include "api/rest_v2/collection.h"
#include "api/rest_v2/common.h"
#include "api/rest_v2/tables.h"
#include "forge/branching_model.h"
#include "forge/grants.h"
#include "forge/repository_permissions.h"
#include "net/http_server.h"

namespace forgehouse::api::rest_v2 {
namespace {

using forge::Grantable;
using forge::GroupGrant;
using forge::ProjectAdmin;
using forge::RepoAdmin;
using forge::Role;
using forge::SignedIn;
using forge::SubjectKind;
using forge::UserGrant;
using forge::WorkspaceAdmin;
using forge::WorkspaceVisible;

std::string_view permission_name(Role role) {
    return role == Role::Create ? "create-repo" : name_of(role);
}

/// What is about a repository or a project: its type in answers, its address, and itself.
struct Shown {
    Call& call;
    std::string_view kind;
    std::string address;
    std::function<void(json::Writer&)> object;
};

Shown shown(Call& call, const RepoAdmin& proof) {
    return {call, "repository",
            fmt::format("{}/repositories/{}/{}/permissions-config", call.base(),
                        proof.workspace().slug, proof.repository().slug),
            [&call, &proof](json::Writer& out) {
                repository_condensed(out, links_of(call), proof.workspace(), proof.repository());
            }};
}
Shown shown(Call& call, const ProjectAdmin& proof) {
    return {call, "project",
            fmt::format("{}/workspaces/{}/projects/{}/permissions-config", call.base(),
                        proof.workspace().slug, proof.project().key),
            [&call, &proof](json::Writer& out) {
                project_condensed(out, links_of(call), proof.workspace(), proof.project());
            }};
}

void begin_grant(json::Writer& out, const Shown& in, std::string_view subject, Role role) {
    out.object();
    out.name("type").text(fmt::format("{}_{}_permission", in.kind, subject));
    out.name("permission").text(permission_name(role));
    out.name(in.kind);
    in.object(out);
}

void end_grant(json::Writer& out, const std::string& self) {
    out.name("links").object();
    link(out, "self", self);
    out.end().end();
}

void user_grant(json::Writer& out, const Shown& in, const UserGrant& one) {
    begin_grant(out, in, "user", one.role);
    out.name("user");
    user(out, links_of(in.call), one.user);
    end_grant(out, fmt::format("{}/users/%7B{}%7D", in.address, one.user.uuid));
}

void group_grant(json::Writer& out, const Shown& in, const forge::Workspace& workspace,
                 const GroupGrant& one) {
    begin_grant(out, in, "group", one.role);
    out.name("group");
    group(out, links_of(in.call), workspace, one.group);
    end_grant(out, fmt::format("{}/groups/{}", in.address, one.group.slug));
}

template <class Proof>
Result<Answer> list_users(Call& call, const Proof& proof) {
    TRY_LET(asked, Collection::of(call));
    TRY_LET(all, forge::user_grants(call.services().deps, call.ctx(), proof, asked.listing()));
    const Shown in = shown(call, proof);
    return asked.answer(
        call, all, [&](json::Writer& out, const UserGrant& one) { user_grant(out, in, one); },
        [](const UserGrant& one) { return one.user.id.value; });
}

template <class Proof>
Result<Answer> list_groups(Call& call, const Proof& proof) {
    TRY_LET(asked, Collection::of(call));
    TRY_LET(all, forge::group_grants(call.services().deps, call.ctx(), proof, asked.listing()));
    const Shown in = shown(call, proof);
    return asked.answer(
        call, all,
        [&](json::Writer& out, const GroupGrant& one) {
            group_grant(out, in, proof.workspace(), one);
        },
        [](const GroupGrant& one) { return one.group.id.value; });
}

Result<forge::User> user_in(Call& call) {
    return forge::find_user(call.services().deps, call.ctx(), call.path("selected_user_id"));
}
Result<forge::Group> group_in(Call& call, const forge::Workspace& workspace) {
    return forge::find_group(call.services().deps, call.ctx(), workspace, call.path("group_slug"));
}

/// `permission` of the body.
Result<Role> role_in(Call& call) {
    TRY_LET(document, call.json());
    TRY_LET(text, text_in(document.root(), "permission"));
    const auto role = text ? forge::role_named(*text) : std::nullopt;
    if (role && *role != Role::None) return *role;
    return Failure(Error(Errc::Invalid, "there is no such permission to give")
                       .with("field", "permission")
                       .hint("use read, write or admin, or create-repo of a project; DELETE takes "
                             "it away"));
}

/// A subject without a grant has the permission `none`.
template <class Proof>
Result<Answer> get_user(Call& call, const Proof& proof) {
    TRY_LET(found, user_in(call));
    TRY_LET(role, forge::grant_of(call.services().deps, call.ctx(), proof, SubjectKind::User,
                                  found.id.value));
    return written([&](json::Writer& out) { user_grant(out, shown(call, proof), {found, role}); });
}
template <class Proof>
Result<Answer> put_user(Call& call, const Proof& proof) {
    TRY_LET(found, user_in(call));
    TRY_LET(role, role_in(call));
    TRY(forge::set_grant(call.services().deps, call.ctx(), proof, found, role));
    return written([&](json::Writer& out) { user_grant(out, shown(call, proof), {found, role}); });
}
template <class Proof>
Result<Answer> delete_user(Call& call, const Proof& proof) {
    TRY_LET(found, user_in(call));
    TRY(forge::remove_grant(call.services().deps, call.ctx(), proof, SubjectKind::User,
                            found.id.value));
    return Answer::nothing();
}

template <class Proof>
Result<Answer> get_group(Call& call, const Proof& proof) {
    TRY_LET(found, group_in(call, proof.workspace()));
    TRY_LET(role, forge::grant_of(call.services().deps, call.ctx(), proof, SubjectKind::Group,
                                  found.id.value));
    return written([&](json::Writer& out) {
        group_grant(out, shown(call, proof), proof.workspace(), {found, role});
    });
}
template <class Proof>
Result<Answer> put_group(Call& call, const Proof& proof) {
    TRY_LET(found, group_in(call, proof.workspace()));
    TRY_LET(role, role_in(call));
    TRY(forge::set_grant(call.services().deps, call.ctx(), proof, found, role));
    return written([&](json::Writer& out) {
        group_grant(out, shown(call, proof), proof.workspace(), {found, role});
    });
}
template <class Proof>
Result<Answer> delete_group(Call& call, const Proof& proof) {
    TRY_LET(found, group_in(call, proof.workspace()));
    TRY(forge::remove_grant(call.services().deps, call.ctx(), proof, SubjectKind::Group,
                            found.id.value));
    return Answer::nothing();
}

/// A repository has no role create: who has it in the project may write.
std::string_view repository_permission_name(Role role) {
    return name_of(role == Role::Create ? Role::Write : role);
}

void repository_permission(json::Writer& out, const Call& call, const forge::Workspace& workspace,
                           const forge::Repository& repository, const forge::User& whose,
                           Role role) {
    out.object();
    out.name("type").text("repository_permission");
    out.name("permission").text(repository_permission_name(role));
    out.name("user");
    user(out, links_of(call), whose);
    out.name("repository");
    repository_condensed(out, links_of(call), workspace, repository);
    out.end();
}

/// Pages of this list go on behind a repository and a user.
Result<Answer> list_in_workspace(Call& call, const WorkspaceAdmin& proof) {
    TRY_LET(asked, parse_page(call.query()));
    TRY(check_cursor(asked, "", 2));
    std::optional<forge::PermissionPlace> behind;
    if (asked.behind) {
        const auto number = [&](std::size_t i) {
            const auto* value = std::get_if<std::int64_t>(&asked.behind->values[i].get());
            return value ? *value : 0;
        };
        behind = {{number(0)}, {number(1)}};
    }
    TRY_LET(all, forge::repository_permissions(call.services().deps, call.ctx(), proof, behind,
                                               behind ? 0 : asked.offset(), asked.length + 1));
    PageEnvelope envelope{.size = {}, .page = asked.page, .length = asked.length};
    if (std::ssize(all) > asked.length) {
        all.resize(static_cast<std::size_t>(asked.length));
        const Cursor next{.order = "",
                          .page = asked.page + 1,
                          .values = {all.back().repository.id.value, all.back().user.id.value}};
        TRY_LET(target, split_target(call.request().target));
        envelope.next =
            page_url(call.origin() + std::string(target.first), call.query(), next.token());
    }
    json::Writer out;
    out.array();
    for (const forge::RepositoryPermission& one : all)
        repository_permission(out, call, proof.workspace(), one.repository, one.user, one.role);
    out.end();
    return Answer::json(envelope.json(out.take()));
}

Result<Answer> list_in_repository(Call& call, const RepoAdmin& proof) {
    TRY_LET(asked, Collection::of(call));
    TRY_LET(all, forge::user_grants(call.services().deps, call.ctx(), proof, asked.listing()));
    return asked.answer(
        call, all,
        [&](json::Writer& out, const UserGrant& one) {
            repository_permission(out, call, proof.workspace(), proof.repository(), one.user,
                                  one.role);
        },
        [](const UserGrant& one) { return one.user.id.value; });
}

constexpr QueryField kOwnFields[]{
    {.name = "repository.name", .column = "r.name", .nullable = false},
    {.name = "repository.slug", .column = "r.slug", .nullable = false},
    {.name = "repository.uuid", .kind = FieldKind::Uuid, .column = "r.uuid", .nullable = false},
};

Result<Collection> own_collection(Call& call) {
    TRY_LET(asked, Collection::of(call, kOwnFields));
    if (asked.sort())
        return Failure(Error(Errc::Invalid, "this list cannot be sorted").with("field", "sort"));
    return std::move(asked);
}

Result<Answer> own_page(Call& call, const SignedIn& me, const Collection& asked,
                        std::vector<forge::OwnPermission>& all) {
    TRY_LET(whose, forge::user_by_id(call.services().deps, call.ctx(), me.user()));
    return asked.answer(
        call, all,
        [&](json::Writer& out, const forge::OwnPermission& one) {
            repository_permission(out, call, one.workspace, one.repository, whose, one.role);
        },
        [](const forge::OwnPermission& one) { return one.repository.id.value; });
}

Result<Answer> list_own(Call& call, const SignedIn& me) {
    TRY_LET(asked, own_collection(call));
    TRY_LET(all, forge::own_permissions(call.services().deps, call.ctx(),
                                        call.services().permissions, me, asked.listing()));
    return own_page(call, me, asked, all);
}

Result<Answer> list_own_in_workspace(Call& call, const WorkspaceVisible& proof) {
    TRY_LET(me, call.services().permissions.signed_in(call.actor()));
    TRY_LET(asked, own_collection(call));
    TRY_LET(all, forge::own_permissions(call.services().deps, call.ctx(), proof, asked.listing()));
    return own_page(call, me, asked, all);
}

/// Whether the repository has settings of its own, or those of its project.
Result<Answer> get_override_settings(Call& call, const RepoAdmin& proof) {
    TRY_LET(found, forge::branching_model(call.services().deps, call.ctx(), proof));
    return written([&](json::Writer& out) {
        out.object();
        out.name("type").text("repository_inheritance_state");
        out.name("override_settings").object();
        out.name("default_merge_strategy").flag(true);
        out.name("branching_model").flag(!found.is_of_project && !found.model.is_default);
        out.end().end();
    });
}

Result<Answer> set_override_settings(Call& call, const RepoAdmin& proof) {
    TRY_LET(document, call.json());
    const json::Value root = document.root();
    TRY_LET(own, flag_in(root.find("override_settings").value_or(root), "branching_model"));
    forge::Deps& deps = call.services().deps;
    if (own && *own) {
        TRY_LET(found, forge::branching_model(deps, call.ctx(), proof));
        TRY(forge::set_branching_model(deps, call.ctx(), proof, found.model));
    } else if (own) {
        TRY(forge::inherit_branching_model(deps, call.ctx(), proof));
    }
    return Answer::nothing();
}

using enum Method;
using forge::Scope;

/// A line about who has which permission.
template <auto function>
constexpr Route line(Method method, Literal path, Literal operation, Literal summary,
                     Literal answer = "") {
    return route<function>({.method = method,
                            .path = path,
                            .operation = operation,
                            .tag = "Permissions",
                            .summary = summary,
                            .scope = method == Get   ? Scope::Permission
                                     : method == Put ? Scope::PermissionWrite
                                                     : Scope::PermissionDelete,
                            .answer = answer,
                            .body = method == Put ? Literal("permission_update") : Literal(""),
                            .status = method == Delete ? 204U : 200U});
}

/// A line about what somebody may do in repositories.
template <auto function>
constexpr Route listing(Literal path, Literal operation, Literal summary) {
    return route<function>({.method = Get,
                            .path = path,
                            .operation = operation,
                            .tag = "Permissions",
                            .summary = summary,
                            .scope = Scope::Repository,
                            .answer = "paginated_repository_permission"});
}

constexpr std::array kRoutes{
    line<list_users<RepoAdmin>>(
        Get, "/repositories/{workspace}/{repo_slug}/permissions-config/users",
        "listUserPermissionsOfRepository", "The users that were granted a permission of their own.",
        "paginated_repository_user_permission"),
    line<get_user<RepoAdmin>>(
        Get, "/repositories/{workspace}/{repo_slug}/permissions-config/users/{selected_user_id}",
        "getUserPermissionOfRepository", "What one user was granted.",
        "repository_user_permission"),
    line<put_user<RepoAdmin>>(
        Put, "/repositories/{workspace}/{repo_slug}/permissions-config/users/{selected_user_id}",
        "updateUserPermissionOfRepository", "Grants a permission to a user.",
        "repository_user_permission"),
    line<delete_user<RepoAdmin>>(
        Delete, "/repositories/{workspace}/{repo_slug}/permissions-config/users/{selected_user_id}",
        "deleteUserPermissionOfRepository", "Takes a user's grant away."),
    line<list_groups<RepoAdmin>>(Get,
                                 "/repositories/{workspace}/{repo_slug}/permissions-config/groups",
                                 "listGroupPermissionsOfRepository",
                                 "The groups that were granted a permission of their own.",
                                 "paginated_repository_group_permission"),
    line<get_group<RepoAdmin>>(
        Get, "/repositories/{workspace}/{repo_slug}/permissions-config/groups/{group_slug}",
        "getGroupPermissionOfRepository", "What one group was granted.",
        "repository_group_permission"),
    line<put_group<RepoAdmin>>(
        Put, "/repositories/{workspace}/{repo_slug}/permissions-config/groups/{group_slug}",
        "updateGroupPermissionOfRepository", "Grants a permission to a group.",
        "repository_group_permission"),
    line<delete_group<RepoAdmin>>(
        Delete, "/repositories/{workspace}/{repo_slug}/permissions-config/groups/{group_slug}",
        "deleteGroupPermissionOfRepository", "Takes a group's grant away."),
    line<list_users<ProjectAdmin>>(
        Get, "/workspaces/{workspace}/projects/{project_key}/permissions-config/users",
        "listUserPermissionsOfProject", "The users that were granted a permission of their own.",
        "paginated_project_user_permission"),
    line<get_user<ProjectAdmin>>(Get,
                                 "/workspaces/{workspace}/projects/{project_key}/"
                                 "permissions-config/users/{selected_user_id}",
                                 "getUserPermissionOfProject", "What one user was granted.",
                                 "project_user_permission"),
    line<put_user<ProjectAdmin>>(Put,
                                 "/workspaces/{workspace}/projects/{project_key}/"
                                 "permissions-config/users/{selected_user_id}",
                                 "updateUserPermissionOfProject", "Grants a permission to a user.",
                                 "project_user_permission"),
    line<delete_user<ProjectAdmin>>(Delete,
                                    "/workspaces/{workspace}/projects/{project_key}/"
                                    "permissions-config/users/{selected_user_id}",
                                    "deleteUserPermissionOfProject", "Takes a user's grant away."),
    line<list_groups<ProjectAdmin>>(
        Get, "/workspaces/{workspace}/projects/{project_key}/permissions-config/groups",
        "listGroupPermissionsOfProject", "The groups that were granted a permission of their own.",
        "paginated_project_group_permission"),
    line<get_group<ProjectAdmin>>(
        Get,
        "/workspaces/{workspace}/projects/{project_key}/permissions-config/groups/{group_slug}",
        "getGroupPermissionOfProject", "What one group was granted.", "project_group_permission"),
    line<put_group<ProjectAdmin>>(
        Put,
        "/workspaces/{workspace}/projects/{project_key}/permissions-config/groups/{group_slug}",
        "updateGroupPermissionOfProject", "Grants a permission to a group.",
        "project_group_permission"),
    line<delete_group<ProjectAdmin>>(
        Delete,
        "/workspaces/{workspace}/projects/{project_key}/permissions-config/groups/{group_slug}",
        "deleteGroupPermissionOfProject", "Takes a group's grant away."),
    listing<list_in_workspace>("/workspaces/{workspace}/permissions/repositories",
                               "getRepositoryPermissionsForWorkspace",
                               "What users were granted in the repositories of the workspace."),
    listing<list_in_repository>("/workspaces/{workspace}/permissions/repositories/{repo_slug}",
                                "getRepositoryPermissionsForRepository",
                                "What users were granted in one repository."),
    listing<list_own>("/user/permissions/repositories", "getRepositoryPermissionsForCurrentUser",
                      "The repositories in which the user has a role, and which."),
    listing<list_own_in_workspace>("/user/workspaces/{workspace}/permissions/repositories",
                                   "getRepositoryPermissionsInWorkspaceForCurrentUser",
                                   "The same of one workspace."),
    route<get_override_settings>(
        {.method = Get,
         .path = "/repositories/{workspace}/{repo_slug}/override-settings",
         .operation = "getOverrideSettings",
         .tag = "Repositories",
         .summary = "Whether the repository has settings of its own, or its project's.",
         .scope = Scope::RepositoryAdmin,
         .answer = "repository_inheritance_state"}),
    route<set_override_settings>(
        {.method = Put,
         .path = "/repositories/{workspace}/{repo_slug}/override-settings",
         .operation = "setOverrideSettings",
         .tag = "Repositories",
         .summary = "Gives the repository settings of its own, or its project's.",
         .scope = Scope::RepositoryAdmin,
         .body = "repository_inheritance_state",
         .status = 204}),
};

}  // namespace

std::span<const Route> permission_routes() noexcept {
    return kRoutes;
}

}  // namespace forgehouse::api::rest_v2
