#include "forge/repositories.h"

#include <map>

#include "api/rest_v2/body.h"
#include "api/rest_v2/collection.h"
#include "api/rest_v2/common.h"
#include "api/rest_v2/tables.h"
#include "base/log.h"
#include "forge/downloads.h"
#include "forge/names.h"
#include "forge/projects.h"
#include "forge/workspaces.h"
#include "git/hosted/served_repository.h"

namespace forgehouse::api::rest_v2 {
namespace {

using forge::Anybody;
using forge::ProjectCreate;
using forge::RepoAdmin;
using forge::RepoRead;
using forge::Repository;
using forge::RepositoryChange;
using forge::Role;
using forge::SignedIn;
using forge::WorkspaceVisible;

constexpr QueryField kFields[]{
    {.name = "name", .column = "r.name", .nullable = false},
    {.name = "slug", .column = "r.slug", .nullable = false},
    {.name = "uuid", .kind = FieldKind::Uuid, .column = "r.uuid", .nullable = false},
    {.name = "description", .column = "r.description", .nullable = false},
    {.name = "language", .column = "r.language", .nullable = false},
    {.name = "is_private", .kind = FieldKind::Flag, .column = "r.is_private", .nullable = false},
    {.name = "has_issues", .kind = FieldKind::Flag, .column = "r.has_issues", .nullable = false},
    {.name = "has_wiki", .kind = FieldKind::Flag, .column = "r.has_wiki", .nullable = false},
    {.name = "size", .kind = FieldKind::Integer, .column = "r.size", .nullable = false},
    {.name = "fork_policy", .column = "r.fork_policy", .nullable = false},
    {.name = "mainbranch.name", .column = "r.main_branch", .nullable = false},
    {.name = "project.key",
     .column = "(SELECT p.key FROM projects p WHERE p.workspace_id = r.workspace_id AND p.id = "
               "r.project_id)"},
    {.name = "project.name",
     .column = "(SELECT p.name FROM projects p WHERE p.workspace_id = r.workspace_id AND p.id = "
               "r.project_id)"},
    {.name = "parent", .kind = FieldKind::Integer, .column = "r.parent_id"},
    {.name = "created_on", .kind = FieldKind::Time, .column = "r.created_on", .nullable = false},
    {.name = "updated_on", .kind = FieldKind::Time, .column = "r.updated_on", .nullable = false},
};

ports::SqlValue value_of(const Repository& one, std::string_view field) {
    if (field == "name") return one.name;
    if (field == "slug") return one.slug;
    if (field == "uuid") return one.uuid;
    if (field == "description") return one.description;
    if (field == "language") return one.language;
    if (field == "is_private") return one.is_private;
    if (field == "has_issues") return one.has_issues;
    if (field == "has_wiki") return one.has_wiki;
    if (field == "size") return one.size;
    if (field == "fork_policy") return one.fork_policy;
    if (field == "mainbranch.name") return one.main_branch;
    if (field == "created_on") return one.created_on;
    if (field == "updated_on") return one.updated_on;
    return std::nullopt;
}

/// Fields whose values stand in another table are filtered by, not sorted.
Result<Collection> collection_of(Call& call) {
    TRY_LET(asked, Collection::of(call, kFields));
    if (asked.sort() && (asked.sort()->field().name.starts_with("project.") ||
                         asked.sort()->field().name == "parent"))
        return Failure(Error(Errc::Invalid, "a list cannot be sorted by this field")
                           .with("field", std::string(asked.sort()->field().name)));
    return std::move(asked);
}

/// Writes repositories of one page: what many of them are in is looked up once.
class PageWriter {
public:
    PageWriter(Call& call, const forge::Workspace* in) : call_(call), in_(in) {}

    Result<void> write(json::Writer& out, const Repository& one) {
        TRY_LET(workspace, workspace_of(one));
        TRY_LET(project, project_of(one));
        return write_repository(call_, out, *workspace, *project, one);
    }

private:
    Result<const forge::Workspace*> workspace_of(const Repository& one) {
        if (in_) return in_;
        auto found = workspaces_.find(one.workspace.value);
        if (found == workspaces_.end()) {
            TRY_LET(read,
                    forge::workspace_by_id(call_.services().deps, call_.ctx(), one.workspace));
            found = workspaces_.emplace(one.workspace.value, std::move(read)).first;
        }
        return &found->second;
    }
    Result<const forge::Project*> project_of(const Repository& one) {
        auto found = projects_.find(one.project.value);
        if (found == projects_.end()) {
            TRY_LET(read, forge::project_by_id(call_.services().deps, call_.ctx(), one.workspace,
                                               one.project));
            found = projects_.emplace(one.project.value, std::move(read)).first;
        }
        return &found->second;
    }

    Call& call_;
    const forge::Workspace* in_;
    std::map<std::int64_t, forge::Workspace> workspaces_;
    std::map<std::int64_t, forge::Project> projects_;
};

/// The page, each repository whole; `in`: the workspace of all of them, where it is one.
Result<Answer> page_of(Call& call, const Collection& asked, std::vector<Repository>& all,
                       const forge::Workspace* in) {
    PageWriter writer(call, in);
    std::optional<Error> failed;
    Answer made = asked.answer(
        call, all,
        [&](json::Writer& out, const Repository& one) {
            const Result<void> done = writer.write(out, one);
            if (!done) {
                failed = done.error();
                out.null();
            }
        },
        [](const Repository& one) { return one.id.value; }, value_of);
    if (failed) return Failure(std::move(*failed));
    return made;
}

/// `role=`: only repositories in which the user has that role at least, which an owner, an admin,
/// a contributor (write) and a member (read) have.
Result<std::optional<Role>> role_in(const Call& call) {
    TRY_LET(text, call.query().one("role"));
    if (!text) return std::nullopt;
    if (*text == "owner" || *text == "admin") return Role::Admin;
    if (*text == "contributor") return Role::Write;
    if (*text == "member") return Role::Read;
    return Failure(Error(Errc::Invalid, "there is no such role")
                       .with("field", "role")
                       .hint("use owner, admin, contributor or member"));
}

Result<Answer> list_public(Call& call, const Anybody&) {
    TRY_LET(asked, collection_of(call));
    TRY_LET(all,
            forge::list_public_repositories(call.services().deps, call.ctx(), asked.listing()));
    return page_of(call, asked, all, nullptr);
}

Result<Answer> list_in_workspace(Call& call, const WorkspaceVisible& proof) {
    TRY_LET(asked, collection_of(call));
    TRY_LET(role, role_in(call));
    TRY_LET(all, forge::list_repositories(call.services().deps, call.ctx(), proof, asked.listing(),
                                          role.value_or(Role::None)));
    return page_of(call, asked, all, &proof.workspace());
}

Result<RepositoryChange> change_in(const json::Value& body) {
    RepositoryChange change;
    TRY_LET(name, text_in(body, "name"));
    TRY_LET(description, text_in(body, "description"));
    TRY_LET(website, text_in(body, "website"));
    TRY_LET(language, text_in(body, "language"));
    TRY_LET(is_private, flag_in(body, "is_private"));
    TRY_LET(fork_policy, text_in(body, "fork_policy"));
    TRY_LET(has_issues, flag_in(body, "has_issues"));
    TRY_LET(has_wiki, flag_in(body, "has_wiki"));
    TRY_LET(main_branch, text_in(body, "mainbranch", "name"));
    TRY_LET(object_format, text_in(body, "object_format"));
    TRY_LET(scm, text_in(body, "scm"));
    if (scm && *scm != "git")
        return Failure(Error(Errc::Invalid, "this is no version control system of ours")
                           .with("field", "scm")
                           .hint("it is git"));
    return RepositoryChange{.slug = {},
                            .name = std::move(name),
                            .description = std::move(description),
                            .website = std::move(website),
                            .language = std::move(language),
                            .is_private = is_private,
                            .fork_policy = std::move(fork_policy),
                            .has_issues = has_issues,
                            .has_wiki = has_wiki,
                            .main_branch = std::move(main_branch),
                            .object_format = std::move(object_format)};
}

/// The project that the body names, or where repositories go that name none.
Result<ProjectCreate> project_in(Call& call, const json::Value& body,
                                 const WorkspaceVisible& workspace) {
    TRY_LET(key, text_in(body, "project", "key"));
    TRY_LET(uuid, text_in(body, "project", "uuid"));
    std::string name = key ? *key : uuid.value_or("");
    if (name.empty()) {
        TRY_LET(usual, forge::default_project_key(call.services().deps, call.ctx(), workspace));
        name = std::move(usual);
    }
    return call.services().permissions.project<Role::Create>(call.ctx(), call.actor(),
                                                             workspace.workspace().slug, name);
}

Result<Answer> whole(Call& call, const forge::Workspace& workspace, const Repository& made,
                     unsigned status = 200) {
    json::Writer out;
    TRY(write_repository(call, out, workspace, made));
    return Answer::json(out.take(), status);
}

/// A body is no must.
Result<json::Document> body_or_nothing(Call& call) {
    TRY_LET(text, call.body());
    auto document = json::Document::parse(text.empty() ? "{}" : text);
    if (!document || document->root().kind() != json::Kind::Object)
        return Failure(Error(Errc::Invalid, "the body is no JSON object"));
    return std::move(*document);
}

Result<Answer> create_in(Call& call, const WorkspaceVisible& proof) {
    TRY_LET(document, body_or_nothing(call));
    TRY_LET(change, change_in(document.root()));
    change.slug = call.path("repo_slug");
    TRY_LET(project, project_in(call, document.root(), proof));
    TRY_LET(made, forge::create_repository(call.services().deps, call.ctx(), project, change));
    return whole(call, proof.workspace(), made, 201);
}

Result<Answer> get_repository(Call& call, const RepoRead& proof) {
    return whole(call, proof.workspace(), proof.repository());
}

/// Changes one that is there, and creates one that is not.
Result<Answer> put_repository(Call& call, const WorkspaceVisible& in) {
    const forge::Permissions& permissions = call.services().permissions;
    auto proof = permissions.repository<Role::Admin>(call.ctx(), call.actor(), in.workspace().slug,
                                                     call.path("repo_slug"));
    if (!proof && proof.error().code() == Errc::NotFound) return create_in(call, in);
    TRY(proof);
    TRY_LET(document, call.json());
    TRY_LET(change, change_in(document.root()));
    // A new name renames it, as it does at Bitbucket.
    if (change.name && *change.name != proof->repository().name)
        change.slug = forge::slug_of(*change.name);
    TRY_LET(key, text_in(document.root(), "project", "key"));
    std::optional<ProjectCreate> move;
    if (key) {
        TRY_LET(target, permissions.project<Role::Create>(call.ctx(), call.actor(),
                                                          in.workspace().slug, *key));
        move = std::move(target);
    }
    TRY_LET(made, forge::change_repository(call.services().deps, call.ctx(), *proof, change,
                                           move ? &*move : nullptr));
    return whole(call, in.workspace(), made);
}

Result<Answer> delete_repository(Call& call, const RepoAdmin& proof) {
    call.services().repositories.close(
        forge::folder_of(call.services().deps, proof.repository()).string());
    TRY(forge::delete_repository(call.services().deps, call.ctx(), proof));
    // It is gone; files that are left are of no use to anybody.
    if (const auto removed = forge::remove_downloads(call.services().downloads, proof.repository());
        !removed)
        log::warn("api", "files of a deleted repository are left",
                  {{"repository", proof.repository().uuid}, {"why", removed.error().describe()}});
    return Answer::nothing();
}

Result<Answer> list_forks(Call& call, const RepoRead& proof) {
    TRY_LET(asked, collection_of(call));
    TRY_LET(all, forge::forks_of(call.services().deps, call.ctx(), proof, asked.listing()));
    return page_of(call, asked, all, nullptr);
}

Result<Answer> create_fork(Call& call, const RepoRead& proof) {
    TRY(call.services().permissions.signed_in(call.actor()));
    TRY_LET(document, body_or_nothing(call));
    const json::Value body = document.root();
    TRY_LET(change, change_in(body));
    TRY_LET(slug, text_in(body, "workspace", "slug"));
    // Without one it goes to the workspace that has the user's own name.
    const std::string target = slug ? *slug : call.actor().name;
    TRY_LET(workspace,
            call.services().permissions.workspace<Role::None>(call.ctx(), call.actor(), target));
    if (change.name) change.slug = forge::slug_of(*change.name);
    TRY_LET(project, project_in(call, body, workspace));
    TRY_LET(made, forge::fork_repository(call.services().deps, call.ctx(), proof, project, change));
    return whole(call, workspace.workspace(), made, 201);
}

Result<Answer> list_watchers(Call& call, const RepoRead& proof) {
    TRY_LET(asked, Collection::of(call));
    TRY_LET(all, forge::watchers_of(call.services().deps, call.ctx(), proof, asked.listing()));
    return asked.answer(
        call, all,
        [&](json::Writer& out, const forge::User& one) { user(out, links_of(call), one); },
        [](const forge::User& one) { return one.id.value; });
}

Result<Answer> set_watching(Call& call, const RepoRead& proof, bool is_watching) {
    TRY_LET(me, call.services().permissions.signed_in(call.actor()));
    TRY(forge::set_watching(call.services().deps, call.ctx(), proof, me, is_watching));
    return Answer::nothing();
}
Result<Answer> watch(Call& call, const RepoRead& proof) {
    return set_watching(call, proof, true);
}
Result<Answer> unwatch(Call& call, const RepoRead& proof) {
    return set_watching(call, proof, false);
}

using enum Method;
using forge::Scope;

constexpr QueryParameter kRole[]{
    {"role", "string", "Only those in which the user is owner, admin, contributor or member."}};

constexpr std::array kRoutes{
    route<list_public>({.method = Get,
                        .path = "/repositories",
                        .operation = "listPublicRepositories",
                        .tag = "Repositories",
                        .summary = "All public repositories.",
                        .scope = Scope::Repository,
                        .answer = "paginated_repository"}),
    route<list_in_workspace>({.method = Get,
                              .path = "/repositories/{workspace}",
                              .operation = "listRepositoriesInWorkspace",
                              .tag = "Repositories",
                              .summary = "The repositories of a workspace that may be seen.",
                              .scope = Scope::Repository,
                              .answer = "paginated_repository",
                              .query = kRole}),
    route<create_in>({.method = Post,
                      .path = "/repositories/{workspace}/{repo_slug}",
                      .operation = "createRepository",
                      .tag = "Repositories",
                      .summary = "Creates a repository. Takes the role create in its project.",
                      .scope = Scope::RepositoryAdmin,
                      .answer = "repository",
                      .body = "repository",
                      .status = 201}),
    route<get_repository>({.method = Get,
                           .path = "/repositories/{workspace}/{repo_slug}",
                           .operation = "getRepository",
                           .tag = "Repositories",
                           .summary = "A repository, by slug or by uuid in braces.",
                           .scope = Scope::Repository,
                           .answer = "repository"}),
    route<put_repository>({.method = Put,
                           .path = "/repositories/{workspace}/{repo_slug}",
                           .operation = "updateRepository",
                           .tag = "Repositories",
                           .summary = "Changes what is given, and leaves the rest; creates the "
                                      "repository where it is not there. Takes the role admin.",
                           .scope = Scope::RepositoryAdmin,
                           .answer = "repository",
                           .body = "repository"}),
    route<delete_repository>({.method = Delete,
                              .path = "/repositories/{workspace}/{repo_slug}",
                              .operation = "deleteRepository",
                              .tag = "Repositories",
                              .summary = "Deletes a repository with all that belongs to it.",
                              .scope = Scope::RepositoryDelete,
                              .status = 204}),
    route<list_forks>({.method = Get,
                       .path = "/repositories/{workspace}/{repo_slug}/forks",
                       .operation = "listForks",
                       .tag = "Repositories",
                       .summary = "The public forks of a repository.",
                       .scope = Scope::Repository,
                       .answer = "paginated_repository"}),
    route<create_fork>({.method = Post,
                        .path = "/repositories/{workspace}/{repo_slug}/forks",
                        .operation = "createFork",
                        .tag = "Repositories",
                        .summary = "Forks a repository into a workspace, one's own without one.",
                        .scope = Scope::RepositoryWrite,
                        .answer = "repository",
                        .body = "repository",
                        .status = 201}),
    route<list_watchers>({.method = Get,
                          .path = "/repositories/{workspace}/{repo_slug}/watchers",
                          .operation = "listWatchers",
                          .tag = "Repositories",
                          .summary = "Who watches a repository.",
                          .scope = Scope::Repository,
                          .answer = "paginated_user"}),
    route<watch>({.method = Put,
                  .path = "/repositories/{workspace}/{repo_slug}/watch",
                  .operation = "watchRepository",
                  .tag = "Repositories",
                  .summary = "Watches a repository. Not of Bitbucket's API.",
                  .scope = Scope::Repository,
                  .status = 204}),
    route<unwatch>({.method = Delete,
                    .path = "/repositories/{workspace}/{repo_slug}/watch",
                    .operation = "unwatchRepository",
                    .tag = "Repositories",
                    .summary = "Watches a repository no more. Not of Bitbucket's API.",
                    .scope = Scope::Repository,
                    .status = 204}),
};

}  // namespace

Result<void> write_repository(Call& call, json::Writer& out, const forge::Workspace& workspace,
                              const Repository& one) {
    TRY_LET(project,
            forge::project_by_id(call.services().deps, call.ctx(), one.workspace, one.project));
    return write_repository(call, out, workspace, project, one);
}

Result<void> write_repository(Call& call, json::Writer& out, const forge::Workspace& workspace,
                              const forge::Project& project, const Repository& one) {
    forge::Deps& deps = call.services().deps;
    std::optional<forge::Workspace> parent_workspace;
    std::optional<Repository> parent;
    if (one.parent && one.parent_workspace) {
        // One that was deleted, or may not be seen, is no parent to show.
        auto in = forge::workspace_by_id(deps, call.ctx(), *one.parent_workspace);
        auto seen = forge::repository_by_id(deps, call.ctx(), *one.parent_workspace, *one.parent);
        if (in && seen) {
            TRY_LET(role,
                    call.services().permissions.role_in(call.ctx(), call.actor(), *in, *seen));
            if (role >= Role::Read) {
                parent_workspace = std::move(*in);
                parent = std::move(*seen);
            }
        }
    }
    repository(out, links_of(call),
               {.workspace = workspace,
                .project = project,
                .repository = one,
                .parent_workspace = parent_workspace ? &*parent_workspace : nullptr,
                .parent = parent ? &*parent : nullptr});
    return {};
}

std::span<const Route> repository_routes() noexcept {
    return kRoutes;
}

}  // namespace forgehouse::api::rest_v2
