#include "app/summary.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace forgehouse::app {
namespace {

using collect::Outcome;

const sources::RepoRef kOne{"insight_git", "team", "one"}, kTwo{"insight_git", "team", "two"};

Totals totals(std::uint64_t commits) {
    Totals out{.commits = commits,
               .authors = 2,
               .files = commits * 3,
               .lines_added = commits * 1000,
               .lines_removed = commits,
               .first = parse_time("2024-01-01").value(),
               .last = parse_time("2024-01-20").value()};
    return out;
}

collect::RepoReport repo_report(const sources::RepoRef& repo, Outcome outcome, std::uint64_t read) {
    collect::RepoReport report{.repo = repo,
                               .outcome = outcome,
                               .error = std::nullopt,
                               .counts = {},
                               .took = std::chrono::milliseconds(10)};
    report.counts.commits = read;
    report.counts.files = read * 2;
    return report;
}

collect::Report report(schema::RunStatus status, std::vector<collect::RepoReport> repositories) {
    collect::Report out{.run_id = "r",
                        .status = status,
                        .started = Time::from_ms(0),
                        .completed = Time::from_ms(1500),
                        .repositories = std::move(repositories),
                        .refused = {},
                        .findings = {},
                        .totals = {}};
    for (const auto& repo : out.repositories) out.totals += repo.counts;
    return out;
}

Summary summary(std::size_t repositories) {
    Summary out;
    out.all = totals(1234);
    out.repositories.push_back({kOne, totals(1200)});
    if (repositories > 1) out.repositories.push_back({kTwo, totals(34)});
    out.weeks = {1, 0, 8};
    out.first_week = parse_time("2024-01-01").value();
    out.busiest.push_back({"team/one", "src/main.cpp", 12, 345, 6});
    return out;
}

TEST(WeekOf, IsTheMondayBefore) {
    const auto week = [](std::string_view text) {
        std::string iso = to_iso(week_of(parse_time(text).value()));
        iso.resize(10);
        return iso;
    };
    EXPECT_EQ(week("2024-02-29T12:00:00Z"), "2024-02-26");
    EXPECT_EQ(week("2024-02-26"), "2024-02-26");
    EXPECT_EQ(week("2024-02-25T23:59:59Z"), "2024-02-19");
    EXPECT_EQ(week("1969-12-31"), "1969-12-29");
    EXPECT_EQ(week("1900-01-03"), "1900-01-01");
}

TEST(Show, TellsOneRepository) {
    const auto text =
        show(summary(1),
             {report(schema::RunStatus::Completed, {repo_report(kOne, Outcome::Collected, 1)})}, {},
             "forgehouse");
    EXPECT_TRUE(text.starts_with(
        "1,234 commits by 2 authors in 1 repository: 3,702 files, +1,234,000 -1,234 lines\n"
        "1 commit was new, with 2 changed files, in 1.5 s\n"
        "\n"
        "Commits per week, at most 8\n"
        "  2024-01-01 ▂▁█ 2024-01-15\n"
        "\n"
        "Busiest files   commits  added  removed\n"
        "  src/main.cpp       12   +345       -6\n"
        "\n"
        "Next\n"
        "  forgehouse query "))
        << text;
}

TEST(Show, TellsSeveralRepositoriesAndWhatBecameOfEach) {
    const auto text = show(
        summary(2),
        {report(schema::RunStatus::Partial,
                {repo_report(kOne, Outcome::Unchanged, 0), repo_report(kTwo, Outcome::Failed, 0)})},
        {}, "forgehouse");
    EXPECT_NE(text.find("nothing was new, in 1.5 s\n1 of 2 repositories failed"), text.npos)
        << text;
    EXPECT_NE(text.find("team/one: src/main.cpp"), text.npos) << text;
    EXPECT_NE(text.find("  team/one      1,200        2  +1,200,000   -1,200  2024-01-20  "
                        "unchanged\n"),
              text.npos)
        << text;
    EXPECT_NE(text.find("2024-01-20  failed\n"), text.npos) << text;
}

TEST(Show, CountsWhatIsNoRepositoryAmongTheFailures) {
    auto run = report(schema::RunStatus::Partial, {repo_report(kOne, Outcome::Collected, 5)});
    run.refused.push_back({"nowhere", Error(Errc::NotFound, "there is no such path")});
    const auto text = show(summary(1), {run}, {}, "forgehouse");
    EXPECT_NE(text.find("\n1 of 2 repositories failed: see above, and `forgehouse runs`\n"),
              text.npos)
        << text;
}

TEST(Show, LeavesRepositoriesWithoutACommitOutOfTheHeadline) {
    Summary half = summary(1);
    half.repositories.push_back({kTwo, Totals{}});
    const auto run = report(schema::RunStatus::Partial, {repo_report(kOne, Outcome::Failed, 5),
                                                         repo_report(kTwo, Outcome::Failed, 0)});
    const auto text = show(half, {run}, {}, "forgehouse");
    EXPECT_TRUE(text.starts_with("1,234 commits by 2 authors in 1 repository: ")) << text;
    EXPECT_NE(text.find("failed, 5 new\n"), text.npos) << text;
    Summary none;
    none.repositories.push_back({kTwo, Totals{}});
    EXPECT_TRUE(show(none, {run}, {}, "f").starts_with("no commits in 1 repository\n"));
}

TEST(Show, SaysThatItStoppedEarly) {
    const auto text =
        show(summary(1),
             {report(schema::RunStatus::Cancelled, {repo_report(kOne, Outcome::Cancelled, 5)})}, {},
             "forgehouse");
    EXPECT_NE(text.find("stopped early: 5 commits were new"), text.npos) << text;
}

TEST(Show, StaysWithinTheTerminal) {
    terminal::Screen screen;
    screen.terminal = true;
    screen.columns = 60;
    Summary wide = summary(2);
    wide.weeks.assign(52, 3);
    wide.busiest[0].path.assign(200, 'x');
    wide.busiest[0].path += "/日本語.cpp";
    const auto text = show(
        wide, {report(schema::RunStatus::Completed, {repo_report(kOne, Outcome::Collected, 1)})},
        screen, "f");
    for (const std::string_view line : text::split(text, '\n')) {
        // A sentence may wrap, and commands are there to be copied whole.
        if (line.starts_with("1,234 commits by") || line.starts_with("  f query")) continue;
        EXPECT_LE(text::display_width(line), 60u) << line;
    }
}

TEST(ShowJson, IsOneObject) {
    const auto text = show_json(summary(1), {report(schema::RunStatus::Completed,
                                                    {repo_report(kOne, Outcome::Collected, 1)})});
    EXPECT_TRUE(text.starts_with("{\"runs\":[{\"run_id\":\"r\",\"status\":\"completed\"")) << text;
    EXPECT_NE(text.find("\"warehouse\":{\"commits\":1234,"), text.npos) << text;
}

}  // namespace
}  // namespace forgehouse::app
