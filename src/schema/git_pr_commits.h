#pragma once

#include "schema/docs.h"
#include "schema/table.h"

namespace forgehouse::schema {

/// One commit that one pull request holds.
struct GitPrCommit {
    Word data_source;
    std::string project_key;
    std::string repo_slug;
    std::int64_t pr_id;
    std::string commit_hash;
    std::uint32_t commit_order;
    Time collected_at;
    std::uint64_t _version;
    std::uint8_t is_deleted;
};

inline constexpr auto git_pr_commits = table<GitPrCommit>(
    "git_pr_commits", "One commit that one pull request holds.",
    repository_key("pr_id", "commit_hash"), "", column<&GitPrCommit::pr_id>(docs::kPrId),
    column<&GitPrCommit::commit_hash>(docs::kCommitHash),
    column<&GitPrCommit::commit_order>("From 0, in the forge's order."));

}  // namespace forgehouse::schema
