#include "forge/restrictions.h"

#include <fmt/format.h>

#include <algorithm>

#include "api/rest_v2/body.h"
#include "api/rest_v2/collection.h"
#include "api/rest_v2/common.h"
#include "api/rest_v2/tables.h"
#include "base/text.h"
#include "forge/accounts.h"
#include "forge/workspaces.h"

namespace forgehouse::api::rest_v2 {
namespace {

using forge::RepoAdmin;
using forge::Restriction;

/// Users and groups by their numbers, for all restrictions of an answer.
struct Subjects {
    std::vector<forge::User> users;
    std::vector<forge::Group> groups;
};

Result<Subjects> subjects_of(Call& call, const std::vector<Restriction>& all) {
    std::vector<forge::UserId> users;
    std::vector<forge::GroupId> groups;
    for (const Restriction& one : all) {
        users.insert(users.end(), one.users.begin(), one.users.end());
        groups.insert(groups.end(), one.groups.begin(), one.groups.end());
    }
    std::ranges::sort(users);
    users.erase(std::ranges::unique(users).begin(), users.end());
    std::ranges::sort(groups);
    groups.erase(std::ranges::unique(groups).begin(), groups.end());
    const forge::Deps& deps = call.services().deps;
    TRY_LET(found_users, forge::users_by_id(deps, call.ctx(), users));
    TRY_LET(found_groups, forge::groups_by_id(deps, call.ctx(), groups));
    return Subjects{std::move(found_users), std::move(found_groups)};
}

void restriction(json::Writer& out, const Call& call, const RepoAdmin& proof,
                 const Subjects& subjects, const Restriction& one) {
    out.object();
    out.name("type").text("branchrestriction");
    out.name("id").integer(one.id);
    out.name("kind").text(one.kind);
    out.name("branch_match_kind").text(one.match_kind);
    if (one.match_kind == "branching_model") out.name("branch_type").text(one.branch_type);
    out.name("pattern").text(one.pattern);
    out.name("value");
    if (one.value)
        out.integer(*one.value);
    else
        out.null();
    out.name("users").array();
    for (const forge::UserId id : one.users)
        for (const forge::User& found : subjects.users)
            if (found.id == id) user(out, links_of(call), found);
    out.end();
    out.name("groups").array();
    for (const forge::GroupId id : one.groups)
        for (const forge::Group& found : subjects.groups)
            if (found.id == id) group(out, links_of(call), proof.workspace(), found);
    out.end();
    out.name("links").object();
    link(out, "self",
         fmt::format("{}/repositories/{}/{}/branch-restrictions/{}", call.base(),
                     proof.workspace().slug, proof.repository().slug, one.id));
    out.end().end();
}

Result<Answer> answer(Call& call, const RepoAdmin& proof, const Restriction& one,
                      unsigned status = 200) {
    TRY_LET(subjects, subjects_of(call, {one}));
    return written([&](json::Writer& out) { restriction(out, call, proof, subjects, one); },
                   status);
}

/// The objects of a list in the body; nullopt where it is not there.
Result<std::optional<std::vector<json::Value>>> objects_in(const json::Value& body, Literal name) {
    const auto member = body.find(name.view());
    if (!member) return std::nullopt;
    const auto items = member->items();
    if (items) return *items;
    return Failure(Error(Errc::Invalid, "this member of the body is of another type")
                       .with("field", std::string(name.view()))
                       .hint("it is to be a list of objects"));
}

/// A user of the list, by uuid, account_id or username.
Result<forge::UserId> user_in(Call& call, const json::Value& object) {
    TRY_LET(uuid, text_in(object, "uuid"));
    TRY_LET(account, text_in(object, "account_id"));
    TRY_LET(username, text_in(object, "username"));
    const std::string name = uuid ? *uuid : account ? "{" + *account + "}" : username.value_or("");
    auto found = forge::find_user(call.services().deps, call.ctx(), name);
    if (!found && found.error().code() == Errc::NotFound)
        return Failure(Error(Errc::Invalid, "there is no such user")
                           .with("field", "users")
                           .with("user", name));
    TRY(found);
    return found->id;
}

Result<forge::GroupId> group_in(Call& call, const RepoAdmin& proof, const json::Value& object) {
    TRY_LET(slug, text_in(object, "slug"));
    auto found =
        forge::find_group(call.services().deps, call.ctx(), proof.workspace(), slug.value_or(""));
    if (!found && found.error().code() == Errc::NotFound)
        return Failure(Error(Errc::Invalid, "there is no such group")
                           .with("field", "groups")
                           .with("group", slug.value_or("")));
    TRY(found);
    return found->id;
}

/// Changes what the body names.
Result<void> apply(Call& call, const RepoAdmin& proof, Restriction& made) {
    TRY_LET(document, call.json());
    const json::Value body = document.root();
    TRY_LET(kind, text_in(body, "kind"));
    TRY_LET(match_kind, text_in(body, "branch_match_kind"));
    TRY_LET(branch_type, text_in(body, "branch_type"));
    TRY_LET(pattern, text_in(body, "pattern"));
    TRY_LET(value, integer_in(body, "value"));
    TRY_LET(users, objects_in(body, "users"));
    TRY_LET(groups, objects_in(body, "groups"));
    if (kind) made.kind = *kind;
    if (match_kind) made.match_kind = *match_kind;
    if (branch_type) made.branch_type = *branch_type;
    if (pattern) made.pattern = *pattern;
    if (value) made.value = value;
    if (users) {
        made.users.clear();
        for (const json::Value& object : *users) {
            TRY_LET(id, user_in(call, object));
            made.users.push_back(id);
        }
    }
    if (groups) {
        made.groups.clear();
        for (const json::Value& object : *groups) {
            TRY_LET(id, group_in(call, proof, object));
            made.groups.push_back(id);
        }
    }
    return {};
}

std::int64_t id_in(const Call& call) {
    return text::to_int(call.path("id")).value_or(0);
}

Result<Answer> list_restrictions(Call& call, const RepoAdmin& proof) {
    TRY_LET(asked, Collection::of(call));
    TRY_LET(kind, call.query().one("kind"));
    TRY_LET(pattern, call.query().one("pattern"));
    TRY_LET(all, forge::restrictions_of(call.services().deps, call.ctx(), proof, kind.value_or(""),
                                        pattern.value_or(""), asked.listing()));
    TRY_LET(subjects, subjects_of(call, all));
    return asked.answer(
        call, all,
        [&](json::Writer& out, const Restriction& one) {
            restriction(out, call, proof, subjects, one);
        },
        [](const Restriction& one) { return one.id; });
}

Result<Answer> create_restriction(Call& call, const RepoAdmin& proof) {
    Restriction given;
    TRY(apply(call, proof, given));
    TRY_LET(made, forge::create_restriction(call.services().deps, call.ctx(), proof, given));
    return answer(call, proof, made, 201);
}

Result<Answer> get_restriction(Call& call, const RepoAdmin& proof) {
    TRY_LET(found, forge::find_restriction(call.services().deps, call.ctx(), proof, id_in(call)));
    return answer(call, proof, found);
}

Result<Answer> update_restriction(Call& call, const RepoAdmin& proof) {
    TRY_LET(found, forge::find_restriction(call.services().deps, call.ctx(), proof, id_in(call)));
    TRY(apply(call, proof, found));
    TRY_LET(made, forge::change_restriction(call.services().deps, call.ctx(), proof, found));
    return answer(call, proof, made);
}

Result<Answer> delete_restriction(Call& call, const RepoAdmin& proof) {
    TRY(forge::delete_restriction(call.services().deps, call.ctx(), proof, id_in(call)));
    return Answer::nothing();
}

using enum Method;
using forge::Scope;

constexpr QueryParameter kFilters[]{{"kind", "string", "Only restrictions of this kind."},
                                    {"pattern", "string", "Only those with this very pattern."}};

template <auto function>
constexpr Route line(Method method, Literal path, Literal operation, Literal summary,
                     Literal answer = "", Literal body = "", unsigned status = 200,
                     std::span<const QueryParameter> query = {}) {
    return route<function>({.method = method,
                            .path = path,
                            .operation = operation,
                            .tag = "Branch restrictions",
                            .summary = summary,
                            .scope = Scope::RepositoryAdmin,
                            .answer = answer,
                            .body = body,
                            .status = status,
                            .query = query});
}

constexpr std::array kRoutes{
    line<list_restrictions>(Get, "/repositories/{workspace}/{repo_slug}/branch-restrictions",
                            "listBranchRestrictions", "What pushes and merges must keep to.",
                            "paginated_branchrestriction", "", 200, kFilters),
    line<create_restriction>(Post, "/repositories/{workspace}/{repo_slug}/branch-restrictions",
                             "createBranchRestriction",
                             "Creates a restriction. 409 where the same one is there.",
                             "branchrestriction", "branchrestriction", 201),
    line<get_restriction>(Get, "/repositories/{workspace}/{repo_slug}/branch-restrictions/{id}",
                          "getBranchRestriction", "A restriction.", "branchrestriction"),
    line<update_restriction>(Put, "/repositories/{workspace}/{repo_slug}/branch-restrictions/{id}",
                             "updateBranchRestriction",
                             "Changes what is given, and leaves the rest.", "branchrestriction",
                             "branchrestriction"),
    line<delete_restriction>(Delete,
                             "/repositories/{workspace}/{repo_slug}/branch-restrictions/{id}",
                             "deleteBranchRestriction", "Deletes a restriction.", "", "", 204),
};

}  // namespace

std::span<const Route> restriction_routes() noexcept {
    return kRoutes;
}

}  // namespace forgehouse::api::rest_v2
