// The organisation as it is: what every forge's dialect renders and what the truth is made from.
// Plain data; who belongs to whom is said by indices, which never change. What is gone stays as a
// shell that says so.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/time.h"

namespace forgehouse::sim {

using Index = std::size_t;

struct Person {
    std::int64_t id;
    std::string login;
    std::string name;   ///< for people
    std::string email;  ///< empty: the account shows none
    bool is_active = true;
    bool is_gone = false;  ///< the account has lost its login and address
    bool is_bot = false;
};

struct Project {
    std::int64_t id;
    std::string key;
    std::string name;
    std::optional<std::string> description;
    std::optional<Index> owner;  ///< of a personal one
    bool is_public = false;
    bool is_secret = false;  ///< only administrators see it
};

struct Signature {
    std::string name;
    std::string email;
    std::int64_t seconds;
    int zone_minutes;
};

struct FileChange {
    std::string path;                            ///< git's bytes
    std::shared_ptr<const std::string> content;  ///< null where the file is deleted
};

struct Commit {
    std::string hash;  ///< empty until git has written it
    std::vector<Index> parents;
    Signature author;
    Signature committer;
    std::string message;
    std::vector<FileChange> changes;  ///< against the first parent; gone once written
};

struct TagObject {
    std::string hash;  ///< empty until git has written it
    std::string name;
    Index commit;
    Signature tagger;
    std::string message;
};

/// An origin and its forks: one object store.
struct Family {
    std::vector<Commit> commits;
    std::vector<TagObject> tags;
    Index commits_written = 0;
    Index tags_written = 0;
};

using Tree = std::map<std::string, std::shared_ptr<const std::string>>;

struct Branch {
    Index head;
    Tree tree;
    std::set<std::string> touched{};  ///< paths that its own commits changed since it was made
};

struct Tag {
    Index commit;
    std::optional<Index> object;  ///< of an annotated one
};

enum class Verdict : unsigned char { None, Approved, NeedsWork };

struct Reviewer {
    Index person;
    Verdict verdict = Verdict::None;
    std::optional<Index> reviewed_commit;
};

struct Comment {
    std::int64_t id;
    Index author;
    Time created;
    Time updated;
    std::string text;
    int version = 0;
    bool is_task = false;
    bool is_resolved = false;
    std::optional<Index> resolver;
    std::optional<Time> resolved_at;
    bool thread_is_resolved = false;
    std::vector<Comment> replies;  ///< in order
};

struct Anchor {
    std::string path;
    std::optional<int> line;  ///< none: at the file
    bool is_old_side = false;
    bool is_added_line = true;
    Index from_commit;
    Index to_commit;
};

struct Thread {
    Comment root;
    std::optional<Anchor> anchor;
    bool is_deleted = false;  ///< only an activity still tells of it
};

enum class Action : unsigned char {
    Opened,
    Approved,
    Unapproved,
    Reviewed,
    Rescoped,
    Updated,
    Commented,
    Merged,
    Declined,
    Reopened
};
enum class CommentAction : unsigned char { Added, Edited, Deleted };

struct Rescope {
    Index from, previous_from, to, previous_to;
    std::vector<Index> added, removed;
};

struct Activity {
    std::int64_t id;
    Time at;
    Index person;
    Action action;
    std::optional<std::int64_t> thread{};  ///< id of the first comment, of Commented
    CommentAction comment_action = CommentAction::Added;
    std::optional<Rescope> rescope{};
    std::vector<Index> added_reviewers{}, removed_reviewers{};
    std::optional<Index> merge_commit{};
};

enum class PullState : unsigned char { Open, Merged, Declined };

struct PullRequest {
    std::int64_t number;
    int version = 0;
    std::string title;
    std::optional<std::string> description;
    PullState state = PullState::Open;
    bool is_draft = false;
    bool is_deleted = false;
    Index author;
    Index from_repository;
    std::string from_branch;
    std::string to_branch;
    Index from_commit;
    Index to_commit;
    Time created;
    Time updated;
    std::optional<Time> closed;
    std::vector<Reviewer> reviewers;
    std::vector<Index> participants;
    std::vector<Thread> threads;
    std::vector<Activity> activities;  ///< oldest first
    std::optional<Index> trial_merge;  ///< what the server made to see whether it merges
};

struct Build {
    std::string key;
    std::string name;
    std::string state;
    std::optional<std::string> description;
    std::string url;
    Time created;
    Time updated;
};

struct Repository {
    std::int64_t id;
    std::string slug;
    std::string name;
    std::optional<std::string> description;
    Index project;
    Index family;
    std::optional<Index> origin;  ///< of a fork
    bool is_public = false;
    bool is_archived = false;
    bool is_forkable = true;
    bool is_deleted = false;
    std::string default_branch;  ///< also where there is no such branch
    std::map<std::string, Branch> branches;
    std::map<std::string, Tag> tags;
    std::vector<PullRequest> pulls;              ///< by number, from 1; deleted ones too
    std::map<Index, std::vector<Build>> builds;  ///< by commit
    Time clock;                                  ///< of the last thing that happened
};

struct Organisation {
    std::vector<Person> people;
    std::vector<Project> projects;
    std::vector<Family> families;
    std::vector<Repository> repositories;
    std::int64_t last_comment_id = 0;
    std::int64_t last_activity_id = 0;
    std::size_t names_made = 0;  ///< so that each new name is another
    Time clock;                  ///< of the last thing that happened anywhere

    const Commit& commit(const Repository& repository, Index commit) const {
        return families[repository.family].commits[commit];
    }
};

/// Calls `visit(comment, parent)` for the comment and all below it; parent is null for the first.
template <class C, class Visit>
void for_each_comment(C& comment, Visit&& visit, C* parent = nullptr) {
    visit(comment, parent);
    for (auto& reply : comment.replies) for_each_comment(reply, visit, &comment);
}

}  // namespace forgehouse::sim
