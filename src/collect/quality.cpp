#include "collect/quality.h"

namespace forgehouse::collect {

namespace {
constexpr std::size_t kSampled = 10;
}

void Check::fail(std::string_view offender) {
    ++checked_;
    ++failed_;
    if (sample_.size() < kSampled) sample_.emplace_back(offender);
}

Finding Check::finding(const sources::RepoRef& repo) const {
    return {.repo = repo,
            .check = std::string(name_.view()),
            .table = std::string(table_.view()),
            .checked = checked_,
            .failed = failed_,
            .sample = sample_,
            .severity = severity_};
}

void CommitChecks::look_at(const git::Commit& commit) {
    const auto judge = [&](Check& check, bool wrong) {
        if (wrong)
            check.fail(commit.id.hex());
        else
            check.pass();
    };
    const git::Signature& author = commit.author;
    const git::Signature& committer = commit.committer;
    const auto either = [&](git::DateState state) {
        return author.date == state || committer.date == state;
    };
    judge(future_, author.time > horizon_ || committer.time > horizon_);
    judge(clamped_, either(git::DateState::Clamped));
    judge(unreadable_, either(git::DateState::Unreadable));
    judge(email_, author.email.utf8.empty());
    judge(malformed_, !author.malformed.empty() || !committer.malformed.empty());
    judge(text_, !commit.message.original.empty() || !author.name.original.empty() ||
                     !committer.name.original.empty());
}

void CommitChecks::append_to(std::vector<Finding>& out, const sources::RepoRef& repo) const {
    for (const Check* check : {&future_, &clamped_, &unreadable_, &email_, &malformed_, &text_})
        out.push_back(check->finding(repo));
}

void PullRequestChecks::look_at(const sources::PullRequestRows& rows) {
    if (!rows.pull_request) return;
    const schema::GitPullRequest& pull = *rows.pull_request;
    const auto judge = [&](Check& check, bool wrong) {
        if (wrong)
            check.fail(std::to_string(pull.pr_id));
        else
            check.pass();
    };
    judge(future_, pull.created_on > horizon_ || pull.updated_on > horizon_);
    judge(negative_, pull.updated_on < pull.created_on ||
                         (pull.closed_on && *pull.closed_on < pull.created_on));
    judge(author_, !pull.author_uuid);
    if (pull.state == schema::PullRequestState::Merged) judge(merge_, !pull.merge_commit_hash);
    if (pull.comment_count) judge(comments_, rows.comments.size() < *pull.comment_count);
}

void PullRequestChecks::append_to(std::vector<Finding>& out, const sources::RepoRef& repo) const {
    for (const Check* check : {&future_, &negative_, &author_, &merge_, &comments_})
        out.push_back(check->finding(repo));
}

}  // namespace forgehouse::collect
