#pragma once

#include "schema/docs.h"
#include "schema/git_users.h"
#include "schema/table.h"

namespace forgehouse::schema {

/// What became of a pull request.
enum class PullRequestState : std::uint8_t { Open, Merged, Declined, Superseded };

constexpr std::string_view name_of(PullRequestState value) noexcept {
    switch (value) {
        case PullRequestState::Open: return "OPEN";
        case PullRequestState::Merged: return "MERGED";
        case PullRequestState::Declined: return "DECLINED";
        case PullRequestState::Superseded: return "SUPERSEDED";
    }
    return "";
}

/// One pull request (merge request).
struct GitPullRequest {
    Word data_source;
    std::string project_key;
    std::string repo_slug;
    std::int64_t pr_id;
    std::int64_t pr_number;
    std::string title;
    std::optional<std::string> description;
    PullRequestState state;
    Word state_raw;
    bool is_draft;
    std::optional<std::string> author_name;
    std::optional<std::string> author_uuid;
    std::optional<std::string> author_email;
    std::optional<UserType> author_type;
    Time created_on;
    Time updated_on;
    std::optional<Time> closed_on;
    std::optional<Time> merged_on;
    std::optional<std::string> merged_by;
    TextList assignees;
    std::optional<std::string> merge_commit_hash;
    std::optional<Word> merge_strategy;
    std::optional<std::string> source_project_key;
    std::optional<std::string> source_repo_slug;
    std::string source_branch;
    std::optional<std::string> source_hash;
    std::string destination_branch;
    std::optional<std::string> destination_hash;
    std::optional<std::uint32_t> commit_count;
    std::optional<std::uint32_t> comment_count;
    std::optional<std::uint32_t> review_count;
    std::optional<std::uint32_t> task_count;
    std::optional<std::uint32_t> files_changed;
    std::optional<std::uint32_t> lines_added;
    std::optional<std::uint32_t> lines_removed;
    std::optional<Word> size_label;
    TextList labels;
    std::optional<std::uint64_t> duration_seconds;
    std::optional<Time> first_review_on;
    TextList jira_tickets;
    std::optional<std::string> web_url;
    Json metadata;
    Time collected_at;
    std::uint64_t _version;
    std::uint8_t is_deleted;
};

inline constexpr auto git_pull_requests = table<GitPullRequest>(
    "git_pull_requests", "One pull request, as last seen.", repository_key("pr_id"), "created_on",
    column<&GitPullRequest::pr_id>("The forge's own id; where ids are per repository, the number."),
    column<&GitPullRequest::pr_number>("The number that people see, per repository."),
    column<&GitPullRequest::title>("The title."),
    column<&GitPullRequest::description>(docs::kDescription),
    column<&GitPullRequest::state>("Closed unmerged is DECLINED."),
    column<&GitPullRequest::state_raw>("The forge's own word for the state."),
    column<&GitPullRequest::is_draft>("Whether it is marked as not ready."),
    column<&GitPullRequest::author_name>(docs::kPersonName),
    column<&GitPullRequest::author_uuid>(docs::kPersonUuid),
    column<&GitPullRequest::author_email>(docs::kAuthorEmail),
    column<&GitPullRequest::author_type>(docs::kAuthorType),
    column<&GitPullRequest::created_on>("When it was opened."),
    column<&GitPullRequest::updated_on>("When it last changed; the watermark of collection."),
    column<&GitPullRequest::closed_on>("When it left OPEN, by merge or decline; NULL while open."),
    column<&GitPullRequest::merged_on>("When it was merged; NULL unless merged."),
    column<&GitPullRequest::merged_by>(
        "Who merged it, as author_name; NULL unless merged and known."),
    column<&GitPullRequest::assignees>("As author_name."),
    column<&GitPullRequest::merge_commit_hash>(
        "The commit that the merge made; NULL unless merged and known."),
    column<&GitPullRequest::merge_strategy>("In the forge's words; NULL unless merged and known."),
    column<&GitPullRequest::source_project_key>(
        "Where the change comes from; NULL where that repository is gone."),
    column<&GitPullRequest::source_repo_slug>(
        "Where the change comes from; NULL where that repository is gone."),
    column<&GitPullRequest::source_branch>("Short name of the branch with the change."),
    column<&GitPullRequest::source_hash>("Head of the change when last seen; NULL where unknown."),
    column<&GitPullRequest::destination_branch>("Short name of the branch that it is to go into."),
    column<&GitPullRequest::destination_hash>(
        "Head of the destination as the forge gives it; NULL where unknown."),
    column<&GitPullRequest::commit_count>("Commits that it holds; NULL where unknown."),
    column<&GitPullRequest::comment_count>("Comments on it; NULL where unknown."),
    column<&GitPullRequest::review_count>("Submitted reviews; NULL where unknown."),
    column<&GitPullRequest::task_count>("Tasks on it; NULL where unknown."),
    column<&GitPullRequest::files_changed>("Files that it changes; NULL where unknown."),
    column<&GitPullRequest::lines_added>("Lines that it adds; NULL where unknown."),
    column<&GitPullRequest::lines_removed>("Lines that it removes; NULL where unknown."),
    column<&GitPullRequest::size_label>(
        "What a label such as size/M says, else by lines added and removed: XS under 10, S under "
        "30, M under 100, L under 500, XL under 1,000, XXL from there; NULL where unknown."),
    column<&GitPullRequest::labels>("Names of its labels."),
    column<&GitPullRequest::duration_seconds>("From opening to leaving OPEN; NULL while open."),
    column<&GitPullRequest::first_review_on>(
        "When somebody other than the author first reviewed or commented; NULL where nobody has."),
    column<&GitPullRequest::jira_tickets>("Ticket keys found in it (git_tickets)."),
    column<&GitPullRequest::web_url>(docs::kWebUrl),
    column<&GitPullRequest::metadata>(docs::kMetadata));

}  // namespace forgehouse::schema
