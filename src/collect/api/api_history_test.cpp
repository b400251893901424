// History over the API against a simulated server. What the rows are is held against the truth by
// tests/e2e/bitbucket_server; here: that they are the same however they came.
#include "collect/api/api_history.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "collect/replay.h"
#include "support/forge_collecting.h"

namespace forgehouse::collect {
namespace {

using schema::RunStatus;
using testing_support::FailingWarehouse;
using testing_support::ForgeSim;
using testing_support::MemoryWarehouse;
using testing_support::Place;
using testing_support::TemporaryFolder;

class ApiHistoryTest : public testing_support::ForgeCollecting {
protected:
    ApiHistoryTest() : sim(small(folder.path() / "sim")) {
        request.api.discovery_age = {};
        request.api.commits = CommitsFrom::Api;
    }

    Report run(const Request& how) {
        auto report = collect_on(warehouse, place, sim.url, how);
        if (report) return std::move(*report);
        ADD_FAILURE() << report.error().describe();
        return {};
    }
    Report run() { return run(request); }
    // Names of people in what was read before stay as they were.
    void mutate(std::uint64_t seed) {
        const auto changed = sim::mutate(ctx, *sim.world,
                                         {.seed = seed,
                                          .rounds = 1,
                                          .changes = 10,
                                          .only = {},
                                          .without = {"user_rename", "user_leave"}});
        ASSERT_TRUE(changed) << changed.error().describe();
    }
    std::string expected() { return rows_of_a_full_run(sim.url, request); }
    void expect_replay() {
        MemoryWarehouse replayed;
        const TemporaryFolder other;
        std::filesystem::copy(place.data_dir / "archive", other.path() / "archive",
                              std::filesystem::copy_options::recursive);
        if (std::filesystem::exists(place.data_dir / "mirrors"))
            std::filesystem::copy(place.data_dir / "mirrors", other.path() / "mirrors",
                                  std::filesystem::copy_options::recursive);
        Place there(other.path());
        const auto forge = forge_at(sim.url);
        for (const bool again : {false, true}) {
            const auto loaded = load(ctx, deps_on(replayed, there), *forge, request, {}, {});
            ASSERT_TRUE(loaded) << loaded.error().describe();
            ASSERT_EQ(replayed.same_rows(), warehouse.same_rows()) << "again: " << again;
        }
    }
    static std::uint64_t calls(const Report& report, std::string_view stream) {
        for (const auto& [name, calls] : report.api.by_stream)
            if (name == stream) return calls;
        return 0;
    }

    ForgeSim sim;
    Request request;
};

TEST_F(ApiHistoryTest, ReadsEachCommitOnceAndThenListsOnly) {
    const Report first = run();
    EXPECT_EQ(first.status, RunStatus::Completed);
    EXPECT_GT(first.totals.commits, 0U);
    EXPECT_EQ(warehouse.rows("git_commits").size(), first.totals.commits);
    EXPECT_EQ(calls(first, "commit_files"), first.totals.commits);
    EXPECT_EQ(calls(first, "pull_request_commits"), first.totals.pull_requests);
    EXPECT_FALSE(warehouse.rows("git_pr_commits").empty());
    EXPECT_FALSE(std::filesystem::exists(place.data_dir / "mirrors"));

    const std::string before = warehouse.same_rows();
    const Report second = run();
    EXPECT_EQ(second.status, RunStatus::Completed);
    for (const std::string_view stream :
         {"commits", "commit_files", "pull_request_commits", "activities"})
        EXPECT_EQ(calls(second, stream), 0U) << stream;
    EXPECT_EQ(calls(second, "branches"), second.repositories.size());
    EXPECT_EQ(warehouse.same_rows(), before);
    for (const RepoReport& repo : second.repositories) EXPECT_EQ(repo.outcome, Outcome::Unchanged);
}

TEST_F(ApiHistoryTest, IncrementalEqualsFullAndReplayEqualsLive) {
    run();
    for (std::uint64_t round = 1; round <= 4; ++round) {
        mutate(round);
        EXPECT_EQ(run().status, RunStatus::Completed);
        ASSERT_EQ(warehouse.same_rows(), expected()) << "round " << round;
    }
    expect_replay();
}

TEST_F(ApiHistoryTest, ADeathAnywhereLosesAndDoublesNothing) {
    run();
    mutate(3);
    const std::string whole = expected();
    bool finished = false;
    for (std::size_t at = 2; !finished; at += 11) {
        ASSERT_LT(at, 600U);
        const TemporaryFolder other;
        Place there(other.path());
        MemoryWarehouse store;
        FailingWarehouse failing(store);
        failing.fail_from = at;
        const auto died = collect_on(failing, there, sim.url, request);
        finished = died && died->status == RunStatus::Completed;
        if (finished) continue;
        const auto again = collect_on(store, there, sim.url, request);
        ASSERT_TRUE(again) << again.error().describe();
        EXPECT_EQ(again->status, RunStatus::Completed);
        ASSERT_EQ(store.same_rows(), whole) << "died at call " << at;
    }
}

TEST_F(ApiHistoryTest, ACommitThatCannotBeReadIsPutOffAndReadLater) {
    const std::string hash = sim.world->read([](const sim::Organisation& all) {
        for (const sim::Repository& repo : all.repositories)
            if (!repo.is_deleted && !repo.branches.empty() && !all.projects[repo.project].is_secret)
                return all.commit(repo, repo.branches.begin()->second.head).hash;
        return std::string();
    });
    ASSERT_FALSE(hash.empty());
    ASSERT_TRUE(sim.server->faults().set("status code=500 path=*/commits/" + hash + "/diff*"));
    const Report report = run();
    EXPECT_EQ(report.status, RunStatus::Partial);
    EXPECT_GE(report.totals.put_off, 1U);
    ASSERT_TRUE(sim.server->faults().set(""));
    EXPECT_EQ(run().status, RunStatus::Completed);
    EXPECT_EQ(warehouse.same_rows(), expected());
    expect_replay();
}

TEST_F(ApiHistoryTest, AListOfPullRequestsThatFailsMakesNothingUnreachable) {
    run();
    mutate(5);
    ASSERT_TRUE(sim.server->faults().set("status code=500 path=/rest/*/pull-requests?*"));
    const Report report = run();
    EXPECT_NE(report.status, RunStatus::Completed);
    for (const auto& row : warehouse.rows("git_commits"))
        EXPECT_EQ(row.find("is_reachable")->second.text, "true");
    ASSERT_TRUE(sim.server->faults().set(""));
    EXPECT_EQ(run().status, RunStatus::Completed);
    EXPECT_EQ(warehouse.same_rows(), expected());
}

TEST_F(ApiHistoryTest, AutoGoesOverAndGitReadsAnewWhenItIsThereAgain) {
    Request by_git = request;
    by_git.api.commits = CommitsFrom::Auto;
    run(by_git);
    mutate(6);
    ASSERT_TRUE(sim.server->faults().set("denied code=403 kind=git_refs,git_fetch"));
    const Report without = run(by_git);
    EXPECT_EQ(without.status, RunStatus::Completed);
    EXPECT_EQ(std::ranges::count(without.findings, "git_reached", &Finding::check),
              static_cast<std::ptrdiff_t>(without.repositories.size()));
    EXPECT_GT(calls(without, "commit_files"), 0U);
    expect_replay();

    ASSERT_TRUE(sim.server->faults().set(""));
    const Report again = run(by_git);
    EXPECT_EQ(again.status, RunStatus::Completed);
    EXPECT_EQ(calls(again, "commit_files"), 0U);
    EXPECT_EQ(warehouse.same_rows(), rows_of_a_full_run(sim.url, by_git));
    expect_replay();
}

TEST_F(ApiHistoryTest, GitAloneDoesNotGoOver) {
    request.api.commits = CommitsFrom::Git;
    ASSERT_TRUE(sim.server->faults().set("denied code=403 kind=git_refs,git_fetch"));
    const Report report = run();
    EXPECT_EQ(report.status, RunStatus::Failed);
    EXPECT_EQ(calls(report, "branches"), 0U);
}

}  // namespace
}  // namespace forgehouse::collect
