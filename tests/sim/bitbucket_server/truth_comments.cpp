#include "base/text.h"
#include "schema/git_pr_comments.h"
#include "sim/bitbucket_server/truth.h"

namespace forgehouse::sim::bitbucket_server {
namespace {

schema::CommentKind kind_of(const Thread& thread) {
    if (!thread.anchor) return schema::CommentKind::General;
    return thread.anchor->line ? schema::CommentKind::Inline : schema::CommentKind::File;
}

std::optional<schema::Word> word(bool known, std::string_view text) {
    return known ? std::optional(schema::Word{.value = std::string(text)}) : std::nullopt;
}

}  // namespace

void add_comment_rows(const Scope& scope, Manifest& manifest, const Repository& at,
                      const PullRequest& pull, std::vector<bool>& met) {
    const RepositoryName name = name_of(scope.organisation, at);
    const bool legacy = scope.settings.is_legacy;
    for (const Thread& thread : pull.threads) {
        // Who is named by a deleted comment's activity has been met all the same.
        if (thread.is_deleted) {
            met[thread.root.author] = true;
            continue;
        }
        const std::optional<Anchor>& anchor = thread.anchor;
        for_each_comment(thread.root, [&](const Comment& comment, const Comment* parent) {
            const bool old_task = legacy && comment.is_task;
            const PersonWords author = words_of(scope.organisation, comment.author);
            met[comment.author] = true;
            if (comment.resolver && !legacy) met[*comment.resolver] = true;
            manifest.add(
                schema::git_pr_comments,
                schema::GitPrComment{
                    .data_source = {},
                    .project_key = name.project_key,
                    .repo_slug = name.repo_slug,
                    .pr_id = pull.number,
                    .stream = schema::CommentStream::Single,
                    .comment_id = comment.id,
                    .parent_id = parent ? std::optional(parent->id) : std::nullopt,
                    .review_id = std::nullopt,
                    .kind = kind_of(thread),
                    .is_task = comment.is_task,
                    .content = comment.text,
                    .author_name = author.name,
                    .author_uuid = author.uuid,
                    .author_email = author.email,
                    .author_type = author.type,
                    .created_at = comment.created,
                    .updated_at = old_task ? std::nullopt : std::optional(comment.updated),
                    .state = word(!legacy || old_task, comment.is_resolved ? "RESOLVED" : "OPEN"),
                    .severity = word(!legacy, comment.is_task ? "BLOCKER" : "NORMAL"),
                    .thread_resolved =
                        legacy ? std::nullopt : std::optional(comment.thread_is_resolved),
                    .resolved_by = comment.resolver && !legacy
                                       ? words_of(scope.organisation, *comment.resolver).name
                                       : std::nullopt,
                    // JSON is text, and a path is bytes.
                    .file_path = anchor ? std::optional(text::replace_invalid_utf8(anchor->path))
                                        : std::nullopt,
                    .line_number = anchor && anchor->line
                                       ? std::optional(static_cast<std::uint32_t>(*anchor->line))
                                       : std::nullopt,
                    .line_side =
                        word(anchor && anchor->line, anchor && anchor->is_old_side ? "OLD" : "NEW"),
                    .commit_hash =
                        anchor
                            ? std::optional(scope.organisation.commit(at, anchor->to_commit).hash)
                            : std::nullopt,
                    .metadata = {},
                    .collected_at = {},
                    ._version = 0,
                    .is_deleted = 0});
        });
    }
}

}  // namespace forgehouse::sim::bitbucket_server
