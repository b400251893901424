// Quality: what a run checks of the rows it has made, and counts of what was not right.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "collect/collect.h"
#include "git/commit.h"
#include "sources/forge.h"

namespace forgehouse::collect {

/// One check in the making. Samples are the first few offenders.
class Check {
public:
    Check(Literal name, Literal table, schema::Severity severity)
        : name_(name), table_(table), severity_(severity) {}

    void pass(std::uint64_t n = 1) noexcept { checked_ += n; }
    void fail(std::string_view offender);
    Finding finding(const sources::RepoRef& repo) const;

private:
    Literal name_;
    Literal table_;
    schema::Severity severity_;
    std::uint64_t checked_ = 0;
    std::uint64_t failed_ = 0;
    std::vector<std::string> sample_;
};

/// The checks on each commit that is read.
class CommitChecks {
public:
    /// Dates more than a day after `now` count as in the future.
    explicit CommitChecks(Time now) : horizon_(now.plus(std::chrono::hours(24))) {}
    void look_at(const git::Commit& commit);
    void append_to(std::vector<Finding>& out, const sources::RepoRef& repo) const;

private:
    Time horizon_;
    Check future_{"future_dates", "git_commits", schema::Severity::Warning};
    Check clamped_{"clamped_dates", "git_commits", schema::Severity::Warning};
    Check unreadable_{"unreadable_dates", "git_commits", schema::Severity::Warning};
    Check email_{"missing_author_email", "git_commits", schema::Severity::Info};
    Check malformed_{"malformed_signatures", "git_commits", schema::Severity::Warning};
    Check text_{"text_not_utf8", "git_commits", schema::Severity::Info};
};

/// The checks on each pull request that is read, and on what hangs on it.
class PullRequestChecks {
public:
    /// As for CommitChecks.
    explicit PullRequestChecks(Time now) : horizon_(now.plus(std::chrono::hours(24))) {}
    void look_at(const sources::PullRequestRows& rows);
    void append_to(std::vector<Finding>& out, const sources::RepoRef& repo) const;

private:
    Time horizon_;
    Check future_{"future_dates", "git_pull_requests", schema::Severity::Warning};
    Check negative_{"negative_durations", "git_pull_requests", schema::Severity::Warning};
    Check author_{"missing_author", "git_pull_requests", schema::Severity::Info};
    Check merge_{"merged_without_commit", "git_pull_requests", schema::Severity::Info};
    /// The forge counts more than it has shown.
    Check comments_{"fewer_comments_than_counted", "git_pr_comments", schema::Severity::Warning};
};

}  // namespace forgehouse::collect
