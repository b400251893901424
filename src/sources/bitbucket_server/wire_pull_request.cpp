// Pull requests, what happened to them, and their comments.
#include <iterator>

#include "sources/bitbucket_server/fields.h"
#include "sources/bitbucket_server/wire_parts.h"

namespace forgehouse::sources::bitbucket_server::wire {
namespace {

Result<Side> parse_side(const json::Value& side) {
    Fields fields(side, "side of a pull request");
    const auto shown = fields.text("displayId");
    Side out{.branch = shown ? *shown : short_name(fields.need_text("id")),
             .head = fields.text("latestCommit"),
             .place = std::nullopt};
    if (!out.head) out.head = fields.text("latestChangeset");
    if (const auto repository = fields.object("repository"))
        out.place = fields.part(parse_place(*repository));
    TRY(fields.done());
    return out;
}

Result<Participant> parse_participant(const json::Value& participant) {
    Fields fields(participant, "participant");
    Participant out{.user = {},
                    .status = fields.text("status"),
                    .approved = fields.flag("approved").value_or(false),
                    .last_reviewed_commit = fields.text("lastReviewedCommit"),
                    .raw = participant};
    const json::Value user = fields.need_object("user");
    TRY(fields.done());
    TRY_LET(parsed, parse_user(user));
    out.user = parsed;
    return out;
}

Result<std::vector<Participant>> parse_participants(const std::vector<json::Value>& items) {
    std::vector<Participant> out;
    out.reserve(items.size());
    for (const json::Value& item : items) {
        TRY_LET(participant, parse_participant(item));
        out.push_back(std::move(participant));
    }
    return out;
}

void read_properties(Fields& fields, PullRequest& out) {
    const auto properties = fields.object("properties");
    if (!properties) return;
    Fields inner(*properties, "properties");
    out.comment_count = inner.count("commentCount");
    const auto open = inner.count("openTaskCount");
    const auto resolved = inner.count("resolvedTaskCount");
    if (open || resolved) out.task_count = open.value_or(0) + resolved.value_or(0);
    if (const auto commit = inner.object("mergeCommit"))
        if (const auto id = commit->find("id")) out.merge_commit = inner.part(id->text());
    if (auto wrong = inner.done(); !wrong) fields.note(std::move(wrong).error());
}

// An old-style task hangs on its comment and has its own numbers.
Result<Comment> parse_comment(const json::Value& comment, std::optional<std::int64_t> parent,
                              bool is_old_task) {
    Fields fields(comment, is_old_task ? Literal("task") : Literal("comment"));
    Comment out{.id = fields.need_integer("id"),
                .version = fields.integer("version").value_or(0),
                .text = fields.need_text("text"),
                .author = fields.part(parse_optional_user(fields.object("author"))),
                .created = fields.need_time("createdDate"),
                .updated = fields.time("updatedDate"),
                .state = fields.text("state"),
                .severity = fields.text("severity"),
                .thread_resolved = fields.flag("threadResolved"),
                .resolver = fields.part(parse_optional_user(fields.object("resolver"))),
                .parent = parent,
                .is_old_task = is_old_task,
                .raw = comment};
    if (!out.resolver)
        out.resolver = fields.part(parse_optional_user(fields.object("threadResolver")));
    TRY(fields.done());
    return out;
}

Result<std::vector<User>> parse_people(Fields& fields) {
    std::vector<User> out;
    for (const Literal name : {Literal("addedReviewers"), Literal("removedReviewers")})
        for (const json::Value& item : fields.array(name)) {
            TRY_LET(user, parse_user(item));
            out.push_back(user);
        }
    return out;
}

}  // namespace

Result<std::string> parse_path(const json::Value& path) {
    if (path.kind() == json::Kind::Text) return std::string(*path.text());
    Fields fields(path, "path");
    const std::vector<json::Value> components = fields.array("components");
    std::string out;
    for (const json::Value& part : components) {
        if (!out.empty()) out += '/';
        out += fields.part(part.text());
    }
    if (components.empty()) {
        if (const auto whole = fields.text("toString")) {
            out = *whole;
        } else {
            out = fields.text("parent").value_or("");
            if (!out.empty()) out += '/';
            out += fields.need_text("name");
        }
    }
    TRY(fields.done());
    return out;
}

Result<Anchor> parse_anchor(const json::Value& anchor) {
    Fields fields(anchor, "anchor");
    Anchor out{
        .path = {},
        .line = std::nullopt,
        .old_side = fields.text("lineType") == "REMOVED" || fields.text("fileType") == "FROM",
        .orphaned = fields.flag("orphaned").value_or(false),
        .to_hash = fields.text("toHash"),
        .raw = anchor};
    // 0 or less is how some versions say that a comment stands at the file.
    const auto line = fields.integer("line");
    if (line && *line > 0) out.line = fields.count("line");
    if (const auto path = anchor.find("path")) out.path = fields.part(parse_path(*path));
    TRY(fields.done());
    return out;
}

Result<std::vector<Comment>> parse_thread(const json::Value& comment) {
    struct Pending {
        json::Value place;
        std::optional<std::int64_t> parent;
        bool is_old_task;
    };
    std::vector<Comment> out;
    std::vector<Pending> pending{{.place = comment, .parent = std::nullopt, .is_old_task = false}};
    while (!pending.empty()) {
        const Pending next = pending.back();
        pending.pop_back();
        TRY_LET(parsed, parse_comment(next.place, next.parent, next.is_old_task));
        const std::int64_t id = parsed.id;
        out.push_back(std::move(parsed));
        if (next.is_old_task) continue;
        Fields fields(next.place, "comment");
        const auto replies = fields.array("comments");
        const auto tasks = fields.array("tasks");
        TRY(fields.done());
        for (auto it = replies.rbegin(); it != replies.rend(); ++it)
            pending.push_back({.place = *it, .parent = id, .is_old_task = false});
        for (auto it = tasks.rbegin(); it != tasks.rend(); ++it)
            pending.push_back({.place = *it, .parent = id, .is_old_task = true});
    }
    return out;
}

Result<ListedItem> parse_listed_item(const json::Value& item) {
    Fields fields(item, "pull request");
    const std::int64_t id = fields.need_integer("id");
    TRY(fields.done());
    ListedItem out{.id = id,
                   .is_open = fields.text("state") == "OPEN",
                   .updated = fields.time("updatedDate").value_or(Time()),
                   .source_hash = {},
                   .destination_hash = {},
                   .destination = std::nullopt,
                   .raw = item};
    if (const auto from = fields.object("fromRef"))
        if (const auto side = parse_side(*from)) out.source_hash = side->head.value_or("");
    if (const auto to = fields.object("toRef"))
        if (const auto side = parse_side(*to)) {
            out.destination_hash = side->head.value_or("");
            out.destination = side->place;
        }
    return out;
}

Result<PullRequest> parse_pull_request(const json::Value& item) {
    Fields fields(item, "pull request");
    const json::Value from = fields.need_object("fromRef");
    const json::Value to = fields.need_object("toRef");
    PullRequest out{.id = fields.need_integer("id"),
                    .title = fields.need_text("title"),
                    .description = fields.text("description"),
                    .state = fields.need_text("state"),
                    .draft = fields.flag("draft").value_or(false),
                    .created = fields.need_time("createdDate"),
                    .updated = fields.need_time("updatedDate"),
                    .closed = fields.time("closedDate"),
                    .from = {},
                    .to = {},
                    .author = std::nullopt,
                    .reviewers = {},
                    .participants = {},
                    .comment_count = std::nullopt,
                    .task_count = std::nullopt,
                    .merge_commit = std::nullopt,
                    .link = self_link(item),
                    .raw = item};
    read_properties(fields, out);
    TRY(fields.done());
    out.from = fields.part(parse_side(from));
    out.to = fields.part(parse_side(to));
    if (const auto author = fields.object("author"); author && author->find("user"))
        out.author = fields.part(parse_participant(*author));
    out.reviewers = fields.part(parse_participants(fields.array("reviewers")));
    out.participants = fields.part(parse_participants(fields.array("participants")));
    TRY(fields.done());
    return out;
}

Result<Activity> parse_activity(const json::Value& activity) {
    Fields fields(activity, "activity");
    Activity out{.id = fields.need_integer("id"),
                 .action = fields.need_text("action"),
                 .created = fields.need_time("createdDate"),
                 .user = fields.part(parse_optional_user(fields.object("user"))),
                 .comment_action = fields.text("commentAction"),
                 .anchor = std::nullopt,
                 .comments = {},
                 .from_hash = fields.text("fromHash"),
                 .to_hash = fields.text("toHash"),
                 .previous_from_hash = fields.text("previousFromHash"),
                 .previous_to_hash = fields.text("previousToHash"),
                 .merge_commit = std::nullopt,
                 .people = {},
                 .raw = activity};
    out.people = fields.part(parse_people(fields));
    if (const auto comment = fields.object("comment")) {
        out.comments = fields.part(parse_thread(*comment));
        auto anchor = fields.object("commentAnchor");
        if (!anchor) anchor = comment->find("anchor");
        if (anchor) out.anchor = fields.part(parse_anchor(*anchor));
    }
    if (const auto commit = fields.object("commit"))
        if (const auto id = commit->find("id")) out.merge_commit = fields.part(id->text());
    TRY(fields.done());
    return out;
}

}  // namespace forgehouse::sources::bitbucket_server::wire
