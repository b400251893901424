// Map: wire to rows of the schema. Pure: the same payload gives the same rows, byte for byte.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sources/bitbucket_server/wire.h"
#include "sources/forge.h"
#include "sources/registry.h"

namespace forgehouse::sources::bitbucket_server {

/// Where rows belong and what they share.
struct Context {
    const RepoRef& repo;
    const RowStamp& stamp;
};

schema::GitUser map_user(const wire::User& user, const RowStamp& stamp);

/// `address` is that of the server, `access` what git needs to reach it.
ListedRepo map_repository(const wire::Repository& repository, std::string_view address,
                          const Input& access, const RowStamp& stamp);

/// Errors: Corrupt for a state or verdict that is not known, which is never guessed.
Result<PullRequestRows> map_pull_request(const wire::PullRequest& item,
                                         std::span<const wire::Activity> activities,
                                         const std::optional<PullRequestGit>& git,
                                         const Context& context);

/// The commit that the merge made; nullopt unless merged and known.
std::optional<std::string> merge_commit_of(const wire::PullRequest& item,
                                           std::span<const wire::Activity> activities);

/// The comments that are there. A comment may be told of several times: the highest version counts,
/// and none that an activity says was deleted, nor what hung on it.
std::vector<schema::GitPrComment> map_comments(std::int64_t pr_id,
                                               std::span<const wire::Activity> activities,
                                               const Context& context);

std::vector<schema::GitPrEvent> map_events(std::int64_t pr_id,
                                           std::span<const wire::Activity> activities,
                                           const Context& context);

schema::GitCommitStatus map_status(const wire::BuildStatus& status, std::string_view commit_hash,
                                   const Context& context);

schema::GitCommit map_commit(const wire::Commit& commit, const Context& context);
schema::GitCommitFile map_file(const wire::FileDiff& file, std::string_view commit_hash,
                               const Context& context);
/// Without lines, which the list of changes does not tell. Errors: Corrupt for a kind of change
/// that is not known.
Result<schema::GitCommitFile> map_change(const wire::Change& change, std::string_view commit_hash,
                                         const Context& context);

}  // namespace forgehouse::sources::bitbucket_server
