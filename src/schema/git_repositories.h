#pragma once

#include "schema/docs.h"
#include "schema/table.h"

namespace forgehouse::schema {

/// Who may see a repository.
enum class Visibility : std::uint8_t { Public, Internal, Private };

constexpr std::string_view name_of(Visibility value) noexcept {
    switch (value) {
        case Visibility::Public: return "PUBLIC";
        case Visibility::Internal: return "INTERNAL";
        case Visibility::Private: return "PRIVATE";
    }
    return "";
}

/// One repository.
struct GitRepository {
    Word data_source;
    std::string project_key;
    std::string repo_slug;
    std::optional<std::string> repo_uuid;
    std::string name;
    std::optional<std::string> full_name;
    std::optional<std::string> parent_project_key;
    std::optional<std::string> description;
    std::optional<Visibility> visibility;
    std::optional<bool> is_private;
    std::optional<bool> is_archived;
    std::optional<bool> is_fork;
    std::optional<std::string> forked_from;
    std::optional<bool> is_empty;
    std::optional<std::string> default_branch;
    std::optional<Word> language;
    std::optional<std::uint64_t> size_kb;
    std::optional<bool> has_issues;
    std::optional<bool> has_wiki;
    std::optional<Word> fork_policy;
    TextList topics;
    std::optional<std::string> web_url;
    std::optional<Time> created_on;
    std::optional<Time> updated_on;
    std::optional<Time> last_commit_date;
    Time first_seen;
    Json metadata;
    Time collected_at;
    std::uint64_t _version;
    std::uint8_t is_deleted;
};

inline constexpr auto git_repositories = table<GitRepository>(
    "git_repositories", "One repository, as last seen.", repository_key(), "",
    column<&GitRepository::repo_uuid>(
        "The forge's own id, which survives renames; NULL for plain git."),
    column<&GitRepository::name>("The name for people; the slug where there is no other."),
    column<&GitRepository::full_name>(
        "As the forge writes it, such as owner/name; NULL on Bitbucket Server."),
    column<&GitRepository::parent_project_key>(
        "Bitbucket Cloud's project inside the workspace; else NULL."),
    column<&GitRepository::description>(docs::kDescription),
    column<&GitRepository::visibility>("Who may see it; NULL where the forge does not say."),
    column<&GitRepository::is_private>(
        "Whether it is hidden from the public; NULL where the forge does not say."),
    column<&GitRepository::is_archived>(
        "Whether it is kept read-only; NULL where the forge does not say."),
    column<&GitRepository::is_fork>(
        "Whether it is a copy of another one; NULL where the forge does not say."),
    column<&GitRepository::forked_from>(
        "The parent, as project_key/repo_slug; NULL unless it is a known fork."),
    column<&GitRepository::is_empty>("Whether it has no commits; NULL where unknown."),
    column<&GitRepository::default_branch>("Short name; NULL where the repository has none."),
    column<&GitRepository::language>(
        "The main language, by the forge or by lines of the default branch; NULL where unknown."),
    column<&GitRepository::size_kb>(
        "Size in units of 1024 bytes, when a run last found something new; NULL where unknown."),
    column<&GitRepository::has_issues>(
        "Whether its issue tracker is on; NULL where the forge does not say."),
    column<&GitRepository::has_wiki>("Whether its wiki is on; NULL where the forge does not say."),
    column<&GitRepository::fork_policy>(
        "Who may fork, in the forge's words; NULL where the forge does not say."),
    column<&GitRepository::topics>("Labels of the repository."),
    column<&GitRepository::web_url>(docs::kWebUrl),
    column<&GitRepository::created_on>(docs::kCreatedOn),
    column<&GitRepository::updated_on>(docs::kUpdatedOn),
    column<&GitRepository::last_commit_date>(
        "The newest committer's time among its branches; NULL where it has no commits."),
    column<&GitRepository::first_seen>("When a run first met the repository."),
    column<&GitRepository::metadata>(docs::kMetadata));

}  // namespace forgehouse::schema
