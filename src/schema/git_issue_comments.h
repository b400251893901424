#pragma once

#include "schema/docs.h"
#include "schema/git_users.h"
#include "schema/table.h"

namespace forgehouse::schema {

/// One comment on an issue.
struct GitIssueComment {
    Word data_source;
    std::string project_key;
    std::string repo_slug;
    std::int64_t issue_id;
    std::int64_t comment_id;
    std::string content;
    std::optional<std::string> author_name;
    std::optional<std::string> author_uuid;
    std::optional<UserType> author_type;
    Time created_at;
    std::optional<Time> updated_at;
    Json metadata;
    Time collected_at;
    std::uint64_t _version;
    std::uint8_t is_deleted;
};

inline constexpr auto git_issue_comments = table<GitIssueComment>(
    "git_issue_comments", "One comment on an issue.", repository_key("issue_id", "comment_id"),
    "created_at", column<&GitIssueComment::issue_id>("As in git_issues."),
    column<&GitIssueComment::comment_id>("The forge's own id."),
    column<&GitIssueComment::content>("The text as written."),
    column<&GitIssueComment::author_name>(docs::kPersonName),
    column<&GitIssueComment::author_uuid>(docs::kPersonUuid),
    column<&GitIssueComment::author_type>(docs::kAuthorType),
    column<&GitIssueComment::created_at>("When it was written."),
    column<&GitIssueComment::updated_at>(
        "When it was last changed; NULL where the forge does not say."),
    column<&GitIssueComment::metadata>(docs::kMetadata));

}  // namespace forgehouse::schema
