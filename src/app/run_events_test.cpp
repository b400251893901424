#include "app/run_events.h"

#include <gtest/gtest.h>

namespace forgehouse::app {
namespace {

const Time kNow = Time::from_seconds(1'700'000'000);

/// What a run of eleven repositories says, one of which fails.
std::vector<std::string> said(bool json) {
    std::vector<std::string> lines;
    RunEvents events({.json = json,
                      .now = [] { return kNow; },
                      .say = [&](std::string_view line) { lines.emplace_back(line); }});
    const std::vector<sources::Repo> planned(11);
    events.planned("run-1", planned);
    for (int i = 0; i < 11; ++i) {
        collect::RepoReport repo{.repo = {"s", "P", fmt::format("r{}", i)},
                                 .outcome = collect::Outcome::Collected,
                                 .error = std::nullopt,
                                 .counts = {},
                                 .took = {}};
        if (i == 4) {
            repo.outcome = collect::Outcome::Failed;
            repo.error = Error(Errc::Denied, "no rights");
        }
        events.finished(repo);
    }
    collect::Report report{.run_id = "run-1",
                           .status = schema::RunStatus::Partial,
                           .started = kNow,
                           .completed = kNow.plus(std::chrono::seconds(2)),
                           .repositories = {},
                           .refused = {},
                           .findings = {},
                           .totals = {}};
    report.totals.rows = 10;
    events.ended(report);
    return lines;
}

TEST(RunEvents, AreLinesForPeople) {
    const auto lines = said(false);
    ASSERT_EQ(lines.size(), 5u);
    EXPECT_EQ(lines[0], "2023-11-14 22:13:20 Starting ETL run repositories=11 run_id=run-1\n");
    EXPECT_EQ(lines[1],
              "2023-11-14 22:13:20 Failed to collect commits repository=P/r4 error=no rights "
              "run_id=run-1\n");
    EXPECT_EQ(lines[2],
              "2023-11-14 22:13:20 Processed 10 repositories repositories=10 of=11 run_id=run-1\n");
    EXPECT_TRUE(lines[3].contains("Processed 11 repositories"));
    EXPECT_TRUE(lines[4].contains("ETL completed status=partial duration_ms=2000"));
    EXPECT_TRUE(lines[4].contains("records_per_second=5"));
}

TEST(RunEvents, AreObjectsForPrograms) {
    const auto lines = said(true);
    ASSERT_EQ(lines.size(), 5u);
    for (const std::string& line : lines) {
        EXPECT_TRUE(line.starts_with("{\"time\":\"2023-11-14T22:13:20.000Z\""));
        EXPECT_TRUE(line.contains("\"run_id\":\"run-1\""));
    }
    EXPECT_TRUE(lines[0].contains("\"msg\":\"Starting ETL run\""));
    EXPECT_TRUE(lines[4].contains("\"validation_failures\":0"));
}

}  // namespace
}  // namespace forgehouse::app
