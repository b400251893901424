#include "sim/bitbucket_server/truth.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "schema/git_commit_statuses.h"
#include "schema/git_projects.h"
#include "schema/git_repositories.h"
#include "sim/bitbucket_server/bitbucket.h"

namespace forgehouse::sim::bitbucket_server {
namespace {

void add_project(const Scope& scope, Manifest& manifest, const Project& project) {
    manifest.add(
        schema::git_projects,
        schema::GitProject{
            .data_source = {},
            .project_key = project.key,
            .repo_slug = {},
            .project_uuid = fmt::to_string(project.id),
            .name = project.name,
            .description = project.description,
            .kind = project.owner ? schema::ProjectKind::Personal : schema::ProjectKind::Project,
            .is_private = project.owner ? std::nullopt : std::optional(!project.is_public),
            .web_url = scope.render.project_page(project),
            .created_on = std::nullopt,
            .updated_on = std::nullopt,
            .metadata = {},
            .collected_at = {},
            ._version = 0,
            .is_deleted = 0});
}

void add_repository(const Scope& scope, Manifest& manifest, const Repository& at,
                    const GitTruth& git) {
    const RepositoryName name = name_of(scope.organisation, at);
    const bool is_public = at.is_public || scope.organisation.projects[at.project].is_public;
    const Repository* origin = at.origin ? &scope.organisation.repositories[*at.origin] : nullptr;
    if (origin && origin->is_deleted) origin = nullptr;
    std::optional<std::string> parent;
    if (origin) {
        const RepositoryName from = name_of(scope.organisation, *origin);
        parent = from.project_key + "/" + from.repo_slug;
    }
    const bool legacy = scope.settings.is_legacy;
    manifest.add(
        schema::git_repositories,
        schema::GitRepository{
            .data_source = {},
            .project_key = name.project_key,
            .repo_slug = name.repo_slug,
            .repo_uuid = fmt::to_string(at.id),
            .name = at.name,
            .full_name = std::nullopt,
            .parent_project_key = std::nullopt,
            .description = at.description,
            .visibility = is_public ? schema::Visibility::Public : schema::Visibility::Private,
            .is_private = !is_public,
            .is_archived = legacy ? std::nullopt : std::optional(at.is_archived),
            .is_fork = origin != nullptr,
            .forked_from = parent,
            .is_empty = git.is_empty,
            .default_branch = git.default_branch,
            .language =
                git.language ? std::optional(schema::Word{.value = *git.language}) : std::nullopt,
            .size_kb = std::nullopt,
            .has_issues = std::nullopt,
            .has_wiki = std::nullopt,
            .fork_policy = schema::Word{.value = at.is_forkable ? "allow_forks" : "no_forks"},
            .topics = {},
            .web_url = scope.render.repository_page(at),
            .created_on = std::nullopt,
            .updated_on = std::nullopt,
            .last_commit_date = git.last_commit,
            .first_seen = {},
            .metadata = {},
            .collected_at = {},
            ._version = 0,
            .is_deleted = 0});
}

void add_user(const Scope& scope, Manifest& manifest, Index index) {
    const Person& person = scope.organisation.people[index];
    const PersonWords words = words_of(scope.organisation, index);
    manifest.add(
        schema::git_users,
        schema::GitUser{.data_source = {},
                        .project_key = {},
                        .repo_slug = {},
                        .user_uuid = words.uuid,
                        .login = person.is_gone ? std::nullopt : std::optional(person.login),
                        .name = person.name,
                        .email = words.email,
                        .user_type = words.type,
                        .state = schema::Word{.value = person.is_active ? "active" : "inactive"},
                        .created_on = std::nullopt,
                        .last_activity_on = std::nullopt,
                        .web_url = scope.render.user_page(person),
                        .metadata = {},
                        .collected_at = {},
                        ._version = 0,
                        .is_deleted = 0});
}

void add_statuses(const Scope& scope, Manifest& manifest, const Repository& at) {
    std::set<Index> heads;
    for (const auto& [name, branch] : at.branches) heads.insert(branch.head);
    for (const PullRequest& pull : at.pulls)
        if (!pull.is_deleted && pull.state == PullState::Open) heads.insert(pull.from_commit);
    const RepositoryName name = name_of(scope.organisation, at);
    for (const Repository& other : scope.organisation.repositories) {
        const bool hidden = scope.organisation.projects[other.project].is_secret;
        if (other.family != at.family || other.is_deleted || hidden) continue;
        for (const auto& [commit, builds] : other.builds) {
            if (!heads.contains(commit)) continue;
            for (const Build& build : builds)
                manifest.add(
                    schema::git_commit_statuses,
                    schema::GitCommitStatus{
                        .data_source = {},
                        .project_key = name.project_key,
                        .repo_slug = name.repo_slug,
                        .commit_hash = scope.organisation.commit(at, commit).hash,
                        .status_key = build.key,
                        .name = build.name,
                        .state = {build.state},
                        .description = build.description,
                        .author_name = std::nullopt,
                        .created_on = build.created,
                        .updated_on =
                            scope.settings.is_legacy ? std::nullopt : std::optional(build.updated),
                        .web_url = build.url,
                        .metadata = {},
                        .collected_at = {},
                        ._version = 0,
                        .is_deleted = 0});
        }
    }
}

LoginOf logins(const Organisation& organisation) {
    return [&](const std::string& email) -> std::optional<std::string> {
        if (email.empty()) return std::nullopt;
        for (const Person& person : organisation.people)
            if (person.is_active && text::lower_ascii(person.email) == text::lower_ascii(email))
                return person.login;
        return std::nullopt;
    };
}

Result<Manifest> truth(const Scope& scope) {
    Manifest manifest;
    for (const char* table :
         {"git_projects", "git_repositories", "git_branches", "git_tags", "git_commits",
          "git_commit_files", "git_pull_requests", "git_pr_reviewers", "git_pr_comments",
          "git_pr_commits", "git_pr_participants", "git_pr_events", "git_tickets", "git_users",
          "git_commit_statuses"})
        manifest.mention(table);
    std::vector<bool> met(scope.organisation.people.size());
    for (const Repository& at : scope.organisation.repositories) {
        const Project& project = scope.organisation.projects[at.project];
        if (at.is_deleted) continue;
        if (project.is_secret) {
            TRY(add_outgoing_rows(scope, manifest, at, met));
            continue;
        }
        TRY_LET(git, add_git_rows(scope.ctx, manifest, scope.store, scope.organisation, at,
                                  name_of(scope.organisation, at), logins(scope.organisation)));
        add_project(scope, manifest, project);
        add_repository(scope, manifest, at, git);
        add_statuses(scope, manifest, at);
        TRY(add_pull_rows(scope, manifest, at, met));
    }
    for (Index i = 0; i < met.size(); ++i)
        if (met[i] || scope.organisation.people[i].is_active) add_user(scope, manifest, i);
    return manifest;
}

}  // namespace

PersonWords words_of(const Organisation& organisation, Index index) {
    const Person& person = organisation.people[index];
    return {.uuid = fmt::to_string(person.id),
            .name = person.name,
            .email = person.email.empty() ? std::nullopt : std::optional(person.email),
            .type = person.is_bot    ? schema::UserType::Bot
                    : person.is_gone ? schema::UserType::Ghost
                                     : schema::UserType::User};
}

RepositoryName name_of(const Organisation& organisation, const Repository& at) {
    return {.project_key = organisation.projects[at.project].key, .repo_slug = at.slug};
}

Result<Manifest> Bitbucket::manifest(const exec::Context& ctx) const {
    return world_.read([&](const Organisation& organisation) {
        const Render render(organisation, world_.settings(), base_url_);
        return truth({.ctx = ctx,
                      .store = world_.store(),
                      .organisation = organisation,
                      .settings = world_.settings(),
                      .render = render});
    });
}

}  // namespace forgehouse::sim::bitbucket_server
