#pragma once

#include "schema/docs.h"
#include "schema/git_users.h"
#include "schema/table.h"

namespace forgehouse::schema {

/// One issue.
struct GitIssue {
    Word data_source;
    std::string project_key;
    std::string repo_slug;
    std::int64_t issue_id;
    std::int64_t issue_number;
    std::string title;
    std::optional<std::string> body;
    Word state;
    std::optional<Word> kind;
    std::optional<Word> priority;
    TextList labels;
    std::optional<std::string> milestone;
    std::optional<std::string> author_name;
    std::optional<std::string> author_uuid;
    std::optional<UserType> author_type;
    TextList assignees;
    std::optional<std::uint32_t> comment_count;
    Time created_on;
    Time updated_on;
    std::optional<Time> closed_on;
    std::optional<std::string> web_url;
    Json metadata;
    Time collected_at;
    std::uint64_t _version;
    std::uint8_t is_deleted;
};

inline constexpr auto git_issues = table<GitIssue>(
    "git_issues", "One issue, as last seen.", repository_key("issue_id"), "created_on",
    column<&GitIssue::issue_id>("The forge's own id; where ids are per repository, the number."),
    column<&GitIssue::issue_number>("The number that people see, per repository."),
    column<&GitIssue::title>("The title."),
    column<&GitIssue::body>("The text; NULL where there is none."),
    column<&GitIssue::state>("In upper case: OPEN, CLOSED, or what else the forge has."),
    column<&GitIssue::kind>("In upper case, such as BUG or TASK; NULL where the forge has none."),
    column<&GitIssue::priority>("In upper case; NULL where the forge has none."),
    column<&GitIssue::labels>("Names of its labels."),
    column<&GitIssue::milestone>("The milestone that it belongs to; NULL where there is none."),
    column<&GitIssue::author_name>(docs::kPersonName),
    column<&GitIssue::author_uuid>(docs::kPersonUuid),
    column<&GitIssue::author_type>(docs::kAuthorType),
    column<&GitIssue::assignees>("As author_name."),
    column<&GitIssue::comment_count>("Comments on it; NULL where unknown."),
    column<&GitIssue::created_on>("When it was opened."),
    column<&GitIssue::updated_on>("When it last changed; the watermark of collection."),
    column<&GitIssue::closed_on>("When it was closed; NULL while open."),
    column<&GitIssue::web_url>(docs::kWebUrl), column<&GitIssue::metadata>(docs::kMetadata));

}  // namespace forgehouse::schema
