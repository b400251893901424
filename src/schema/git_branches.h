#pragma once

#include "schema/docs.h"
#include "schema/table.h"

namespace forgehouse::schema {

/// One branch (a head, not a remote-tracking branch).
struct GitBranch {
    Word data_source;
    std::string project_key;
    std::string repo_slug;
    std::string branch_name;
    std::string head_hash;
    bool is_default;
    std::optional<bool> is_protected;
    std::optional<Time> last_commit_date;
    Json metadata;
    Time collected_at;
    std::uint64_t _version;
    std::uint8_t is_deleted;
};

inline constexpr auto git_branches = table<GitBranch>(
    "git_branches", "One branch of a repository, as last seen: heads only.",
    repository_key("branch_name"), "",
    column<&GitBranch::branch_name>("Short name, without refs/heads/, as git's bytes."),
    column<&GitBranch::head_hash>("Full id of the commit it points at, in hex."),
    column<&GitBranch::is_default>("Whether it is the repository's default branch."),
    column<&GitBranch::is_protected>("Whether the forge guards it; NULL where unknown."),
    column<&GitBranch::last_commit_date>("The committer's time of its head; NULL where unknown."),
    column<&GitBranch::metadata>(docs::kMetadata));

}  // namespace forgehouse::schema
