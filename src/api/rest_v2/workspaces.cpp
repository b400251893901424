#include "forge/workspaces.h"

#include <fmt/format.h>

#include "api/rest_v2/collection.h"
#include "api/rest_v2/common.h"
#include "api/rest_v2/tables.h"

namespace forgehouse::api::rest_v2 {
namespace {

using forge::Member;
using forge::WorkspaceRead;
using forge::WorkspaceVisible;

Result<Answer> get_workspace(Call& call, const WorkspaceVisible& proof) {
    return written([&](json::Writer& out) { workspace(out, links_of(call), proof.workspace()); });
}

void membership(json::Writer& out, const Call& call, const WorkspaceRead& proof,
                const Member& member, bool with_permission) {
    out.object();
    out.name("type").text("workspace_membership");
    if (with_permission)
        out.name("permission")
            .text(member.role == forge::Role::Admin    ? "owner"
                  : member.role >= forge::Role::Create ? "create-project"
                  : member.role >= forge::Role::Read   ? "collaborator"
                                                       : "member");
    out.name("user");
    user(out, links_of(call), member.user);
    out.name("workspace");
    workspace_condensed(out, links_of(call), proof.workspace());
    out.name("added_on").text(api_time(member.added_on));
    out.name("links").object();
    link(out, "self",
         fmt::format("{}/workspaces/{}/members/%7B{}%7D", call.base(), proof.workspace().slug,
                     member.user.uuid));
    out.end().end();
}

constexpr FieldChoice kPermissions[]{{"member", "0"}, {"collaborator", "1"}, {"owner", "4"}};
constexpr QueryField kMemberFields[]{
    {.name = "user.username", .column = "u.username", .nullable = false},
    {.name = "user.nickname", .column = "u.username", .nullable = false},
    {.name = "user.display_name", .column = "u.display_name", .nullable = false},
    {.name = "user.uuid", .kind = FieldKind::Uuid, .column = "u.uuid", .nullable = false},
    {.name = "permission",
     .kind = FieldKind::Choice,
     .column = "CAST(m.role AS TEXT)",
     .choices = kPermissions,
     .nullable = false},
};

ports::SqlValue member_value(const Member& one, std::string_view field) {
    if (field == "user.uuid") return one.user.uuid;
    if (field == "user.display_name") return one.user.display_name;
    if (field == "permission") return std::to_string(static_cast<int>(one.role));
    return one.user.username;
}

Result<Answer> members_page(Call& call, const WorkspaceRead& proof, bool with_permission) {
    TRY_LET(asked, Collection::of(call, kMemberFields));
    TRY_LET(all, forge::members_of(call.services().deps, call.ctx(), proof, asked.listing()));
    return asked.answer(
        call, all,
        [&](json::Writer& out, const Member& one) {
            membership(out, call, proof, one, with_permission);
        },
        [](const Member& one) { return one.user.id.value; }, member_value);
}

Result<Answer> list_members(Call& call, const WorkspaceRead& proof) {
    return members_page(call, proof, false);
}

Result<Answer> list_permissions(Call& call, const WorkspaceRead& proof) {
    return members_page(call, proof, true);
}

Result<Answer> get_member(Call& call, const WorkspaceRead& proof) {
    TRY_LET(found, forge::member_of(call.services().deps, call.ctx(), proof, call.path("member")));
    return written([&](json::Writer& out) { membership(out, call, proof, found, true); });
}

using enum Method;
using forge::Scope;

constexpr std::array kRoutes{
    route<get_workspace>({.method = Get,
                          .path = "/workspaces/{workspace}",
                          .operation = "getWorkspace",
                          .tag = "Workspaces",
                          .summary = "A workspace, by slug or by uuid in braces.",
                          .scope = Scope::None,
                          .answer = "workspace"}),
    route<list_members>({.method = Get,
                         .path = "/workspaces/{workspace}/members",
                         .operation = "getMembersForWorkspace",
                         .tag = "Workspaces",
                         .summary = "Who is a member of the workspace.",
                         .scope = Scope::Workspace,
                         .answer = "paginated_workspace_membership"}),
    route<get_member>({.method = Get,
                       .path = "/workspaces/{workspace}/members/{member}",
                       .operation = "getMemberForWorkspace",
                       .tag = "Workspaces",
                       .summary = "One member of the workspace.",
                       .scope = Scope::Workspace,
                       .answer = "workspace_membership"}),
    route<list_permissions>({.method = Get,
                             .path = "/workspaces/{workspace}/permissions",
                             .operation = "getPermissionsForWorkspace",
                             .tag = "Workspaces",
                             .summary = "What each member may do in the whole workspace.",
                             .scope = Scope::Workspace,
                             .answer = "paginated_workspace_membership"}),
};

}  // namespace

std::span<const Route> workspace_routes() noexcept {
    return kRoutes;
}

}  // namespace forgehouse::api::rest_v2
