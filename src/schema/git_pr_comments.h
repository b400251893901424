#pragma once

#include "schema/docs.h"
#include "schema/git_users.h"
#include "schema/table.h"

namespace forgehouse::schema {

/// The number range of a comment's id, where a forge numbers review comments apart.
enum class CommentStream : std::uint8_t { Single, Review, Issue };

constexpr std::string_view name_of(CommentStream value) noexcept {
    switch (value) {
        case CommentStream::Single: return "";
        case CommentStream::Review: return "REVIEW";
        case CommentStream::Issue: return "ISSUE";
    }
    return "";
}

/// What a comment is about.
enum class CommentKind : std::uint8_t { General, Inline, File };

constexpr std::string_view name_of(CommentKind value) noexcept {
    switch (value) {
        case CommentKind::General: return "GENERAL";
        case CommentKind::Inline: return "INLINE";
        case CommentKind::File: return "FILE";
    }
    return "";
}

/// One comment or task on a pull request.
struct GitPrComment {
    Word data_source;
    std::string project_key;
    std::string repo_slug;
    std::int64_t pr_id;
    CommentStream stream;
    std::int64_t comment_id;
    std::optional<std::int64_t> parent_id;
    std::optional<std::string> review_id;
    CommentKind kind;
    bool is_task;
    std::string content;
    std::optional<std::string> author_name;
    std::optional<std::string> author_uuid;
    std::optional<std::string> author_email;
    std::optional<UserType> author_type;
    Time created_at;
    std::optional<Time> updated_at;
    std::optional<Word> state;
    std::optional<Word> severity;
    std::optional<bool> thread_resolved;
    std::optional<std::string> resolved_by;
    std::optional<std::string> file_path;
    std::optional<std::uint32_t> line_number;
    std::optional<Word> line_side;
    std::optional<std::string> commit_hash;
    Json metadata;
    Time collected_at;
    std::uint64_t _version;
    std::uint8_t is_deleted;
};

inline constexpr auto git_pr_comments = table<GitPrComment>(
    "git_pr_comments", "One comment or task on a pull request.",
    repository_key("pr_id", "stream", "comment_id"), "created_at",
    column<&GitPrComment::pr_id>(docs::kPrId),
    column<&GitPrComment::stream>(
        "Which of the forge's two number ranges the comment's id is from; '' where it has one."),
    column<&GitPrComment::comment_id>("The forge's own id."),
    column<&GitPrComment::parent_id>("The comment that it answers; NULL where it starts a thread."),
    column<&GitPrComment::review_id>("The review that it belongs to; NULL where to none."),
    column<&GitPrComment::kind>("What it is about: the whole, a line or a file."),
    column<&GitPrComment::is_task>("Whether it is a task that must be resolved."),
    column<&GitPrComment::content>("The text as written."),
    column<&GitPrComment::author_name>(docs::kPersonName),
    column<&GitPrComment::author_uuid>(docs::kPersonUuid),
    column<&GitPrComment::author_email>(docs::kAuthorEmail),
    column<&GitPrComment::author_type>(docs::kAuthorType),
    column<&GitPrComment::created_at>("When it was written."),
    column<&GitPrComment::updated_at>(
        "When it was last changed; NULL where the forge does not say."),
    column<&GitPrComment::state>(
        "In the forge's words, such as OPEN or RESOLVED; NULL where it has none."),
    column<&GitPrComment::severity>(
        "In the forge's words, such as NORMAL or BLOCKER; NULL where it has none."),
    column<&GitPrComment::thread_resolved>(
        "Whether its thread is resolved; NULL where the forge does not say."),
    column<&GitPrComment::resolved_by>("As author_name; NULL where not resolved or unknown."),
    column<&GitPrComment::file_path>("NULL unless it stands at a file or line."),
    column<&GitPrComment::line_number>(
        "Counted from 1; NULL unless it stands at a line that still exists."),
    column<&GitPrComment::line_side>("Which side of the difference the line is on: OLD or NEW; "
                                     "NULL unless it stands at a line."),
    column<&GitPrComment::commit_hash>("The commit that was commented; NULL where unknown."),
    column<&GitPrComment::metadata>(docs::kMetadata));

}  // namespace forgehouse::schema
