#include <algorithm>
#include <unordered_map>

#include "schema/git_pr_commits.h"
#include "schema/git_pr_events.h"
#include "schema/git_pr_participants.h"
#include "schema/git_pr_reviewers.h"
#include "schema/git_pull_requests.h"
#include "sim/bitbucket_server/truth.h"
#include "sim/core/tickets.h"

namespace forgehouse::sim::bitbucket_server {
namespace {

constexpr std::string_view kActions[] = {"OPENED",   "APPROVED", "UNAPPROVED", "REVIEWED",
                                         "RESCOPED", "UPDATED",  "COMMENTED",  "MERGED",
                                         "DECLINED", "REOPENED"};

schema::ReviewStatus status_of(Verdict verdict) {
    switch (verdict) {
        case Verdict::Approved: return schema::ReviewStatus::Approved;
        case Verdict::NeedsWork: return schema::ReviewStatus::NeedsWork;
        case Verdict::None: break;
    }
    return schema::ReviewStatus::Unapproved;
}

bool is_review(Action action) {
    return action == Action::Approved || action == Action::Reviewed;
}

std::string size_label(std::uint64_t lines) {
    if (lines < 10) return "XS";
    if (lines < 30) return "S";
    if (lines < 100) return "M";
    if (lines < 500) return "L";
    return lines < 1000 ? "XL" : "XXL";
}

// All that one pull request becomes.
using Messages = std::unordered_map<std::string, const std::string*>;  // by hash

class PullTruth {
public:
    PullTruth(const Scope& scope, Manifest& manifest, const Repository& at, const PullRequest& pull,
              const Messages& messages, std::vector<bool>& met)
        : scope_(scope),
          manifest_(manifest),
          at_(at),
          pull_(pull),
          messages_(messages),
          met_(met),
          name_(name_of(scope.organisation, at)) {}

    /// What a list alone tells: nothing of activities, nothing of git.
    void add_listed() {
        add_reviewers();
        add_participants();
        add_pull({}, {});
    }

    Result<void> add() {
        is_read_ = true;
        TRY_LET(commits, scope_.store.range(scope_.ctx, at_, hash(pull_.from_commit),
                                            hash(pull_.to_commit)));
        for (std::size_t i = 0; i < commits.size(); ++i) add_commit(commits[i], i);
        TRY_LET(files, scope_.store.changes(scope_.ctx, at_, hash(pull_.from_commit),
                                            hash(pull_.to_commit)));
        add_events();
        add_reviewers();
        add_participants();
        add_comment_rows(scope_, manifest_, at_, pull_, met_);
        add_pull(commits, files);
        return {};
    }

private:
    const std::string& hash(Index commit) const {
        return scope_.organisation.commit(at_, commit).hash;
    }
    PersonWords person(Index index) {
        met_[index] = true;
        return words_of(scope_.organisation, index);
    }

    void add_commit(const std::string& commit, std::size_t order) {
        manifest_.add(schema::git_pr_commits,
                      schema::GitPrCommit{.data_source = {},
                                          .project_key = name_.project_key,
                                          .repo_slug = name_.repo_slug,
                                          .pr_id = pull_.number,
                                          .commit_hash = commit,
                                          .commit_order = static_cast<std::uint32_t>(order),
                                          .collected_at = {},
                                          ._version = 0,
                                          .is_deleted = 0});
    }

    void add_events() {
        for (const Activity& activity : pull_.activities) {
            const PersonWords actor = person(activity.person);
            const auto& scope = activity.rescope;
            const auto side = [&](Index Rescope::* which) {
                return scope ? std::optional(hash((*scope).*which)) : std::nullopt;
            };
            manifest_.add(
                schema::git_pr_events,
                schema::GitPrEvent{
                    .data_source = {},
                    .project_key = name_.project_key,
                    .repo_slug = name_.repo_slug,
                    .pr_id = pull_.number,
                    .event_id = fmt::to_string(activity.id),
                    .action = {std::string(kActions[static_cast<std::size_t>(activity.action)])},
                    .actor_name = actor.name,
                    .actor_uuid = actor.uuid,
                    .occurred_at = activity.at,
                    .from_hash = side(&Rescope::from),
                    .to_hash = side(&Rescope::to),
                    .previous_from_hash = side(&Rescope::previous_from),
                    .previous_to_hash = side(&Rescope::previous_to),
                    .metadata = {},
                    .collected_at = {},
                    ._version = 0,
                    .is_deleted = 0});
        }
    }

    void add_reviewers() {
        for (const Reviewer& reviewer : pull_.reviewers) {
            const PersonWords who = person(reviewer.person);
            std::optional<Time> last;
            for (const Activity& activity : pull_.activities)
                if (is_read_ && activity.person == reviewer.person &&
                    (is_review(activity.action) || activity.action == Action::Unapproved))
                    last = activity.at;
            manifest_.add(schema::git_pr_reviewers,
                          schema::GitPrReviewer{.data_source = {},
                                                .project_key = name_.project_key,
                                                .repo_slug = name_.repo_slug,
                                                .pr_id = pull_.number,
                                                .reviewer_uuid = who.uuid,
                                                .review_id = {},
                                                .reviewer_name = who.name,
                                                .reviewer_email = who.email,
                                                .reviewer_type = who.type,
                                                .status = status_of(reviewer.verdict),
                                                .role = schema::Word{.value = "REVIEWER"},
                                                .approved = reviewer.verdict == Verdict::Approved,
                                                .commit_hash = reviewed(reviewer),
                                                .reviewed_at = last,
                                                .body = std::nullopt,
                                                .metadata = {},
                                                .collected_at = {},
                                                ._version = 0,
                                                .is_deleted = 0});
        }
    }

    std::optional<std::string> reviewed(const Reviewer& reviewer) const {
        return reviewer.reviewed_commit ? std::optional(hash(*reviewer.reviewed_commit))
                                        : std::nullopt;
    }

    void add_participants() {
        const Reviewer author{.person = pull_.author, .reviewed_commit = std::nullopt};
        add_participant(author, schema::ParticipantRole::Author);
        for (const Reviewer& reviewer : pull_.reviewers)
            if (reviewer.person != pull_.author)
                add_participant(reviewer, schema::ParticipantRole::Reviewer);
        for (const Index other : pull_.participants)
            add_participant({.person = other, .reviewed_commit = std::nullopt},
                            schema::ParticipantRole::Participant);
    }

    void add_participant(const Reviewer& part, schema::ParticipantRole role) {
        const PersonWords who = person(part.person);
        const bool is_author = role == schema::ParticipantRole::Author;
        manifest_.add(
            schema::git_pr_participants,
            schema::GitPrParticipant{
                .data_source = {},
                .project_key = name_.project_key,
                .repo_slug = name_.repo_slug,
                .pr_id = pull_.number,
                .participant_uuid = who.uuid,
                .participant_name = who.name,
                .participant_email = who.email,
                .role = role,
                .status = is_author ? std::nullopt : std::optional(status_of(part.verdict)),
                .approved = part.verdict == Verdict::Approved,
                .last_reviewed_commit = reviewed(part),
                .metadata = {},
                .collected_at = {},
                ._version = 0,
                .is_deleted = 0});
    }

    std::optional<Time> first_review() const {
        std::optional<Time> first;
        const auto consider = [&](Index by, Time at) {
            if (by != pull_.author && (!first || at < *first)) first = at;
        };
        for (const Activity& activity : pull_.activities)
            if (is_review(activity.action)) consider(activity.person, activity.at);
        for (const Thread& thread : pull_.threads)
            if (!thread.is_deleted)
                for_each_comment(thread.root, [&](const Comment& comment, const Comment*) {
                    consider(comment.author, comment.created);
                });
        return first;
    }

    // Rows of the commits' own tickets stand with the commits.
    schema::TextList tickets(const std::vector<std::string>& commits) {
        schema::TextList all;
        const auto note = [&](const std::string& key) {
            if (std::ranges::find(all, key) == all.end()) all.push_back(key);
        };
        const auto look = [&](const std::string& text, std::string_view place) {
            for (const std::string& key : tickets_in(text)) {
                add_ticket(manifest_, name_, key, pull_.number, "", place);
                note(key);
            }
        };
        look(pull_.title, "TITLE");
        look(pull_.description.value_or(""), "DESCRIPTION");
        look(pull_.from_branch, "BRANCH");
        for (const std::string& commit : commits)
            for (const std::string& key : tickets_in(*messages_.at(commit))) note(key);
        return all;
    }

    void add_pull(const std::vector<std::string>& commits, const std::vector<FileCount>& files) {
        constexpr std::string_view words[] = {"OPEN", "MERGED", "DECLINED"};
        const PersonWords author = person(pull_.author);
        const Repository& source = scope_.organisation.repositories[pull_.from_repository];
        const RepositoryName from = name_of(scope_.organisation, source);
        const bool is_merged = pull_.state == PullState::Merged;
        const CommentCounts comments = count_comments(pull_);
        const auto merge = std::ranges::find_if(
            pull_.activities.rbegin(), pull_.activities.rend(),
            [](const Activity& activity) { return activity.action == Action::Merged; });
        const bool has_merge = is_read_ && is_merged && merge != pull_.activities.rend();
        std::uint32_t added = 0, removed = 0;
        for (const FileCount& file : files) {
            added += file.added;
            removed += file.removed;
        }
        const auto reviews = std::ranges::count_if(
            pull_.activities, [](const Activity& activity) { return is_review(activity.action); });
        const auto read = [&](auto number) {
            return is_read_ ? std::optional(static_cast<std::uint32_t>(number)) : std::nullopt;
        };
        const auto counted = [&](std::size_t number) {
            return is_read_ || !scope_.settings.is_legacy
                       ? std::optional(static_cast<std::uint32_t>(number))
                       : std::nullopt;
        };
        const auto living = [&](const std::string& text) {
            return source.is_deleted ? std::nullopt : std::optional(text);
        };
        manifest_.add(
            schema::git_pull_requests,
            schema::GitPullRequest{
                .data_source = {},
                .project_key = name_.project_key,
                .repo_slug = name_.repo_slug,
                .pr_id = pull_.number,
                .pr_number = pull_.number,
                .title = pull_.title,
                .description = pull_.description,
                .state = static_cast<schema::PullRequestState>(pull_.state),
                .state_raw = {std::string(words[static_cast<std::size_t>(pull_.state)])},
                .is_draft = pull_.is_draft,
                .author_name = author.name,
                .author_uuid = author.uuid,
                .author_email = author.email,
                .author_type = author.type,
                .created_on = pull_.created,
                .updated_on = pull_.updated,
                .closed_on = pull_.closed,
                .merged_on = is_merged ? pull_.closed : std::nullopt,
                .merged_by = has_merge ? person(merge->person).name : std::nullopt,
                .assignees = {},
                .merge_commit_hash =
                    has_merge ? std::optional(hash(*merge->merge_commit)) : std::nullopt,
                .merge_strategy = std::nullopt,
                .source_project_key = living(from.project_key),
                .source_repo_slug = living(from.repo_slug),
                .source_branch = pull_.from_branch,
                .source_hash = hash(pull_.from_commit),
                .destination_branch = pull_.to_branch,
                .destination_hash = hash(pull_.to_commit),
                .commit_count = read(commits.size()),
                .comment_count = counted(comments.comments),
                .review_count = read(reviews),
                .task_count = counted(comments.open_tasks + comments.resolved_tasks),
                .files_changed = read(files.size()),
                .lines_added = read(added),
                .lines_removed = read(removed),
                .size_label = is_read_ ? std::optional(schema::Word{
                                             .value = size_label(std::uint64_t{added} + removed)})
                                       : std::nullopt,
                .labels = {},
                .duration_seconds = pull_.closed
                                        ? std::optional(static_cast<std::uint64_t>(
                                              (*pull_.closed - pull_.created).count() / 1000))
                                        : std::nullopt,
                .first_review_on = is_read_ ? first_review() : std::nullopt,
                .jira_tickets = tickets(commits),
                .web_url = scope_.render.pull_page(at_, pull_),
                .metadata = {},
                .collected_at = {},
                ._version = 0,
                .is_deleted = 0});
    }

    const Scope& scope_;
    Manifest& manifest_;
    const Repository& at_;
    const PullRequest& pull_;
    const Messages& messages_;
    std::vector<bool>& met_;
    const RepositoryName name_;
    bool is_read_ = false;
};

}  // namespace

Result<void> add_pull_rows(const Scope& scope, Manifest& manifest, const Repository& at,
                           std::vector<bool>& met) {
    Messages messages;
    for (const Commit& commit : scope.organisation.families[at.family].commits)
        messages.emplace(commit.hash, &commit.message);
    for (const PullRequest& pull : at.pulls)
        if (!pull.is_deleted) TRY(PullTruth(scope, manifest, at, pull, messages, met).add());
    return {};
}

Result<void> add_outgoing_rows(const Scope& scope, Manifest& manifest, const Repository& at,
                               std::vector<bool>& met) {
    for (const PullRequest& pull : at.pulls) {
        const Repository& from = scope.organisation.repositories[pull.from_repository];
        const bool is_seen =
            !from.is_deleted && !scope.organisation.projects[from.project].is_secret;
        if (!pull.is_deleted && is_seen) PullTruth(scope, manifest, at, pull, {}, met).add_listed();
    }
    return {};
}

}  // namespace forgehouse::sim::bitbucket_server
