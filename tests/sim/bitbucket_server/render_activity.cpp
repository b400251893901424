#include <algorithm>

#include "sim/bitbucket_server/render.h"

namespace forgehouse::sim::bitbucket_server {
namespace {

constexpr std::string_view kActions[] = {"OPENED",   "APPROVED", "UNAPPROVED", "REVIEWED",
                                         "RESCOPED", "UPDATED",  "COMMENTED",  "MERGED",
                                         "DECLINED", "REOPENED"};
constexpr std::string_view kCommentActions[] = {"ADDED", "EDITED", "DELETED"};

void permissions(json::Writer& out, bool with_transition) {
    out.name("permittedOperations").object().name("editable").flag(true);
    out.name("deletable").flag(true);
    if (with_transition) out.name("transitionable").flag(true);
    out.end();
}

}  // namespace

// A task of an old server, which hangs on its comment.
void Render::task(json::Writer& out, const Comment& task) const {
    out.object().name("author");
    user(out, task.author);
    out.name("createdDate");
    time(out, task.created);
    out.name("id").integer(task.id).name("text").text(task.text);
    out.name("state").text(task.is_resolved ? "RESOLVED" : "OPEN");
    permissions(out, true);
    out.end();
}

void Render::comment(json::Writer& out, const Repository& in, const Comment& comment) const {
    out.object().name("properties").object().name("repositoryId").integer(in.id).end();
    out.name("id").integer(comment.id).name("version").integer(comment.version);
    out.name("text").text(comment.text).name("author");
    user(out, comment.author);
    out.name("createdDate");
    time(out, comment.created);
    out.name("updatedDate");
    time(out, comment.updated);
    out.name("comments").array();
    for (const Comment& reply : comment.replies)
        if (!settings_.is_legacy || !reply.is_task) this->comment(out, in, reply);
    out.end().name("tasks").array();
    for (const Comment& reply : comment.replies)
        if (settings_.is_legacy && reply.is_task) task(out, reply);
    out.end();
    if (!settings_.is_legacy) {
        out.name("severity").text(comment.is_task ? "BLOCKER" : "NORMAL");
        out.name("state").text(comment.is_resolved ? "RESOLVED" : "OPEN");
        out.name("threadResolved").flag(comment.thread_is_resolved);
        if (comment.resolver) {
            out.name("resolver");
            user(out, *comment.resolver);
        }
        if (comment.resolved_at) {
            out.name("resolvedDate");
            time(out, *comment.resolved_at);
        }
    }
    permissions(out, false);
    out.end();
}

void Render::anchor(json::Writer& out, const Repository& in, const Anchor& anchor) const {
    out.object().name("fromHash").text(organisation_.commit(in, anchor.from_commit).hash);
    out.name("toHash").text(organisation_.commit(in, anchor.to_commit).hash);
    if (anchor.line) {
        out.name("line").integer(*anchor.line);
        out.name("lineType")
            .text(anchor.is_old_side     ? "REMOVED"
                  : anchor.is_added_line ? "ADDED"
                                         : "CONTEXT");
        out.name("fileType").text(anchor.is_old_side ? "FROM" : "TO");
    }
    out.name("path").text(anchor.path).name("diffType").text("EFFECTIVE");
    out.name("orphaned").flag(false).end();
}

void Render::commits(json::Writer& out, const Repository& in,
                     const std::vector<Index>& list) const {
    out.object().name("commits").array();
    // The product shows the first few and says how many there are.
    for (std::size_t i = 0; i < std::min<std::size_t>(list.size(), 5); ++i)
        commit(out, in, list[i]);
    out.end().name("total").count(list.size()).end();
}

void Render::activity(json::Writer& out, const Repository& in, const PullRequest& pull,
                      const Activity& activity) const {
    out.object().name("id").integer(activity.id).name("createdDate");
    time(out, activity.at);
    out.name("user");
    user(out, activity.person);
    out.name("action").text(kActions[static_cast<std::size_t>(activity.action)]);
    if (activity.thread) {
        const auto thread = std::ranges::find_if(
            pull.threads, [&](const Thread& t) { return t.root.id == *activity.thread; });
        out.name("commentAction")
            .text(kCommentActions[static_cast<std::size_t>(activity.comment_action)]);
        if (thread != pull.threads.end()) {
            out.name("comment");
            comment(out, in, thread->root);
            if (thread->anchor) {
                out.name("commentAnchor");
                anchor(out, in, *thread->anchor);
            }
        }
    }
    if (const auto& scope = activity.rescope) {
        const auto hash = [&](Index commit) { return organisation_.commit(in, commit).hash; };
        out.name("fromHash").text(hash(scope->from));
        out.name("previousFromHash").text(hash(scope->previous_from));
        out.name("previousToHash").text(hash(scope->previous_to));
        out.name("toHash").text(hash(scope->to)).name("added");
        commits(out, in, scope->added);
        out.name("removed");
        commits(out, in, scope->removed);
    }
    if (activity.action == Action::Updated) {
        out.name("addedReviewers").array();
        for (const Index person : activity.added_reviewers) user(out, person);
        out.end().name("removedReviewers").array();
        for (const Index person : activity.removed_reviewers) user(out, person);
        out.end();
    }
    if (activity.merge_commit) {
        out.name("commit");
        commit(out, in, *activity.merge_commit);
    }
    out.end();
}

}  // namespace forgehouse::sim::bitbucket_server
