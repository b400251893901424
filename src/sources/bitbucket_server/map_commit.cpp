// Build statuses, and what stands in for git where it cannot be reached.
#include "sources/bitbucket_server/map.h"
#include "sources/bitbucket_server/metadata.h"
#include "sources/bitbucket_server/people.h"

namespace forgehouse::sources::bitbucket_server {
namespace {

std::string upper_ascii(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return out;
}

schema::ChangeType change_of(const wire::FileDiff& file) noexcept {
    if (!file.source) return schema::ChangeType::Added;
    if (!file.destination) return schema::ChangeType::Deleted;
    return *file.source == *file.destination ? schema::ChangeType::Modified
                                             : schema::ChangeType::Renamed;
}

Result<schema::ChangeType> change_of(const wire::Change& change) {
    if (change.type == "ADD") return schema::ChangeType::Added;
    if (change.type == "MODIFY") return schema::ChangeType::Modified;
    if (change.type == "DELETE") return schema::ChangeType::Deleted;
    if (change.type == "MOVE") return schema::ChangeType::Renamed;
    if (change.type == "COPY") return schema::ChangeType::Copied;
    return Failure(
        Error(Errc::Corrupt, "a change of an unknown kind").with("type", std::string(change.type)));
}

schema::GitCommitFile file_row(std::string_view commit_hash, const Context& context) {
    return {.data_source = {context.repo.data_source},
            .project_key = context.repo.project_key,
            .repo_slug = context.repo.repo_slug,
            .commit_hash = std::string(commit_hash),
            .file_path = {},
            .committed_on = {},
            .old_path = std::nullopt,
            .change_type = schema::ChangeType::Modified,
            .file_extension = {},
            .language = {},
            .lines_added = 0,
            .lines_removed = 0,
            .is_binary = false,
            .blob_hash = {},
            .diff_hash = {},
            .collected_at = context.stamp.collected_at,
            ._version = context.stamp.version,
            .is_deleted = 0};
}

}  // namespace

schema::GitCommitStatus map_status(const wire::BuildStatus& status, std::string_view commit_hash,
                                   const Context& context) {
    return {.data_source = {context.repo.data_source},
            .project_key = context.repo.project_key,
            .repo_slug = context.repo.repo_slug,
            .commit_hash = std::string(commit_hash),
            .status_key = std::string(status.key),
            .name = owned(status.name),
            .state = {upper_ascii(status.state)},
            .description = owned(status.description),
            .author_name = std::nullopt,
            .created_on = status.created,
            .updated_on = status.updated,
            .web_url = owned(status.url),
            .metadata = {plain_metadata(status.raw)},
            .collected_at = context.stamp.collected_at,
            ._version = context.stamp.version,
            .is_deleted = 0};
}

// A commit of somebody with an account has the account in the place of the signature: its name for
// people is what the signature most probably says.
schema::GitCommit map_commit(const wire::Commit& commit, const Context& context) {
    std::optional<std::string> login;
    if (commit.author && commit.author->id) login = owned(commit.author->login);
    const auto name = commit.author ? name_of(*commit.author) : std::nullopt;
    const auto email = commit.author ? owned(commit.author->email) : std::nullopt;
    return {.data_source = {context.repo.data_source},
            .project_key = context.repo.project_key,
            .repo_slug = context.repo.repo_slug,
            .commit_hash = std::string(commit.id),
            .branch = {},
            .is_reachable = true,
            .is_in_default_branch = false,
            .author_name = name.value_or(""),
            .author_email = email.value_or(""),
            .author_login = std::move(login),
            .co_authors = {},
            .committer_name = commit.committer ? name_of(*commit.committer) : std::nullopt,
            .committer_email = commit.committer ? owned(commit.committer->email) : std::nullopt,
            .message = std::string(commit.message),
            .date = commit.authored,
            .committed_on = commit.committed,
            .parents = {commit.parents.begin(), commit.parents.end()},
            .files_changed = std::nullopt,
            .lines_added = std::nullopt,
            .lines_removed = std::nullopt,
            .is_merge_commit = commit.parents.size() > 1,
            .patch_id = std::nullopt,
            .language_breakdown = {},
            .metadata = {plain_metadata(commit.raw)},
            .collected_at = context.stamp.collected_at,
            ._version = context.stamp.version,
            .is_deleted = 0};
}

schema::GitCommitFile map_file(const wire::FileDiff& file, std::string_view commit_hash,
                               const Context& context) {
    const schema::ChangeType change = change_of(file);
    schema::GitCommitFile row = file_row(commit_hash, context);
    row.file_path = file.destination ? *file.destination : file.source.value_or("");
    if (change == schema::ChangeType::Renamed) row.old_path = file.source;
    row.change_type = change;
    row.lines_added = file.added;
    row.lines_removed = file.removed;
    row.is_binary = file.binary;
    return row;
}

Result<schema::GitCommitFile> map_change(const wire::Change& change, std::string_view commit_hash,
                                         const Context& context) {
    TRY_LET(type, change_of(change));
    schema::GitCommitFile row = file_row(commit_hash, context);
    row.file_path = change.path;
    if (type == schema::ChangeType::Renamed || type == schema::ChangeType::Copied)
        row.old_path = change.source;
    row.change_type = type;
    return row;
}
}  // namespace forgehouse::sources::bitbucket_server
