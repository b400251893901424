#include "base/text.h"
#include "sources/bitbucket_server/client.h"
#include "sources/bitbucket_server/map.h"
#include "sources/bitbucket_server/metadata.h"
#include "sources/bitbucket_server/people.h"

namespace forgehouse::sources::bitbucket_server {
namespace {

schema::GitProject map_project(const wire::Project& project, const RowStamp& stamp) {
    std::optional<bool> is_private;
    if (project.is_public) is_private = !*project.is_public;
    std::optional<std::string> uuid;
    if (project.id) uuid = std::to_string(*project.id);
    return {
        .data_source = {stamp.data_source},
        .project_key = std::string(project.key),
        .repo_slug = {},
        .project_uuid = std::move(uuid),
        .name = owned(project.name),
        .description = owned(project.description),
        .kind = project.is_personal ? schema::ProjectKind::Personal : schema::ProjectKind::Project,
        .is_private = is_private,
        .web_url = owned(project.link),
        .created_on = std::nullopt,
        .updated_on = std::nullopt,
        .metadata = {plain_metadata(project.raw)},
        .collected_at = stamp.collected_at,
        ._version = stamp.version,
        .is_deleted = 0};
}

// A public project makes all of its repositories public, whatever they say themselves.
std::optional<bool> is_public(const wire::Repository& repository) noexcept {
    if (repository.is_public == true || repository.project.is_public == true) return true;
    return repository.is_public;
}

std::optional<schema::Visibility> visibility_of(std::optional<bool> is_public) noexcept {
    if (!is_public) return std::nullopt;
    return *is_public ? schema::Visibility::Public : schema::Visibility::Private;
}

std::optional<schema::Word> fork_policy_of(std::optional<bool> forkable) {
    if (!forkable) return std::nullopt;
    return schema::Word{*forkable ? "allow_forks" : "no_forks"};
}

schema::GitRepository map_row(const wire::Repository& repository, const RowStamp& stamp) {
    const std::optional<bool> open = is_public(repository);
    std::optional<bool> is_private;
    if (open) is_private = !*open;
    std::optional<std::string> origin;
    if (!repository.origin.empty()) origin = repository.origin;
    return {.data_source = {stamp.data_source},
            .project_key = std::string(repository.project.key),
            .repo_slug = std::string(repository.slug),
            .repo_uuid = std::to_string(repository.id),
            .name = std::string(repository.name.value_or(repository.slug)),
            .full_name = std::nullopt,
            .parent_project_key = std::nullopt,
            .description = owned(repository.description),
            .visibility = visibility_of(open),
            .is_private = is_private,
            .is_archived = repository.archived,
            .is_fork = repository.is_fork,
            .forked_from = std::move(origin),
            .is_empty = std::nullopt,
            .default_branch = std::nullopt,
            .language = std::nullopt,
            .size_kb = std::nullopt,
            .has_issues = std::nullopt,
            .has_wiki = std::nullopt,
            .fork_policy = fork_policy_of(repository.forkable),
            .topics = {},
            .web_url = owned(repository.link),
            .created_on = std::nullopt,
            .updated_on = std::nullopt,
            .last_commit_date = std::nullopt,
            .first_seen = stamp.collected_at,
            .metadata = {repository_metadata(repository.raw)},
            .collected_at = stamp.collected_at,
            ._version = stamp.version,
            .is_deleted = 0};
}

// Not `refs/pull-requests/*/merge`: what the server merged only to see whether it can.
std::vector<std::string> wanted_refs() {
    return {"refs/heads/*", "refs/tags/*", "refs/pull-requests/*/from"};
}

// Links of a user who is signed in carry the login: `https://jane@host/scm/…`.
std::string without_user(std::string_view url) {
    const auto scheme = url.find("://");
    if (scheme == std::string_view::npos) return std::string(url);
    const auto host = scheme + 3;
    const auto at = url.substr(host, url.find('/', host) - host).rfind('@');
    if (at == std::string_view::npos) return std::string(url);
    return std::string(url.substr(0, host)).append(url.substr(host + at + 1));
}

// Scheme, host and port.
std::string origin_of(std::string_view url) {
    const auto scheme = url.find("://");
    if (scheme == std::string_view::npos) return {};
    return text::lower_ascii(url.substr(0, url.find('/', scheme + 3)));
}

// Links carry the base URL that the server believes in. Where that is not the configured one it may
// lead around the gateway or the TLS in front of the server, and our credentials with it.
std::string git_url(const wire::Repository& repository, std::string_view address,
                    const RepoRef& ref) {
    if (repository.clone_http) {
        std::string url = without_user(*repository.clone_http);
        return origin_of(url) == origin_of(address) ? std::move(url) : git_address(address, ref);
    }
    // A user is part of an SSH address; where HTTP is switched off there is only that.
    return repository.clone_ssh ? std::string(*repository.clone_ssh) : git_address(address, ref);
}

}  // namespace

ListedRepo map_repository(const wire::Repository& repository, std::string_view address,
                          const Input& access, const RowStamp& stamp) {
    const RepoRef ref{.data_source = stamp.data_source,
                      .project_key = std::string(repository.project.key),
                      .repo_slug = std::string(repository.slug)};
    return {.repo = {.ref = ref,
                     .name = std::string(repository.name.value_or(repository.slug)),
                     .web_url = owned(repository.link),
                     .place = RemotePlace{.url = git_url(repository, address, ref),
                                          .user = access.user,
                                          .password = access.password,
                                          .refs = wanted_refs()}},
            .uuid = std::to_string(repository.id),
            .is_empty = false,
            .row = map_row(repository, stamp),
            .project = map_project(repository.project, stamp)};
}

}  // namespace forgehouse::sources::bitbucket_server
