#pragma once

#include "schema/docs.h"
#include "schema/table.h"

namespace forgehouse::schema {

/// One commit.
struct GitCommit {
    Word data_source;
    std::string project_key;
    std::string repo_slug;
    std::string commit_hash;
    Word branch;
    bool is_reachable;
    bool is_in_default_branch;
    std::string author_name;
    std::string author_email;
    std::optional<std::string> author_login;
    TextList co_authors;
    std::optional<std::string> committer_name;
    std::optional<std::string> committer_email;
    std::string message;
    Time date;
    Time committed_on;
    TextList parents;
    std::optional<std::uint32_t> files_changed;
    std::optional<std::uint32_t> lines_added;
    std::optional<std::uint32_t> lines_removed;
    bool is_merge_commit;
    std::optional<std::string> patch_id;
    Json language_breakdown;
    Json metadata;
    Time collected_at;
    std::uint64_t _version;
    std::uint8_t is_deleted;
};

inline constexpr auto git_commits = table<GitCommit>(
    "git_commits", "One commit. A commit that no ref reaches any more stays.",
    repository_key("commit_hash"), "committed_on",
    column<&GitCommit::commit_hash>(docs::kCommitHash),
    column<&GitCommit::branch>(
        "The default branch if it holds the commit, else the first by name among heads, "
        "remote-tracking branches, tags, pull request refs, other refs; '' where no ref reaches "
        "it. A head's short name, the full name of any other ref."),
    column<&GitCommit::is_reachable>("Whether a ref reaches it."),
    column<&GitCommit::is_in_default_branch>("Whether the default branch reaches it."),
    column<&GitCommit::author_name>("As the commit itself says."),
    column<&GitCommit::author_email>("As the commit itself says."),
    column<&GitCommit::author_login>("The author's login, by the forge's attribution or its users' "
                                     "addresses; NULL where unknown."),
    column<&GitCommit::co_authors>("Those of the Co-authored-by trailers, as `Name <e-mail>`."),
    column<&GitCommit::committer_name>(
        "As the commit itself says; NULL where only a forge that hides it was asked."),
    column<&GitCommit::committer_email>(
        "As the commit itself says; NULL where only a forge that hides it was asked."),
    column<&GitCommit::message>("The whole message, made valid UTF-8."),
    column<&GitCommit::date>("The author's time."),
    column<&GitCommit::committed_on>("The committer's time."),
    column<&GitCommit::parents>("Full ids of the parents, the first one first."),
    column<&GitCommit::files_changed>(docs::kDiffCount),
    column<&GitCommit::lines_added>(docs::kDiffCount),
    column<&GitCommit::lines_removed>(docs::kDiffCount),
    column<&GitCommit::is_merge_commit>("Whether it has more than one parent."),
    column<&GitCommit::patch_id>(
        "`git patch-id --stable`; NULL for merges and where the option patch_ids is off."),
    column<&GitCommit::language_breakdown>("Lines added and removed by language."),
    column<&GitCommit::metadata>(docs::kMetadata));

}  // namespace forgehouse::schema
