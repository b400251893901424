// Quality: what a run checks of the rows it has made, and counts of what was not right.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "collect/collect.h"
#include "git/commit.h"

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
    /// Dates after `horizon` count as in the future.
    explicit CommitChecks(Time horizon) : horizon_(horizon) {}
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

}  // namespace forgehouse::collect
