#include "forge/reviewers.h"

#include "api/rest_v2/collection.h"
#include "api/rest_v2/common.h"
#include "api/rest_v2/tables.h"
#include "forge/accounts.h"

namespace forgehouse::api::rest_v2 {
namespace {

using forge::ProjectAdmin;
using forge::ProjectRead;
using forge::RepoAdmin;
using forge::RepoRead;
using forge::User;

Answer answer(Call& call, const User& one) {
    return written([&](json::Writer& out) { user(out, links_of(call), one); });
}

void reviewer(json::Writer& out, const Call& call, const User& one, bool is_of_project) {
    out.object();
    out.name("type").text("default_reviewer");
    out.name("reviewer_type").text(is_of_project ? "project" : "repository");
    out.name("user");
    user(out, links_of(call), one);
    out.end();
}

Result<Answer> list_of_repository(Call& call, const RepoRead& proof) {
    TRY_LET(asked, Collection::of(call));
    TRY_LET(all,
            forge::default_reviewers(call.services().deps, call.ctx(), proof, asked.listing()));
    return asked.answer(
        call, all, [&](json::Writer& out, const User& one) { user(out, links_of(call), one); },
        [](const User& one) { return one.id.value; });
}

Result<Answer> list_effective(Call& call, const RepoRead& proof) {
    TRY_LET(asked, Collection::of(call));
    TRY_LET(all,
            forge::effective_reviewers(call.services().deps, call.ctx(), proof, asked.listing()));
    return asked.answer(
        call, all,
        [&](json::Writer& out, const forge::EffectiveReviewer& one) {
            reviewer(out, call, one.user, one.is_of_project);
        },
        [](const forge::EffectiveReviewer& one) { return one.user.id.value; });
}

Result<Answer> list_of_project(Call& call, const ProjectAdmin& proof) {
    TRY_LET(asked, Collection::of(call));
    TRY_LET(all,
            forge::default_reviewers(call.services().deps, call.ctx(), proof, asked.listing()));
    return asked.answer(
        call, all, [&](json::Writer& out, const User& one) { reviewer(out, call, one, true); },
        [](const User& one) { return one.id.value; });
}

/// The operations on one of them, by the variable that names it.
template <class Proof>
std::string_view variable() {
    if constexpr (std::is_same_v<Proof, ProjectAdmin>)
        return "selected_user";
    else
        return "target_username";
}

template <class Proof>
Result<Answer> get_reviewer(Call& call, const Proof& proof) {
    TRY_LET(found, forge::default_reviewer(call.services().deps, call.ctx(), proof,
                                           call.path(variable<Proof>())));
    return answer(call, found);
}

template <class Proof>
Result<Answer> add_reviewer(Call& call, const Proof& proof) {
    TRY_LET(found,
            forge::find_user(call.services().deps, call.ctx(), call.path(variable<Proof>())));
    TRY(forge::add_default_reviewer(call.services().deps, call.ctx(), proof, found));
    return answer(call, found);
}

template <class Proof>
Result<Answer> remove_reviewer(Call& call, const Proof& proof) {
    TRY_LET(found,
            forge::find_user(call.services().deps, call.ctx(), call.path(variable<Proof>())));
    TRY(forge::remove_default_reviewer(call.services().deps, call.ctx(), proof, found));
    return Answer::nothing();
}

using enum Method;
using forge::Scope;

template <auto function>
constexpr Route line(Method method, Literal path, Literal operation, Literal summary, Scope scope,
                     Literal answer = "", unsigned status = 200) {
    return route<function>({.method = method,
                            .path = path,
                            .operation = operation,
                            .tag = "Pull requests",
                            .summary = summary,
                            .scope = scope,
                            .answer = answer,
                            .status = status});
}

constexpr std::array kRoutes{
    line<list_of_repository>(Get, "/repositories/{workspace}/{repo_slug}/default-reviewers",
                             "listDefaultReviewers",
                             "Who is asked to review each new pull request of the repository.",
                             Scope::PullRequest, "paginated_account"),
    line<get_reviewer<RepoRead>>(
        Get, "/repositories/{workspace}/{repo_slug}/default-reviewers/{target_username}",
        "getDefaultReviewer", "One of them; 404 for who is none.", Scope::PullRequest, "account"),
    line<add_reviewer<RepoAdmin>>(
        Put, "/repositories/{workspace}/{repo_slug}/default-reviewers/{target_username}",
        "addDefaultReviewer", "Adds a user, who has to be able to read the repository.",
        Scope::RepositoryAdmin, "account"),
    line<remove_reviewer<RepoAdmin>>(
        Delete, "/repositories/{workspace}/{repo_slug}/default-reviewers/{target_username}",
        "deleteDefaultReviewer", "Removes a user.", Scope::RepositoryAdmin, "", 204),
    line<list_effective>(Get, "/repositories/{workspace}/{repo_slug}/effective-default-reviewers",
                         "listEffectiveDefaultReviewers", "The same, with those of the project.",
                         Scope::PullRequest, "paginated_default_reviewer_and_type"),
    line<list_of_project>(Get, "/workspaces/{workspace}/projects/{project_key}/default-reviewers",
                          "listProjectDefaultReviewers",
                          "Who is asked to review each new pull request in the project.",
                          Scope::ProjectAdmin, "paginated_default_reviewer_and_type"),
    line<get_reviewer<ProjectAdmin>>(
        Get, "/workspaces/{workspace}/projects/{project_key}/default-reviewers/{selected_user}",
        "getProjectDefaultReviewer", "One of them; 404 for who is none.", Scope::ProjectAdmin,
        "user"),
    line<add_reviewer<ProjectAdmin>>(
        Put, "/workspaces/{workspace}/projects/{project_key}/default-reviewers/{selected_user}",
        "addProjectDefaultReviewer", "Adds a user, who has to be able to read the project.",
        Scope::ProjectAdmin, "user"),
    line<remove_reviewer<ProjectAdmin>>(
        Delete, "/workspaces/{workspace}/projects/{project_key}/default-reviewers/{selected_user}",
        "deleteProjectDefaultReviewer", "Removes a user.", Scope::ProjectAdmin, "", 204),
};

}  // namespace

std::span<const Route> reviewer_routes() noexcept {
    return kRoutes;
}

}  // namespace forgehouse::api::rest_v2
