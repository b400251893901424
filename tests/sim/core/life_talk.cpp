#include <algorithm>

#include "sim/core/life.h"
#include "sim/core/words.h"

namespace forgehouse::sim {

void Life::take_part(PullRequest& pull, Index person) {
    const bool reviews = std::ranges::any_of(
        pull.reviewers, [&](const Reviewer& reviewer) { return reviewer.person == person; });
    if (person != pull.author && !reviews &&
        std::ranges::find(pull.participants, person) == pull.participants.end())
        pull.participants.push_back(person);
}

Comment Life::new_comment(Index person, Time at) {
    return {.id = ++organisation_.last_comment_id,
            .author = person,
            .created = at,
            .updated = at,
            .text = words::comment(random_),
            .resolver = std::nullopt,
            .resolved_at = std::nullopt,
            .replies = {}};
}

std::optional<Anchor> Life::some_anchor(Repository& at, const PullRequest& pull) {
    const auto branch = repository(pull.from_repository).branches.find(pull.from_branch);
    if (branch == repository(pull.from_repository).branches.end() ||
        branch->second.touched.empty() || random_.chance(45))
        return std::nullopt;
    const std::set<std::string>& paths = branch->second.touched;
    const auto path = std::next(paths.begin(), static_cast<long>(random_.below(paths.size())));
    if (path->starts_with("caf\xe9")) return std::nullopt;  // JSON cannot name it
    Anchor anchor{.path = *path,
                  .line = std::nullopt,
                  .from_commit = pull.to_commit,
                  .to_commit = pull.from_commit};
    if (!random_.chance(15)) anchor.line = static_cast<int>(random_.between(1, 20));
    anchor.is_old_side = random_.chance(20);
    anchor.is_added_line = !anchor.is_old_side && random_.chance(60);
    (void)at;
    return anchor;
}

void Life::comment(Index index, PullRequest& pull) {
    const Time at = tick(index);
    const Index person = somebody(true);
    Thread thread{.root = new_comment(person, at), .anchor = some_anchor(repository(index), pull)};
    const std::int64_t id = thread.root.id;
    pull.threads.push_back(std::move(thread));
    act(pull, at, person, Action::Commented).thread = id;
    take_part(pull, person);
    touch(pull, at, false);
}

// A comment of a living thread, any depth; `leaf`: one that nobody has answered.
Comment* Life::some_comment(PullRequest& pull, bool leaf) {
    std::vector<Comment*> all;
    for (Thread& thread : pull.threads) {
        if (thread.is_deleted) continue;
        for_each_comment(thread.root, [&](Comment& comment, Comment*) {
            if (!leaf || comment.replies.empty()) all.push_back(&comment);
        });
    }
    return all.empty() ? nullptr : all[random_.below(all.size())];
}

void Life::reply(Index index, PullRequest& pull) {
    Comment* parent = some_comment(pull, random_.chance(60));
    // An old server's tasks take no replies.
    if (!parent || (settings_.is_legacy && parent->is_task)) return comment(index, pull);
    const Time at = tick(index);
    const Index person = somebody(true);
    parent->replies.push_back(new_comment(person, at));
    take_part(pull, person);
    touch(pull, at, false);
}

void Life::add_task(Index index, PullRequest& pull) {
    Comment* parent = some_comment(pull, false);
    const bool alone = !settings_.is_legacy && random_.chance(40);
    if (!alone && (!parent || parent->is_task)) return comment(index, pull);
    const Time at = tick(index);
    const Index person = somebody();
    Comment task = new_comment(person, at);
    task.is_task = true;
    if (alone) {
        const std::int64_t id = task.id;
        pull.threads.push_back({.root = std::move(task), .anchor = std::nullopt});
        act(pull, at, person, Action::Commented).thread = id;
    } else {
        parent->replies.push_back(std::move(task));
    }
    take_part(pull, person);
    touch(pull, at, false);
}

void Life::resolve(Index index, PullRequest& pull) {
    Comment* found = some_comment(pull, false);
    if (!found) return;
    const Time at = tick(index);
    const Index person = somebody();
    if (found->is_task) {
        found->is_resolved = !found->is_resolved;
        found->resolver = found->is_resolved ? std::optional(person) : std::nullopt;
        found->resolved_at = found->is_resolved ? std::optional(at) : std::nullopt;
    } else {
        found->thread_is_resolved = !found->thread_is_resolved;
    }
    ++found->version;
    touch(pull, at, false);
}

bool Life::edit_comment(Index index, PullRequest& pull) {
    Comment* found = some_comment(pull, false);
    if (!found) return false;
    const Time at = tick(index);
    found->text = words::comment(random_) + " (edited)";
    if (!(settings_.is_legacy && found->is_task)) found->updated = at;
    ++found->version;
    // Some versions tell of it, most do not.
    const bool is_root = std::ranges::any_of(
        pull.threads, [&](const Thread& thread) { return &thread.root == found; });
    if (is_root && random_.chance(25)) {
        Activity& activity = act(pull, at, found->author, Action::Commented);
        activity.thread = found->id;
        activity.comment_action = CommentAction::Edited;
    }
    touch(pull, at, false);
    return true;
}

// Only what nobody has answered can be deleted.
bool Life::delete_comment(Index index, PullRequest& pull) {
    Comment* found = some_comment(pull, true);
    if (!found) return false;
    const Time at = tick(index);
    const std::int64_t id = found->id;
    const auto thread =
        std::ranges::find_if(pull.threads, [&](const Thread& t) { return t.root.id == id; });
    if (thread != pull.threads.end()) {
        const Index author = thread->root.author;
        std::erase_if(pull.activities, [&](const Activity& a) { return a.thread == id; });
        if (random_.chance(30)) {
            thread->is_deleted = true;
            Activity& activity = act(pull, at, author, Action::Commented);
            activity.thread = id;
            activity.comment_action = CommentAction::Deleted;
        } else {
            pull.threads.erase(thread);
        }
    } else {
        for (Thread& other : pull.threads)
            for_each_comment(other.root, [&](Comment& comment, Comment*) {
                std::erase_if(comment.replies, [&](const Comment& c) { return c.id == id; });
            });
    }
    touch(pull, at, false);
    return true;
}

}  // namespace forgehouse::sim
