// What Bitbucket Server's REST API sends, as far as it is mapped. Members that nobody maps are
// ignored; one that a row cannot do without is Corrupt where it is missing.
//
// All texts are views into the document and all `raw` are places in it: it must outlive them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "base/time.h"

namespace forgehouse::sources::bitbucket_server::wire {

/// The frame of every list. Errors: Corrupt where it says neither where it goes on nor that it
/// ends, or would go on where it began.
struct Paging {
    std::int64_t start = 0;
    std::uint32_t limit = 0;           ///< as granted; 0 where the server does not say
    std::optional<std::int64_t> next;  ///< `nextPageStart`; nullopt on the last page
    std::vector<json::Value> values;
};
Result<Paging> parse_paging(const json::Value& page);

/// An account; where the server knows none, as with many commits, only a name and an address.
struct User {
    std::optional<std::int64_t> id;
    std::optional<std::string_view> login;
    std::optional<std::string_view> slug;
    std::optional<std::string_view> display_name;
    std::optional<std::string_view> email;
    std::optional<std::string_view> type;
    std::optional<bool> active;
    std::optional<Time> last_seen;
    std::optional<std::string_view> link;
    json::Value raw;
};
Result<User> parse_user(const json::Value& user);

struct Project {
    std::optional<std::int64_t> id;
    std::string_view key;
    std::optional<std::string_view> name;
    std::optional<std::string_view> description;
    std::optional<bool> is_public;
    bool is_personal;
    std::optional<std::string_view> link;
    json::Value raw;
};

struct Repository {
    std::int64_t id;
    std::string_view slug;
    std::optional<std::string_view> name;
    std::optional<std::string_view> description;
    Project project;
    std::optional<bool> is_public;
    std::optional<bool> archived;
    std::optional<bool> forkable;
    bool is_fork;
    std::string origin;  ///< `KEY/slug`; empty where it is no fork or its origin is hidden
    std::optional<std::string_view> clone_http;
    std::optional<std::string_view> clone_ssh;
    std::optional<std::string_view> link;
    json::Value raw;
};
Result<Repository> parse_repository(const json::Value& repository);

/// Which repository a side of a pull request is in.
struct Place {
    std::string_view project_key;
    std::string_view slug;
};

/// A side of a pull request.
struct Side {
    std::string_view branch;  ///< short
    std::optional<std::string_view> head;
    std::optional<Place> place;  ///< nullopt where that repository is gone
};

struct Participant {
    User user;
    std::optional<std::string_view> status;
    bool approved;
    std::optional<std::string_view> last_reviewed_commit;
    json::Value raw;
};

struct PullRequest {
    std::int64_t id;
    std::string_view title;
    std::optional<std::string_view> description;
    std::string_view state;
    bool draft;
    Time created;
    Time updated;
    std::optional<Time> closed;
    Side from;
    Side to;
    std::optional<Participant> author;
    std::vector<Participant> reviewers;
    std::vector<Participant> participants;
    std::optional<std::uint32_t> comment_count;
    std::optional<std::uint32_t> task_count;
    std::optional<std::string_view> merge_commit;
    std::optional<std::string_view> link;
    json::Value raw;
};
Result<PullRequest> parse_pull_request(const json::Value& item);

/// As much of a pull request as a list needs: of all that can be wrong with one, nothing but a
/// missing id stands in the way of the others.
struct ListedItem {
    std::int64_t id;
    bool is_open;
    Time updated;  ///< the epoch's begin where that cannot be read
    std::string_view source_hash;
    std::string_view destination_hash;
    std::optional<Place> destination;
    json::Value raw;
};
Result<ListedItem> parse_listed_item(const json::Value& item);

/// Where a comment stands in a difference.
struct Anchor {
    std::string path;
    std::optional<std::uint32_t> line;
    bool old_side;
    bool orphaned;  ///< the line is no longer in the difference
    std::optional<std::string_view> to_hash;
    json::Value raw;
};

/// One comment or old-style task, out of the tree.
struct Comment {
    std::int64_t id;
    std::int64_t version;
    std::string_view text;
    std::optional<User> author;
    Time created;
    std::optional<Time> updated;
    std::optional<std::string_view> state;
    std::optional<std::string_view> severity;
    std::optional<bool> thread_resolved;
    std::optional<User> resolver;
    std::optional<std::int64_t> parent;  ///< id of the comment that it hangs on
    bool is_old_task;                    ///< an entry of `tasks[]`, numbered apart
    json::Value raw;
};

struct Activity {
    std::int64_t id;
    std::string_view action;
    Time created;
    std::optional<User> user;
    std::optional<std::string_view> comment_action;
    std::optional<Anchor> anchor;
    std::vector<Comment> comments;  ///< the thread in its present state: the first comment first
    std::optional<std::string_view> from_hash, to_hash;
    std::optional<std::string_view> previous_from_hash, previous_to_hash;
    std::optional<std::string_view> merge_commit;
    std::vector<User> people;  ///< others that it names: reviewers that came and went
    json::Value raw;
};
Result<Activity> parse_activity(const json::Value& activity);

struct BuildStatus {
    std::string_view key;
    std::string_view state;
    std::optional<std::string_view> name;
    std::optional<std::string_view> description;
    std::optional<std::string_view> url;
    std::optional<Time> created;
    std::optional<Time> updated;
    json::Value raw;
};
Result<BuildStatus> parse_build_status(const json::Value& status);

/// A branch or tag.
struct Ref {
    std::string_view name;  ///< short
    std::string_view hash;  ///< of the commit
    bool is_default;
    std::optional<std::string_view> tag_object;  ///< of an annotated tag
    json::Value raw;
};
Result<Ref> parse_ref(const json::Value& ref);

struct Commit {
    std::string_view id;
    std::optional<User> author;
    std::optional<User> committer;
    Time authored;
    Time committed;
    std::string_view message;
    std::vector<std::string_view> parents;
    json::Value raw;
};
Result<Commit> parse_commit(const json::Value& commit);

/// One file of a difference, its lines counted.
struct FileDiff {
    std::optional<std::string> source;       ///< path before; nullopt where it was added
    std::optional<std::string> destination;  ///< path after; nullopt where it was deleted
    std::uint32_t added;
    std::uint32_t removed;
    bool binary;
};
struct Diff {
    std::vector<FileDiff> files;
    bool truncated;  ///< said of the whole, a file, a hunk, a segment or a line: counts are too low
};
Result<Diff> parse_diff(const json::Value& diff);

/// One file in the list of what a commit changes.
struct Change {
    std::string path;
    std::optional<std::string> source;  ///< path before, where it is another one
    std::string_view type;              ///< ADD, MODIFY, DELETE, MOVE, COPY
};
Result<Change> parse_change(const json::Value& change);

}  // namespace forgehouse::sources::bitbucket_server::wire
