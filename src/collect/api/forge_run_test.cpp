#include <fmt/format.h>
#include <gmock/gmock.h>

#include "base/text.h"
#include "collect/archive_care.h"
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

class ForgeRunTest : public testing_support::ForgeCollecting {
protected:
    ForgeRunTest() : sim(small(folder.path() / "sim")) { request.api.discovery_age = {}; }

    Report run() {
        auto report = collect_on(warehouse, place, sim.url, request);
        if (report) return std::move(*report);
        ADD_FAILURE() << report.error().describe();
        return {};
    }
    void mutate(std::uint64_t seed, std::vector<std::string> only = {}, int changes = 10) {
        const auto changed = sim::mutate(ctx, *sim.world,
                                         {.seed = seed,
                                          .rounds = 1,
                                          .changes = changes,
                                          .only = std::move(only),
                                          .without = {}});
        ASSERT_TRUE(changed) << changed.error().describe();
    }
    // Rows without those of people who left and whom nothing names any more.
    static std::string named(const MemoryWarehouse& store) {
        std::string out;
        const std::string rows = store.same_rows();
        for (const std::string_view line : text::split(rows, '\n'))
            if (!line.starts_with("git_users ") || line.contains("state=\"active\""))
                out.append(line).append("\n");
        return out;
    }
    std::string named_in_a_full_run() {
        const TemporaryFolder other;
        Place fresh(other.path());
        MemoryWarehouse store;
        EXPECT_TRUE(collect_on(store, fresh, sim.url));
        return named(store);
    }
    static std::uint64_t calls(const Report& report, std::string_view stream) {
        for (const auto& [name, calls] : report.api.by_stream)
            if (name == stream) return calls;
        return 0;
    }
    static std::string errors_of(const Report& report) {
        std::string out;
        for (const RepoReport& repo : report.repositories)
            if (repo.error)
                out += sources::full_name(repo.repo) + ": " + repo.error->describe() + '\n';
        for (const sources::Refusal& refusal : report.refused)
            out += refusal.asked_for + ": " + refusal.error.describe() + '\n';
        return out;
    }

    ForgeSim sim;
    Request request;
};

TEST_F(ForgeRunTest, StoresAnOrganisationAndThenReadsListsOnly) {
    request = {};
    const Report first = run();
    EXPECT_EQ(first.status, RunStatus::Completed) << errors_of(first);
    EXPECT_GT(first.totals.pull_requests, 0U);
    EXPECT_EQ(warehouse.rows("git_pull_requests").size(), first.totals.pull_requests);
    EXPECT_EQ(calls(first, "activities"), first.totals.pull_requests);
    EXPECT_EQ(calls(first, "pull_requests"), first.repositories.size());
    EXPECT_FALSE(warehouse.rows("git_pr_events").empty());
    EXPECT_FALSE(warehouse.rows("git_pr_commits").empty());
    EXPECT_FALSE(warehouse.rows("git_users").empty());
    EXPECT_EQ(warehouse.rows("git_repositories").size(), first.repositories.size());

    const std::string before = warehouse.same_rows();
    const Report second = run();
    EXPECT_EQ(second.status, RunStatus::Completed);
    EXPECT_EQ(second.totals.pull_requests, 0U);
    EXPECT_EQ(calls(second, "activities"), 0U);
    EXPECT_EQ(calls(second, "repositories"), 0U);  // cached for an hour
    EXPECT_EQ(calls(second, "pull_requests"), second.repositories.size());
    EXPECT_EQ(warehouse.same_rows(), before);
    for (const RepoReport& repo : second.repositories) EXPECT_EQ(repo.outcome, Outcome::Unchanged);
}

TEST_F(ForgeRunTest, IncrementalEqualsFullAndReplayEqualsLive) {
    run();
    for (std::uint64_t round = 1; round <= 3; ++round) {
        mutate(round);
        const Report report = run();
        EXPECT_EQ(report.status, RunStatus::Completed) << errors_of(report);
        ASSERT_EQ(named(warehouse), named_in_a_full_run()) << "round " << round;
    }
    sim.server->stop();
    MemoryWarehouse replayed;
    const auto forge = forge_at(sim.url);
    const auto loaded = load(ctx, deps_on(replayed, place), *forge, request, {}, {});
    ASSERT_TRUE(loaded) << loaded.error().describe();
    EXPECT_EQ(named(replayed), named(warehouse));
}

// No list of pull requests shows it: only the list of users does.
TEST_F(ForgeRunTest, NewNamesOfPeopleAreSeenInOldPullRequests) {
    request.api.look_back = {};
    const Report first = run();
    for (const char* change : {"user_rename", "user_leave"}) {
        mutate(1, {change}, 2);
        const Report report = run();
        EXPECT_EQ(report.status, RunStatus::Completed) << errors_of(report);
        EXPECT_GT(report.totals.pull_requests, 0U) << change;
        EXPECT_LT(report.totals.pull_requests, first.totals.pull_requests) << change;
        EXPECT_EQ(calls(report, "activities"), report.totals.pull_requests);
        ASSERT_EQ(named(warehouse), named_in_a_full_run()) << change;
        EXPECT_EQ(run().totals.pull_requests, 0U) << change;
    }
}

// The new branch is written by the repository's pass, the new login at the end of the run.
TEST_F(ForgeRunTest, ACommitGetsANewBranchAndItsAuthorANewLoginAtOnce) {
    run();
    for (std::uint64_t round = 1; round <= 4; ++round) {
        mutate(round, {"branch_delete", "force_push", "tag_delete"}, 6);
        mutate(round, {"user_rename"}, 4);
        EXPECT_EQ(run().status, RunStatus::Completed);
        ASSERT_EQ(named(warehouse), named_in_a_full_run()) << "round " << round;
    }
}

// The first calls of a run are those for people; what dies there is done again.
TEST_F(ForgeRunTest, ADeathWhileNewNamesAreStoredLosesNone) {
    request.api.look_back = {};
    run();
    for (std::size_t at = 2; at < 9; ++at) {
        mutate(at, {"user_rename"}, 1);
        FailingWarehouse failing(warehouse);
        failing.fail_from = at;
        const auto died = collect_on(failing, place, sim.url, request);
        EXPECT_FALSE(died && died->status == RunStatus::Completed) << at;
        const Report report = run();
        EXPECT_EQ(report.status, RunStatus::Completed) << errors_of(report);
        ASSERT_EQ(named(warehouse), named_in_a_full_run()) << "died at call " << at;
    }
}

TEST_F(ForgeRunTest, AListOfRepositoriesThatIsOutdatedIsReadAgain) {
    request.api.discovery_age = std::chrono::hours(1);
    run();
    mutate(1, {"repo_rename", "repo_move"}, 3);
    const Report report = run();
    EXPECT_EQ(report.status, RunStatus::Completed) << errors_of(report);
    EXPECT_EQ(calls(report, "repositories"), 1U);
    EXPECT_EQ(warehouse.same_rows(), rows_of_a_full_run(sim.url));
    EXPECT_EQ(warehouse.deduplicated(), 0U);
}

// A replay goes by the newest list that the archive has.
TEST_F(ForgeRunTest, AListThatIsComeBackToIsArchivedAgain) {
    const auto lists = [&] {
        const auto parts = place.archive->list(ctx, "");
        return std::ranges::count_if(*parts, [](const ports::ObjectInfo& part) {
            return part.key.contains("/@/@/repositories/");
        });
    };
    run();
    run();
    EXPECT_EQ(lists(), 1);
    const ForgeSim other(small(folder.path() / "other"));
    ASSERT_TRUE(collect_on(warehouse, place, other.url, request));
    EXPECT_EQ(lists(), 2);
    run();
    EXPECT_EQ(lists(), 3);
}

TEST_F(ForgeRunTest, AnOutdatedListThatCannotBeReadAgainIsSaidAndForgotten) {
    request.api.discovery_age = std::chrono::hours(1);
    run();
    mutate(1, {"repo_rename"}, 1);
    ASSERT_TRUE(sim.server->faults().set("denied code=401 path=/rest/api/1.0/repos*"));
    const Report report = run();
    EXPECT_EQ(report.status, RunStatus::Partial);
    EXPECT_EQ(report.refused.size(), 1U) << errors_of(report);
    ASSERT_TRUE(sim.server->faults().set(""));
    EXPECT_EQ(run().status, RunStatus::Completed);
    EXPECT_EQ(warehouse.same_rows(), rows_of_a_full_run(sim.url));
}

TEST_F(ForgeRunTest, ACompactedArchiveMakesTheSameRows) {
    run();
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        mutate(seed);
        EXPECT_EQ(run().status, RunStatus::Completed);
    }
    const auto count = [&] { return place.archive->list(ctx, "")->size(); };
    const std::size_t before = count();
    const auto done = archive_compact(ctx, *place.archive, place.data_dir, {}, "2999-01-01");
    ASSERT_TRUE(done) << done.error().describe();
    EXPECT_LT(count(), before);
    EXPECT_EQ(before - count(), done->parts_before - done->parts_after);
    MemoryWarehouse replayed;
    const auto forge = forge_at(sim.url);
    ASSERT_TRUE(load(ctx, deps_on(replayed, place), *forge, request, {}, {}));
    EXPECT_EQ(replayed.same_rows(), warehouse.same_rows());
}

TEST_F(ForgeRunTest, AServerThatFailsNowAndThenIsReadToTheEnd) {
    ASSERT_TRUE(
        sim.server->faults().set("status code=503 every=7 path=/rest/*\n"
                                 "reset every=11 path=/rest/*\n"
                                 "status code=429 retry_after=2 every=5 path=/rest/*\n"));
    const Report report = run();
    EXPECT_EQ(report.status, RunStatus::Completed) << errors_of(report);
    EXPECT_GT(report.api.retries, 0U);
    EXPECT_GT(report.api.waits, 0U);
    ASSERT_TRUE(sim.server->faults().set(""));
    EXPECT_EQ(warehouse.same_rows(), rows_of_a_full_run(sim.url));
}

TEST_F(ForgeRunTest, WhatCannotBeReadIsPutAsideAndReadLater) {
    // All tries of one pull request, whatever else is asked meanwhile.
    const std::string activities = sim.world->read([](const sim::Organisation& all) {
        for (const sim::Repository& repo : all.repositories)
            if (!repo.is_deleted && !repo.pulls.empty() && !all.projects[repo.project].is_secret)
                return fmt::format("*/projects/{}/repos/{}/pull-requests/{}/activities*",
                                   all.projects[repo.project].key, repo.slug,
                                   repo.pulls.front().number);
        return std::string();
    });
    ASSERT_FALSE(activities.empty());
    ASSERT_TRUE(sim.server->faults().set("malformed first=4 path=" + activities));
    const Report report = run();
    EXPECT_EQ(report.status, RunStatus::Partial);
    EXPECT_EQ(report.totals.put_off, 1U);
    EXPECT_GE(report.api.invalid, 4U);
    ASSERT_TRUE(sim.server->faults().set(""));
    const Report again = run();
    EXPECT_EQ(again.status, RunStatus::Completed) << errors_of(again);
    EXPECT_EQ(again.totals.pull_requests, 1U);
    EXPECT_EQ(warehouse.same_rows(), rows_of_a_full_run(sim.url));
}

TEST_F(ForgeRunTest, ARepositoryThatFailsIsOneFailedRepository) {
    const Report first = run();
    ASSERT_GT(first.repositories.size(), 1U);
    const std::string slug = first.repositories[0].repo.repo_slug;
    ASSERT_TRUE(sim.server->faults().set("status code=500 path=/rest/*/" + slug + "/pull-req*"));
    const Report report = run();
    EXPECT_EQ(report.status, RunStatus::Partial);
    EXPECT_EQ(std::ranges::count(report.repositories, Outcome::Failed, &RepoReport::outcome), 1);
    ASSERT_TRUE(sim.server->faults().set(""));
    EXPECT_EQ(run().status, RunStatus::Completed);
    EXPECT_EQ(warehouse.same_rows(), rows_of_a_full_run(sim.url));
}

TEST_F(ForgeRunTest, AResumedRunReadsWhatTheOneBeforeLacks) {
    run();
    for (const auto* const fault :
         {"status code=500 kind=activities", "status code=500 kind=git_refs,git_fetch"}) {
        mutate(7, {});
        ASSERT_TRUE(sim.server->faults().set(fault));
        const Report partial = run();
        EXPECT_NE(partial.status, RunStatus::Completed) << fault;
        ASSERT_TRUE(sim.server->faults().set(""));
        request.api.resume_from = partial.started;
        EXPECT_EQ(run().status, RunStatus::Completed) << fault;
        request.api.resume_from.reset();
        ASSERT_EQ(warehouse.same_rows(), rows_of_a_full_run(sim.url)) << fault;
    }
}

TEST_F(ForgeRunTest, ATokenThatIsRefusedIsAskedToBeRenewedAndThenSaidSo) {
    ASSERT_TRUE(sim.server->faults().set("expire"));
    const auto report = collect_on(warehouse, place, sim.url, request);
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code(), Errc::Denied);
    EXPECT_FALSE(report.error().hint().empty());
    EXPECT_EQ(access.renewals, 1U);
    ASSERT_EQ(warehouse.rows("git_collection_runs").size(), 1U);
    EXPECT_EQ(warehouse.rows("git_collection_runs")[0].find("status")->second.text, "failed");
}

// Dies at some calls of the warehouse; the next run makes it whole.
TEST_F(ForgeRunTest, ADeathAnywhereLosesAndDoublesNothing) {
    run();
    mutate(3, {"user_leave"}, 3);  // people whom no list names
    mutate(3);
    const std::string expected = rows_of_a_full_run(sim.url);
    bool finished = false;
    for (std::size_t at = 2; !finished; at += 14) {
        ASSERT_LT(at, 500U);
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
        EXPECT_EQ(again->status, RunStatus::Completed) << errors_of(*again);
        ASSERT_EQ(store.same_rows(), expected) << "died at call " << at;
    }
}

// A repository that is not seen, with forks that are.
class HiddenRepositoryTest : public testing_support::ForgeCollecting {
protected:
    HiddenRepositoryTest() : sim(settings(folder.path() / "sim")) {
        request.api.discovery_age = {};
    }
    static sim::Settings settings(const std::filesystem::path& data) {
        sim::Settings settings = small(data);
        settings.size = 5;
        settings.pulls = 12;
        settings.secret_forks = true;
        return settings;
    }
    Report run() {
        auto report = collect_on(warehouse, place, sim.url, request);
        if (report) return std::move(*report);
        ADD_FAILURE() << report.error().describe();
        return {};
    }
    std::size_t secret(std::string_view table) const {
        const auto rows = warehouse.rows(table);
        return static_cast<std::size_t>(
            std::ranges::count_if(rows, [](const testing_support::Row& row) {
                return row.find("project_key")->second.text == "SECR";
            }));
    }

    ForgeSim sim;
    Request request;
};

TEST_F(HiddenRepositoryTest, ItsPullRequestsAreWhatTheListsOfForksTell) {
    const Report first = run();
    EXPECT_EQ(first.status, RunStatus::Completed);
    EXPECT_GT(secret("git_pull_requests"), 0U);
    EXPECT_GT(secret("git_pr_participants"), 0U);
    EXPECT_EQ(secret("git_pr_events"), 0U);
    EXPECT_TRUE(std::ranges::any_of(first.findings, [](const Finding& finding) {
        return finding.check == "activities_hidden" && finding.failed > 0;
    }));
    const std::string rows = warehouse.same_rows();
    EXPECT_EQ(rows, rows_of_a_full_run(sim.url));
    EXPECT_EQ(run().totals.pull_requests, 0U);

    MemoryWarehouse replayed;
    const auto forge = forge_at(sim.url);
    ASSERT_TRUE(load(ctx, deps_on(replayed, place), *forge, request, {}, {}));
    EXPECT_EQ(replayed.same_rows(), rows);
}

TEST_F(HiddenRepositoryTest, WhatNoForkTellsOfAnyMoreIsBuried) {
    run();
    ASSERT_TRUE(sim.world->change(ctx, [](sim::Organisation& all) {
        for (sim::Repository& repo : all.repositories)
            repo.is_deleted = repo.is_deleted || all.projects[repo.project].owner;
    }));
    EXPECT_EQ(run().status, RunStatus::Completed);
    EXPECT_EQ(secret("git_pull_requests"), 0U);
    EXPECT_EQ(secret("git_pr_participants"), 0U);
    EXPECT_EQ(run().status, RunStatus::Completed);
    EXPECT_EQ(warehouse.same_rows(), rows_of_a_full_run(sim.url));
}

TEST_F(HiddenRepositoryTest, ARunOfOneForkBuriesNothingOfTheOther) {
    const Report first = run();
    const std::size_t before = secret("git_pull_requests");
    for (const RepoReport& repo : first.repositories)
        if (repo.repo.project_key.starts_with("~"))
            request.repo_patterns = {repo.repo.project_key + "/*", "SECR/*"};
    ASSERT_FALSE(request.repo_patterns.empty());
    EXPECT_EQ(run().status, RunStatus::Completed);
    EXPECT_EQ(secret("git_pull_requests"), before);
}

TEST_F(HiddenRepositoryTest, WithRightsItIsReadAndWithoutThemItStays) {
    run();
    const auto give = [&](bool rights) {
        ASSERT_TRUE(sim.world->change(ctx, [&](sim::Organisation& all) {
            for (sim::Project& project : all.projects)
                if (project.key == "SECR") project.is_secret = !rights;
        }));
    };
    give(true);
    EXPECT_EQ(run().status, RunStatus::Completed);
    EXPECT_GT(secret("git_pr_events"), 0U);
    EXPECT_EQ(warehouse.same_rows(), rows_of_a_full_run(sim.url));
    const std::size_t events = secret("git_pr_events");
    give(false);
    EXPECT_EQ(run().status, RunStatus::Completed);
    EXPECT_EQ(secret("git_pr_events"), events);
}

class StopAtFirstPullRequest final : public Observer {
public:
    explicit StopAtFirstPullRequest(std::stop_source& stop) : stop_(stop) {}
    void progress(const Progress& now) override {
        if (now.phase == Phase::PullRequests || now.phase == Phase::Listing) stop_.request_stop();
    }

private:
    std::stop_source& stop_;
};

TEST_F(ForgeRunTest, AStopEndsTheRunAndTheNextOneGoesOn) {
    StopAtFirstPullRequest stopper(stop);
    observer = &stopper;
    EXPECT_EQ(run().status, RunStatus::Cancelled);
    observer = nullptr;
    stop = std::stop_source();
    ctx = exec::Context(stop.get_token());
    EXPECT_EQ(run().status, RunStatus::Completed);
    EXPECT_EQ(warehouse.same_rows(), rows_of_a_full_run(sim.url));
}

TEST_F(ForgeRunTest, BringsBackRowsThatSomebodyDeleted) {
    run();
    const std::string whole = named_in_a_full_run();
    ASSERT_EQ(named(warehouse), whole);
    for (const std::string_view table :
         {"git_repositories", "git_branches", "git_commits", "git_commit_files", "git_tickets",
          "git_pull_requests", "git_pr_comments"}) {
        SCOPED_TRACE(table);
        ASSERT_FALSE(warehouse.rows(table).empty());
        warehouse.lose(table);
        const Report report = run();
        EXPECT_EQ(report.status, RunStatus::Completed) << errors_of(report);
        EXPECT_EQ(named(warehouse), whole);
        EXPECT_TRUE(std::ranges::any_of(report.findings, [&](const Finding& finding) {
            return finding.check == "rows_still_there" && finding.table == table;
        }));
        const Report after = run();
        EXPECT_EQ(calls(after, "activities"), 0U) << "and nothing is read once more";
    }
}

}  // namespace
}  // namespace forgehouse::collect
