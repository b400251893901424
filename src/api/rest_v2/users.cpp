#include <fmt/format.h>

#include "api/rest_v2/collection.h"
#include "api/rest_v2/common.h"
#include "api/rest_v2/tables.h"
#include "forge/accounts.h"
#include "forge/repositories.h"

namespace forgehouse::api::rest_v2 {
namespace {

using forge::Anybody;
using forge::SignedIn;
using forge::Workspace;

Result<Answer> get_user(Call& call, const SignedIn& proof) {
    TRY_LET(found, forge::user_by_id(call.services().deps, call.ctx(), proof.user()));
    return written([&](json::Writer& out) { user(out, links_of(call), found); });
}

Result<Answer> get_selected_user(Call& call, const Anybody&) {
    TRY_LET(found, forge::find_user(call.services().deps, call.ctx(), call.path("selected_user")));
    return written([&](json::Writer& out) { user(out, links_of(call), found); });
}

void email(json::Writer& out, const Call& call, const forge::Email& one) {
    out.object();
    out.name("type").text("email");
    out.name("email").text(one.email);
    out.name("is_primary").flag(one.is_primary);
    out.name("is_confirmed").flag(one.is_confirmed);
    out.name("links").object();
    link(out, "self", fmt::format("{}/user/emails/{}", call.base(), percent_encoded(one.email)));
    out.end().end();
}

Result<Answer> list_emails(Call& call, const SignedIn& proof) {
    TRY_LET(asked, Collection::of(call));
    TRY_LET(all, forge::emails_of(call.services().deps, call.ctx(), proof));
    return asked.answer(
        call, all, [&](json::Writer& out, const forge::Email& one) { email(out, call, one); },
        [](const forge::Email&) { return 0; });
}

Result<Answer> get_email(Call& call, const SignedIn& proof) {
    TRY_LET(all, forge::emails_of(call.services().deps, call.ctx(), proof));
    for (const forge::Email& one : all)
        if (one.email == call.path("email"))
            return written([&](json::Writer& out) { email(out, call, one); });
    return Failure(
        Error(Errc::NotFound, "this is no address of the user").with("object", call.path("email")));
}

std::string_view permission_name(forge::Role role) {
    return role == forge::Role::Admin    ? "owner"
           : role >= forge::Role::Create ? "create-project"
           : role >= forge::Role::Read   ? "collaborator"
                                         : "member";
}

constexpr QueryField kWorkspaceFields[]{
    {.name = "slug", .column = "w.slug", .nullable = false},
    {.name = "name", .column = "w.name", .nullable = false},
    {.name = "uuid", .kind = FieldKind::Uuid, .column = "w.uuid", .nullable = false},
    {.name = "created_on", .kind = FieldKind::Time, .column = "w.created_on", .nullable = false},
    {.name = "updated_on", .kind = FieldKind::Time, .column = "w.updated_on", .nullable = false},
    {.name = "workspace.slug", .column = "w.slug", .nullable = false},
};

ports::SqlValue workspace_value(const forge::Membership& one, std::string_view field) {
    if (field == "slug" || field == "workspace.slug") return one.workspace.slug;
    if (field == "name") return one.workspace.name;
    if (field == "uuid") return one.workspace.uuid;
    return field == "created_on" ? one.workspace.created_on : one.workspace.updated_on;
}

/// The pages of the user's workspaces, each written by `render`.
template <class Render>
Result<Answer> memberships(Call& call, const SignedIn& proof, Render render) {
    TRY_LET(asked, Collection::of(call, kWorkspaceFields));
    TRY_LET(all, forge::workspaces_of(call.services().deps, call.ctx(), proof, asked.listing()));
    return asked.answer(
        call, all, render, [](const forge::Membership& one) { return one.workspace.id.value; },
        workspace_value);
}

Result<Answer> list_workspaces(Call& call, const SignedIn& proof) {
    return memberships(call, proof, [&](json::Writer& out, const forge::Membership& one) {
        workspace(out, links_of(call), one.workspace);
    });
}

Result<Answer> list_user_workspaces(Call& call, const SignedIn& proof) {
    return memberships(call, proof, [&](json::Writer& out, const forge::Membership& one) {
        out.object();
        out.name("type").text("workspace_access");
        out.name("administrator").flag(one.role == forge::Role::Admin);
        out.name("workspace");
        workspace_condensed(out, links_of(call), one.workspace);
        out.end();
    });
}

Result<Answer> list_workspace_permissions(Call& call, const SignedIn& proof) {
    TRY_LET(me, forge::user_by_id(call.services().deps, call.ctx(), proof.user()));
    return memberships(call, proof, [&](json::Writer& out, const forge::Membership& one) {
        out.object();
        out.name("type").text("workspace_membership");
        out.name("permission").text(permission_name(one.role));
        out.name("user");
        user(out, links_of(call), me);
        out.name("workspace");
        workspace_condensed(out, links_of(call), one.workspace);
        out.end();
    });
}

using enum Method;
using forge::Scope;

constexpr std::array kRoutes{
    route<get_user>({.method = Get,
                     .path = "/user",
                     .operation = "getCurrentUser",
                     .tag = "Users",
                     .summary = "The user who asks.",
                     .scope = Scope::Account,
                     .answer = "user"}),
    route<list_emails>({.method = Get,
                        .path = "/user/emails",
                        .operation = "listEmails",
                        .tag = "Users",
                        .summary = "The addresses of the user who asks.",
                        .scope = Scope::Email,
                        .answer = "paginated_email"}),
    route<get_email>({.method = Get,
                      .path = "/user/emails/{email}",
                      .operation = "getEmail",
                      .tag = "Users",
                      .summary = "One of the user's addresses.",
                      .scope = Scope::Email,
                      .answer = "email"}),
    route<list_user_workspaces>({.method = Get,
                                 .path = "/user/workspaces",
                                 .operation = "listUserWorkspaces",
                                 .tag = "Workspaces",
                                 .summary = "The workspaces that the user is a member of.",
                                 .scope = Scope::Workspace,
                                 .answer = "paginated_workspace_access"}),
    route<list_workspace_permissions>({.method = Get,
                                       .path = "/user/permissions/workspaces",
                                       .operation = "getWorkspacePermissionsForCurrentUser",
                                       .tag = "Workspaces",
                                       .summary = "What the user may do in each workspace.",
                                       .scope = Scope::Workspace,
                                       .answer = "paginated_workspace_membership"}),
    route<get_selected_user>({.method = Get,
                              .path = "/users/{selected_user}",
                              .operation = "getUser",
                              .tag = "Users",
                              .summary = "A user, by username or by uuid in braces.",
                              .scope = Scope::None,
                              .answer = "user"}),
    route<list_workspaces>({.method = Get,
                            .path = "/workspaces",
                            .operation = "getWorkspaces",
                            .tag = "Workspaces",
                            .summary = "The workspaces that the user is a member of.",
                            .scope = Scope::Workspace,
                            .answer = "paginated_workspace"}),
};

}  // namespace

std::span<const Route> user_routes() noexcept {
    return kRoutes;
}

}  // namespace forgehouse::api::rest_v2
