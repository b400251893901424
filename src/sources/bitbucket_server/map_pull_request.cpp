#include <algorithm>
#include <set>

#include "sources/bitbucket_server/map.h"
#include "sources/bitbucket_server/metadata.h"
#include "sources/bitbucket_server/people.h"
#include "sources/size_label.h"

namespace forgehouse::sources::bitbucket_server {
namespace {

bool is_submitted_review(const wire::Activity& activity) noexcept {
    return activity.action == "APPROVED" || activity.action == "REVIEWED";
}

bool is_verdict(const wire::Activity& activity) noexcept {
    return is_submitted_review(activity) || activity.action == "UNAPPROVED";
}

// The last one of that action; among those of one moment the highest id.
const wire::Activity* last_of(std::span<const wire::Activity> activities,
                              std::string_view action) noexcept {
    const wire::Activity* last = nullptr;
    for (const wire::Activity& activity : activities) {
        if (activity.action != action) continue;
        if (!last || std::pair(activity.created, activity.id) > std::pair(last->created, last->id))
            last = &activity;
    }
    return last;
}

Result<schema::PullRequestState> state_of(std::string_view word) {
    const auto state = schema::from_word<schema::PullRequestState>(word);
    if (state) return *state;
    return Failure(Error(Errc::Corrupt, "a pull request is in a state that is not known")
                       .with("state", std::string(word)));
}

// Servers before 4 have no status, only whether it is approved.
Result<schema::ReviewStatus> verdict_of(const wire::Participant& participant) {
    using schema::ReviewStatus;
    if (!participant.status)
        return participant.approved ? ReviewStatus::Approved : ReviewStatus::Unapproved;
    const auto status = schema::from_word<ReviewStatus>(*participant.status);
    if (status) return *status;
    return Failure(Error(Errc::Corrupt, "a participant has a status that is not known")
                       .with("status", std::string(*participant.status)));
}

std::optional<Time> reviewed_at(const wire::Participant& reviewer,
                                std::span<const wire::Activity> activities) {
    std::optional<Time> last;
    const auto uuid = uuid_of(reviewer.user);
    for (const wire::Activity& activity : activities)
        if (is_verdict(activity) && activity.user && uuid_of(*activity.user) == uuid)
            last = std::max(last.value_or(activity.created), activity.created);
    return last;
}

Result<schema::GitPrReviewer> map_reviewer(std::int64_t pr_id, const wire::Participant& reviewer,
                                           std::span<const wire::Activity> activities,
                                           const Context& context) {
    TRY_LET(status, verdict_of(reviewer));
    return schema::GitPrReviewer{.data_source = {context.repo.data_source},
                                 .project_key = context.repo.project_key,
                                 .repo_slug = context.repo.repo_slug,
                                 .pr_id = pr_id,
                                 .reviewer_uuid = uuid_of(reviewer.user).value_or(""),
                                 .review_id = {},
                                 .reviewer_name = name_of(reviewer.user),
                                 .reviewer_email = owned(reviewer.user.email),
                                 .reviewer_type = type_of(reviewer.user),
                                 .status = status,
                                 .role = schema::Word{"REVIEWER"},
                                 .approved = reviewer.approved,
                                 .commit_hash = owned(reviewer.last_reviewed_commit),
                                 .reviewed_at = reviewed_at(reviewer, activities),
                                 .body = std::nullopt,
                                 .metadata = {plain_metadata(reviewer.raw)},
                                 .collected_at = context.stamp.collected_at,
                                 ._version = context.stamp.version,
                                 .is_deleted = 0};
}

// Who has several parts keeps the first one that is added.
class Participants {
public:
    Participants(std::int64_t pr_id, const Context& context) : pr_id_(pr_id), context_(context) {}

    Result<void> add(const wire::Participant& participant, schema::ParticipantRole role) {
        std::string uuid = uuid_of(participant.user).value_or("");
        if (!known_.insert(uuid).second) return {};
        TRY_LET(verdict, verdict_of(participant));
        const bool is_author = role == schema::ParticipantRole::Author;
        rows_.push_back({.data_source = {context_.repo.data_source},
                         .project_key = context_.repo.project_key,
                         .repo_slug = context_.repo.repo_slug,
                         .pr_id = pr_id_,
                         .participant_uuid = std::move(uuid),
                         .participant_name = name_of(participant.user),
                         .participant_email = owned(participant.user.email),
                         .role = role,
                         .status = is_author ? std::nullopt : std::optional(verdict),
                         .approved = participant.approved,
                         .last_reviewed_commit = owned(participant.last_reviewed_commit),
                         .metadata = {plain_metadata(participant.raw)},
                         .collected_at = context_.stamp.collected_at,
                         ._version = context_.stamp.version,
                         .is_deleted = 0});
        return {};
    }

    std::vector<schema::GitPrParticipant> take() { return std::move(rows_); }

private:
    const std::int64_t pr_id_;
    const Context& context_;
    std::set<std::string> known_;
    std::vector<schema::GitPrParticipant> rows_;
};

Result<std::vector<schema::GitPrParticipant>> map_participants(const wire::PullRequest& item,
                                                               const Context& context) {
    using schema::ParticipantRole;
    Participants all(item.id, context);
    if (item.author) TRY(all.add(*item.author, ParticipantRole::Author));
    for (const auto& one : item.reviewers) TRY(all.add(one, ParticipantRole::Reviewer));
    for (const auto& one : item.participants) TRY(all.add(one, ParticipantRole::Participant));
    return all.take();
}

Result<std::vector<schema::GitPrReviewer>> map_reviewers(const wire::PullRequest& item,
                                                         std::span<const wire::Activity> activities,
                                                         const Context& context) {
    std::vector<schema::GitPrReviewer> rows;
    std::set<std::string> known;
    for (const wire::Participant& reviewer : item.reviewers) {
        TRY_LET(row, map_reviewer(item.id, reviewer, activities, context));
        if (known.insert(row.reviewer_uuid).second) rows.push_back(std::move(row));
    }
    return rows;
}

// Everybody met, once. Who has no account has no row.
class People {
public:
    explicit People(const RowStamp& stamp) : stamp_(stamp) {}

    void add(const std::optional<wire::User>& user) {
        if (!user || !user->id || !known_.insert(*user->id).second) return;
        rows_.push_back(map_user(*user, stamp_));
    }
    void add(const wire::Activity& activity) {
        add(activity.user);
        for (const wire::User& user : activity.people) add(user);
        for (const wire::Comment& comment : activity.comments) {
            add(comment.author);
            add(comment.resolver);
        }
    }
    std::vector<schema::GitUser> take() { return std::move(rows_); }

private:
    const RowStamp& stamp_;
    std::set<std::int64_t> known_;
    std::vector<schema::GitUser> rows_;
};

std::vector<schema::GitUser> map_people(const wire::PullRequest& item,
                                        std::span<const wire::Activity> activities,
                                        const RowStamp& stamp) {
    People people(stamp);
    if (item.author) people.add(item.author->user);
    for (const wire::Participant& reviewer : item.reviewers) people.add(reviewer.user);
    for (const wire::Participant& one : item.participants) people.add(one.user);
    for (const wire::Activity& activity : activities) people.add(activity);
    return people.take();
}

// closedDate is missing on old servers; the activity knows, and at worst the last change is it.
std::optional<Time> closed_on(const wire::PullRequest& item, schema::PullRequestState state,
                              std::span<const wire::Activity> activities) {
    if (state == schema::PullRequestState::Open) return std::nullopt;
    if (item.closed) return item.closed;
    const wire::Activity* closing = last_of(activities, item.state);
    return closing ? closing->created : item.updated;
}

std::optional<Time> first_review_on(const std::optional<std::string>& author,
                                    std::span<const wire::Activity> activities,
                                    std::span<const schema::GitPrComment> comments) {
    std::optional<Time> first;
    const auto note = [&](Time time) { first = std::min(first.value_or(time), time); };
    for (const wire::Activity& activity : activities)
        if (is_submitted_review(activity) && activity.user && uuid_of(*activity.user) != author)
            note(activity.created);
    for (const schema::GitPrComment& comment : comments)
        if (comment.author_uuid && comment.author_uuid != author) note(comment.created_at);
    return first;
}

void map_person(schema::GitPullRequest& row, const wire::PullRequest& item) {
    if (!item.author) return;
    const wire::User& author = item.author->user;
    row.author_name = name_of(author);
    row.author_uuid = uuid_of(author);
    row.author_email = owned(author.email);
    row.author_type = type_of(author);
}

void map_closing(schema::GitPullRequest& row, const wire::PullRequest& item,
                 std::span<const wire::Activity> activities) {
    row.closed_on = closed_on(item, row.state, activities);
    // A clock that was set back must not give a span of centuries.
    if (row.closed_on && *row.closed_on >= row.created_on)
        row.duration_seconds =
            static_cast<std::uint64_t>((*row.closed_on - row.created_on).count() / 1000);
    if (row.state != schema::PullRequestState::Merged) return;
    row.merged_on = row.closed_on;
    row.merge_commit_hash = merge_commit_of(item, activities);
    const wire::Activity* merge = last_of(activities, "MERGED");
    if (merge && merge->user) row.merged_by = name_of(*merge->user);
}

void map_git(schema::GitPullRequest& row, const std::optional<PullRequestGit>& git) {
    if (!git) return;
    row.commit_count = static_cast<std::uint32_t>(git->commits.size());
    if (!git->size) return;
    row.files_changed = git->size->files_changed;
    row.lines_added = git->size->lines_added;
    row.lines_removed = git->size->lines_removed;
    const std::uint64_t lines = std::uint64_t(git->size->lines_added) + git->size->lines_removed;
    row.size_label = schema::Word{std::string(size_label(lines))};
}

// The rows are what the table of comments holds; the list's counts stand in where nothing of the
// activities was read, as where they are denied.
void map_counts(schema::GitPullRequest& row, const wire::PullRequest& item,
                std::span<const wire::Activity> activities,
                std::span<const schema::GitPrComment> comments) {
    if (activities.empty()) {
        row.comment_count = item.comment_count;
        row.task_count = item.task_count;
        return;
    }
    const auto tasks = std::ranges::count(comments, true, &schema::GitPrComment::is_task);
    row.task_count = static_cast<std::uint32_t>(tasks);
    row.comment_count = static_cast<std::uint32_t>(comments.size()) - *row.task_count;
    row.review_count =
        static_cast<std::uint32_t>(std::ranges::count_if(activities, is_submitted_review));
}

schema::GitPullRequest empty_row(const wire::PullRequest& item, schema::PullRequestState state,
                                 const Context& context) {
    std::optional<std::string> source_project;
    std::optional<std::string> source_slug;
    if (item.from.place) {
        source_project = item.from.place->project_key;
        source_slug = item.from.place->slug;
    }
    return {.data_source = {context.repo.data_source},
            .project_key = context.repo.project_key,
            .repo_slug = context.repo.repo_slug,
            .pr_id = item.id,
            .pr_number = item.id,
            .title = std::string(item.title),
            .description = owned(item.description),
            .state = state,
            .state_raw = {std::string(item.state)},
            .is_draft = item.draft,
            .author_name = std::nullopt,
            .author_uuid = std::nullopt,
            .author_email = std::nullopt,
            .author_type = std::nullopt,
            .created_on = item.created,
            .updated_on = item.updated,
            .closed_on = std::nullopt,
            .merged_on = std::nullopt,
            .merged_by = std::nullopt,
            .assignees = {},
            .merge_commit_hash = std::nullopt,
            .merge_strategy = std::nullopt,
            .source_project_key = std::move(source_project),
            .source_repo_slug = std::move(source_slug),
            .source_branch = std::string(item.from.branch),
            .source_hash = owned(item.from.head),
            .destination_branch = std::string(item.to.branch),
            .destination_hash = owned(item.to.head),
            .commit_count = std::nullopt,
            .comment_count = std::nullopt,
            .review_count = std::nullopt,
            .task_count = std::nullopt,
            .files_changed = std::nullopt,
            .lines_added = std::nullopt,
            .lines_removed = std::nullopt,
            .size_label = std::nullopt,
            .labels = {},
            .duration_seconds = std::nullopt,
            .first_review_on = std::nullopt,
            .jira_tickets = {},
            .web_url = owned(item.link),
            .metadata = {pull_request_metadata(item.raw)},
            .collected_at = context.stamp.collected_at,
            ._version = context.stamp.version,
            .is_deleted = 0};
}

std::vector<schema::GitPrCommit> map_commits(std::int64_t pr_id,
                                             const std::optional<PullRequestGit>& git,
                                             const Context& context) {
    std::vector<schema::GitPrCommit> rows;
    if (!git) return rows;
    rows.reserve(git->commits.size());
    for (const std::string& hash : git->commits)
        rows.push_back({.data_source = {context.repo.data_source},
                        .project_key = context.repo.project_key,
                        .repo_slug = context.repo.repo_slug,
                        .pr_id = pr_id,
                        .commit_hash = hash,
                        .commit_order = static_cast<std::uint32_t>(rows.size()),
                        .collected_at = context.stamp.collected_at,
                        ._version = context.stamp.version,
                        .is_deleted = 0});
    return rows;
}

}  // namespace

std::optional<std::string> merge_commit_of(const wire::PullRequest& item,
                                           std::span<const wire::Activity> activities) {
    if (item.state != "MERGED") return std::nullopt;
    const wire::Activity* merge = last_of(activities, "MERGED");
    return owned(merge && merge->merge_commit ? merge->merge_commit : item.merge_commit);
}

std::vector<schema::GitPrEvent> map_events(std::int64_t pr_id,
                                           std::span<const wire::Activity> activities,
                                           const Context& context) {
    std::vector<schema::GitPrEvent> rows;
    rows.reserve(activities.size());
    for (const wire::Activity& activity : activities)
        rows.push_back({.data_source = {context.repo.data_source},
                        .project_key = context.repo.project_key,
                        .repo_slug = context.repo.repo_slug,
                        .pr_id = pr_id,
                        .event_id = std::to_string(activity.id),
                        .action = {std::string(activity.action)},
                        .actor_name = activity.user ? name_of(*activity.user) : std::nullopt,
                        .actor_uuid = activity.user ? uuid_of(*activity.user) : std::nullopt,
                        .occurred_at = activity.created,
                        .from_hash = owned(activity.from_hash),
                        .to_hash = owned(activity.to_hash),
                        .previous_from_hash = owned(activity.previous_from_hash),
                        .previous_to_hash = owned(activity.previous_to_hash),
                        .metadata = {event_metadata(activity.raw)},
                        .collected_at = context.stamp.collected_at,
                        ._version = context.stamp.version,
                        .is_deleted = 0});
    return rows;
}

Result<PullRequestRows> map_pull_request(const wire::PullRequest& item,
                                         std::span<const wire::Activity> activities,
                                         const std::optional<PullRequestGit>& git,
                                         const Context& context) {
    TRY_LET(state, state_of(item.state));
    TRY_LET(reviewers, map_reviewers(item, activities, context));
    TRY_LET(participants, map_participants(item, context));
    PullRequestRows rows{.pull_request = empty_row(item, state, context),
                         .events = map_events(item.id, activities, context),
                         .reviewers = std::move(reviewers),
                         .comments = map_comments(item.id, activities, context),
                         .participants = std::move(participants),
                         .commits = map_commits(item.id, git, context),
                         .users = map_people(item, activities, context.stamp)};
    schema::GitPullRequest& row = *rows.pull_request;
    map_person(row, item);
    map_closing(row, item, activities);
    map_git(row, git);
    map_counts(row, item, activities, rows.comments);
    row.first_review_on = first_review_on(row.author_uuid, activities, rows.comments);
    return rows;
}

}  // namespace forgehouse::sources::bitbucket_server
