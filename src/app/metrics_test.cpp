#include "app/metrics.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "app/exposition.h"
#include "base/text.h"

namespace forgehouse::app {
namespace {

TEST(Exposition, IsReadByPrometheus) {
    Exposition out;
    out.family("a_total", Exposition::Kind::Counter, "How many.")
        .sample(std::uint64_t{2}, {{"x", "a\"b\\c\nd"}, {"y", ""}})
        .sample(std::uint64_t{3});
    out.family("nothing", Exposition::Kind::Gauge, "Left out.");
    out.family("b", Exposition::Kind::Gauge, "A share.").sample(0.25);
    EXPECT_EQ(out.text(),
              "# HELP a_total How many.\n# TYPE a_total counter\n"
              "a_total{x=\"a\\\"b\\\\c\\nd\",y=\"\"} 2\na_total 3\n"
              "# HELP b A share.\n# TYPE b gauge\nb 0.25\n");
}

const Time kBegin = Time::from_seconds(1'700'000'000);

collect::Report report(schema::RunStatus status) {
    collect::Report report{.run_id = "r",
                           .status = status,
                           .started = kBegin,
                           .completed = kBegin.plus(std::chrono::seconds(4)),
                           .repositories = {},
                           .refused = {},
                           .findings = {},
                           .totals = {}};
    report.totals.rows = 100;
    report.totals.commits = 7;
    report.api.calls = 3;
    report.api.by_stream = {{"pull_requests", 3}};
    return report;
}

bool has_line(const std::string& text, std::string_view line) {
    const auto lines = text::split(text, '\n');
    return std::ranges::find(lines, line) != lines.end();
}

TEST(Metrics, AddUpOverRuns) {
    Metrics metrics(kBegin);
    for (const auto status : {schema::RunStatus::Completed, schema::RunStatus::Partial}) {
        metrics.run_began("forge", kBegin);
        metrics.run_ended("forge", report(status));
    }
    const std::string text = metrics.text(0);
    EXPECT_TRUE(has_line(text, "forgehouse_runs_total{source=\"forge\",status=\"completed\"} 1"));
    EXPECT_TRUE(has_line(text, "forgehouse_runs_total{source=\"forge\",status=\"partial\"} 1"));
    EXPECT_TRUE(has_line(text, "forgehouse_commits_total{source=\"forge\"} 14")) << text;
    EXPECT_TRUE(
        has_line(text, "forgehouse_api_calls_total{source=\"forge\",stream=\"pull_requests\"} 6"));
    EXPECT_TRUE(has_line(text, "forgehouse_last_run_records_per_second{source=\"forge\"} 25"));
    EXPECT_TRUE(has_line(text, "forgehouse_run_active{source=\"forge\"} 0"));
    EXPECT_FALSE(text.contains("process_resident_memory_bytes"));
}

TEST(Metrics, CountTheRunThatIsAtWorkOnce) {
    Metrics metrics(kBegin);
    metrics.run_began("forge", kBegin);
    collect::ApiState now;
    now.counts.calls = 5;
    now.counts.by_stream = {{"users", 5}};
    now.per_second = 2.5;
    metrics.api("forge", now);
    const std::string during = metrics.text(1);
    EXPECT_TRUE(
        has_line(during, "forgehouse_api_calls_total{source=\"forge\",stream=\"users\"} 5"));
    EXPECT_TRUE(has_line(during, "forgehouse_api_limit_per_second{source=\"forge\"} 2.5"));
    EXPECT_TRUE(has_line(during, "forgehouse_run_active{source=\"forge\"} 1"));
    metrics.run_ended("forge", report(schema::RunStatus::Completed));
    EXPECT_FALSE(metrics.text(1).contains("stream=\"users\""));
}

TEST(Metrics, TellOfAnswersByStatusAlsoWhileARunIsAtWork) {
    Metrics metrics(kBegin);
    collect::Report ended = report(schema::RunStatus::Completed);
    ended.api.by_status = {{.stream = "users", .status = 200, .count = 2},
                           {.stream = "users", .status = 0, .count = 1}};
    metrics.run_ended("forge", ended);
    collect::ApiState now;
    now.counts.by_status = {{.stream = "users", .status = 200, .count = 5}};
    now.to_read = 3;
    metrics.run_began("forge", kBegin);
    metrics.api("forge", now);
    const std::string text = metrics.text(0);
    const auto answers = [](std::string_view status, int count) {
        return fmt::format(
            "forgehouse_api_answers_total{{source=\"forge\",stream=\"users\",status=\"{}\"}} {}",
            status, count);
    };
    EXPECT_TRUE(has_line(text, answers("200", 7))) << text;
    EXPECT_TRUE(has_line(text, answers("0", 1)));
    EXPECT_TRUE(has_line(text, "forgehouse_pull_requests_to_read{source=\"forge\"} 3"));
}

TEST(Metrics, ARepositoryIsAsFreshAsItsLastGoodPassAndGoesWithIt) {
    Metrics metrics(kBegin);
    const auto repo = [](std::string_view slug, collect::Outcome outcome) {
        return collect::RepoReport{
            .repo = {.data_source = "d", .project_key = "P", .repo_slug = std::string(slug)},
            .outcome = outcome,
            .error = std::nullopt,
            .counts = {},
            .took = {}};
    };
    const auto line = [](std::string_view slug, std::int64_t when) {
        return fmt::format(
            "forgehouse_repository_fresh_timestamp_seconds{{source=\"forge\",repository=\"P/{}\"}} "
            "{}",
            slug, when);
    };
    const Time later = kBegin.plus(std::chrono::seconds(60));
    metrics.finished("forge", repo("one", collect::Outcome::Unchanged), kBegin);
    metrics.finished("forge", repo("two", collect::Outcome::Collected), kBegin);
    metrics.finished("forge", repo("one", collect::Outcome::Failed), later);
    const std::string text = metrics.text(0);
    EXPECT_TRUE(has_line(text, line("one", kBegin.seconds()))) << text;
    EXPECT_TRUE(has_line(text, line("two", kBegin.seconds())));
    collect::Report ended = report(schema::RunStatus::Completed);
    ended.repositories = {repo("one", collect::Outcome::Unchanged)};
    metrics.run_ended("forge", ended);
    EXPECT_FALSE(metrics.text(0).contains("P/two"));
}

TEST(Metrics, CountRowsByTableAndInsertsThatFailed) {
    Metrics metrics(kBegin);
    metrics.inserted("git_users", 3, std::chrono::milliseconds(250), true);
    metrics.inserted("git_users", 4, std::chrono::milliseconds(250), true);
    metrics.inserted("git_users", 9, std::chrono::milliseconds(500), false);
    const std::string text = metrics.text(0);
    EXPECT_TRUE(has_line(text, "forgehouse_table_rows_total{table=\"git_users\"} 7")) << text;
    EXPECT_TRUE(has_line(text, "forgehouse_insert_seconds_total 1"));
    EXPECT_TRUE(has_line(text, "forgehouse_failed_inserts_total 1"));
}

TEST(Metrics, HealthSaysWhetherTheLastRunCompleted) {
    Metrics metrics(kBegin);
    EXPECT_TRUE(metrics.health(kBegin).starts_with("{\"status\":\"ok\""));
    metrics.run_failed("forge", kBegin, "no connection");
    EXPECT_TRUE(metrics.health(kBegin).starts_with("{\"status\":\"degraded\""));
    EXPECT_TRUE(metrics.health(kBegin).contains("no connection"));
    metrics.run_ended("forge", report(schema::RunStatus::Completed));
    EXPECT_TRUE(metrics.health(kBegin).starts_with("{\"status\":\"ok\""));
}

}  // namespace
}  // namespace forgehouse::app
