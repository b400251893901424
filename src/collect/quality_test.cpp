#include "collect/quality.h"

#include <gtest/gtest.h>

#include <map>

namespace forgehouse::collect {
namespace {

const Time kNow = Time::from_seconds(1'800'000'000);

sources::PullRequestRows rows_of(std::int64_t id) {
    sources::PullRequestRows rows;
    schema::GitPullRequest& pull = rows.pull_request.emplace();
    pull.pr_id = id;
    pull.state = schema::PullRequestState::Open;
    pull.author_uuid = "7";
    pull.created_on = kNow.plus(std::chrono::hours(-2));
    pull.updated_on = kNow.plus(std::chrono::hours(-1));
    return rows;
}

/// Samples by check, of those that found something.
std::map<std::string, std::vector<std::string>> failures(const PullRequestChecks& checks) {
    std::vector<Finding> found;
    checks.append_to(found, {});
    std::map<std::string, std::vector<std::string>> out;
    for (const Finding& finding : found)
        if (finding.failed > 0) out[finding.check] = finding.sample;
    return out;
}

TEST(PullRequestChecks, FindNothingWhereAllIsWell) {
    PullRequestChecks checks(kNow);
    sources::PullRequestRows rows = rows_of(1);
    rows.comments.emplace_back();
    rows.pull_request->comment_count = 1;
    checks.look_at(rows);
    checks.look_at({});
    EXPECT_TRUE(failures(checks).empty());
}

TEST(PullRequestChecks, NameWhatCannotBeRight) {
    PullRequestChecks checks(kNow);
    sources::PullRequestRows future = rows_of(1);
    future.pull_request->updated_on = kNow.plus(std::chrono::hours(25));
    sources::PullRequestRows negative = rows_of(2);
    negative.pull_request->closed_on = kNow.plus(std::chrono::hours(-3));
    sources::PullRequestRows nobody = rows_of(3);
    nobody.pull_request->author_uuid.reset();
    sources::PullRequestRows merged = rows_of(4);
    merged.pull_request->state = schema::PullRequestState::Merged;
    sources::PullRequestRows few = rows_of(5);
    few.pull_request->comment_count = 1;
    for (const auto* rows : {&future, &negative, &nobody, &merged, &few}) checks.look_at(*rows);
    using Samples = std::vector<std::string>;
    EXPECT_EQ(failures(checks),
              (std::map<std::string, Samples>{{"future_dates", {"1"}},
                                              {"negative_durations", {"2"}},
                                              {"missing_author", {"3"}},
                                              {"merged_without_commit", {"4"}},
                                              {"fewer_comments_than_counted", {"5"}}}));
}

}  // namespace
}  // namespace forgehouse::collect
