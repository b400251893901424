#include <map>
#include <set>

#include "sources/bitbucket_server/map.h"
#include "sources/bitbucket_server/metadata.h"
#include "sources/bitbucket_server/people.h"

namespace forgehouse::sources::bitbucket_server {
namespace {

bool is_deletion(const wire::Activity& activity) noexcept {
    return activity.comment_action == "DELETED";
}

schema::CommentKind kind_of(const std::optional<wire::Anchor>& anchor) noexcept {
    if (!anchor || anchor->path.empty()) return schema::CommentKind::General;
    return anchor->line ? schema::CommentKind::Inline : schema::CommentKind::File;
}

std::optional<schema::Word> word(const std::optional<std::string_view>& text) {
    return text ? std::optional(schema::Word{std::string(*text)}) : std::nullopt;
}

void map_author(schema::GitPrComment& row, const std::optional<wire::User>& author) {
    if (!author) return;
    row.author_name = name_of(*author);
    row.author_uuid = uuid_of(*author);
    row.author_email = owned(author->email);
    row.author_type = type_of(*author);
}

// What the whole thread stands at, its replies and tasks too. A line that is no longer in the
// difference is not named: the number would point at another one.
void map_place(schema::GitPrComment& row, const std::optional<wire::Anchor>& anchor) {
    row.kind = kind_of(anchor);
    if (!anchor) return;
    row.commit_hash = owned(anchor->to_hash);
    if (anchor->path.empty()) return;
    row.file_path = anchor->path;
    if (!anchor->line || anchor->orphaned) return;
    row.line_number = anchor->line;
    row.line_side = schema::Word{anchor->old_side ? "OLD" : "NEW"};
}

schema::GitPrComment map_comment(std::int64_t pr_id, const wire::Comment& comment,
                                 const std::optional<wire::Anchor>& anchor,
                                 const Context& context) {
    std::optional<json::Value> own_anchor;
    if (anchor && !comment.parent) own_anchor = anchor->raw;
    schema::GitPrComment row{
        .data_source = {context.repo.data_source},
        .project_key = context.repo.project_key,
        .repo_slug = context.repo.repo_slug,
        .pr_id = pr_id,
        .stream = schema::CommentStream::Single,
        .comment_id = comment.id,
        .parent_id = comment.parent,
        .review_id = std::nullopt,
        .kind = schema::CommentKind::General,
        .is_task = comment.is_old_task || comment.severity == "BLOCKER",
        .content = std::string(comment.text),
        .author_name = std::nullopt,
        .author_uuid = std::nullopt,
        .author_email = std::nullopt,
        .author_type = std::nullopt,
        .created_at = comment.created,
        .updated_at = comment.updated,
        .state = word(comment.state),
        .severity = word(comment.severity),
        .thread_resolved = comment.thread_resolved,
        .resolved_by = comment.resolver ? name_of(*comment.resolver) : std::nullopt,
        .file_path = std::nullopt,
        .line_number = std::nullopt,
        .line_side = std::nullopt,
        .commit_hash = std::nullopt,
        .metadata = {comment_metadata(comment.raw, own_anchor)},
        .collected_at = context.stamp.collected_at,
        ._version = context.stamp.version,
        .is_deleted = 0};
    map_author(row, comment.author);
    map_place(row, anchor);
    return row;
}

/// Which tellings of comments count.
class LivingComments {
public:
    struct Telling {
        const wire::Comment* comment;
        const std::optional<wire::Anchor>* anchor;
    };
    using Key = std::pair<bool, std::int64_t>;  // old tasks are numbered apart

    explicit LivingComments(std::span<const wire::Activity> activities) {
        for (const wire::Activity& activity : activities)
            if (is_deletion(activity) && !activity.comments.empty())
                gone_.insert(key_of(activity.comments.front()));
        for (const wire::Activity& activity : activities)
            if (!is_deletion(activity)) add(activity);
    }

    /// In the order of their first telling.
    const std::vector<Telling>& tellings() const noexcept { return tellings_; }

    /// Old-style tasks have numbers of their own, which a comment may have too.
    bool shares_its_number(const wire::Comment& comment) const {
        return comment.is_old_task && places_.contains({false, comment.id});
    }

private:
    static Key key_of(const wire::Comment& comment) noexcept {
        return {comment.is_old_task, comment.id};
    }

    void add(const wire::Activity& activity) {
        for (const wire::Comment& comment : activity.comments) {
            const Key key = key_of(comment);
            // Parents come before their children, so that one pass finds all that hangs on a gone
            // one.
            if (comment.parent && gone_.contains({false, *comment.parent})) gone_.insert(key);
            if (gone_.contains(key)) continue;
            const Telling telling{.comment = &comment, .anchor = &activity.anchor};
            const auto [at, is_new] = places_.try_emplace(key, tellings_.size());
            if (is_new)
                tellings_.push_back(telling);
            else if (comment.version > tellings_[at->second].comment->version)
                tellings_[at->second] = telling;
        }
    }

    std::set<Key> gone_;
    std::map<Key, std::size_t> places_;
    std::vector<Telling> tellings_;
};

}  // namespace

std::vector<schema::GitPrComment> map_comments(std::int64_t pr_id,
                                               std::span<const wire::Activity> activities,
                                               const Context& context) {
    std::vector<schema::GitPrComment> rows;
    const LivingComments living(activities);
    for (const auto& telling : living.tellings()) {
        rows.push_back(map_comment(pr_id, *telling.comment, *telling.anchor, context));
        if (living.shares_its_number(*telling.comment))
            rows.back().stream = schema::CommentStream::Issue;
    }
    return rows;
}

}  // namespace forgehouse::sources::bitbucket_server
