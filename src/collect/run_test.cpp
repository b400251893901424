#include <gmock/gmock.h>

#include <fstream>
#include <random>

#include "collect/data_lock.h"
#include "collect/git_rows.h"
#include "support/collecting.h"

namespace forgehouse::collect {
namespace {

using schema::RunStatus;
using testing_support::commit_file;
using testing_support::FailingWarehouse;
using testing_support::git;
using testing_support::init_repository;
using testing_support::MemoryWarehouse;
using testing_support::Row;

class CollectRun : public testing_support::Collecting {
protected:
    CollectRun() { init_repository(repo()); }

    std::string column(std::string_view table, std::string_view column, std::size_t row = 0) {
        const auto rows = warehouse.rows(table);
        return row < rows.size() ? rows[row].find(column)->second.text : "no such row";
    }
    Row commit(const std::string& hash) {
        for (Row& row : warehouse.rows("git_commits"))
            if (row["commit_hash"].text == hash) return row;
        return {};
    }
    std::uint64_t failed_of(const Report& report, std::string_view check) {
        for (const Finding& finding : report.findings)
            if (finding.check == check) return finding.failed;
        return 0;
    }
};

TEST_F(CollectRun, StoresAHistory) {
    commit_file(repo(), "a.cpp", "1\n2\n", "ABC-7 begin");
    const std::string second = commit_file(repo(), "b/c.py", "1\n", "more");
    git(repo(), {"tag", "-a", "v1", "-m", "first"});
    const Report report = run();
    EXPECT_EQ(report.status, RunStatus::Completed);
    ASSERT_EQ(report.repositories.size(), 1U);
    EXPECT_EQ(report.repositories[0].outcome, Outcome::Collected);
    EXPECT_EQ(report.totals.commits, 2U);
    EXPECT_EQ(report.totals.files, 2U);
    EXPECT_EQ(report.totals.lines_added, 3U);
    EXPECT_EQ(report.findings.size(), 0U);
    EXPECT_EQ(report.run_id, "insight_git-20270115-080007");

    EXPECT_EQ(warehouse.rows("git_commits").size(), 2U);
    EXPECT_EQ(warehouse.rows("git_commit_files").size(), 2U);
    EXPECT_EQ(column("git_tickets", "external_ticket_id"), "ABC-7");
    EXPECT_EQ(column("git_branches", "head_hash"), second);
    EXPECT_EQ(column("git_branches", "is_default"), "true");
    EXPECT_EQ(column("git_tags", "target_hash"), second);
    EXPECT_EQ(column("git_repositories", "repo_slug"), "project");
    EXPECT_EQ(column("git_repositories", "language"), "C++");
    EXPECT_EQ(column("git_repositories", "default_branch"), "main");
    EXPECT_EQ(column("git_projects", "project_key"), (folder.path() / "src").string());
    EXPECT_EQ(column("git_collection_runs", "status"), "completed");
    EXPECT_EQ(column("git_collection_runs", "commits_collected"), "2");
    EXPECT_EQ(column("git_coverage", "expected"), "2");
    EXPECT_EQ(column("git_coverage", "missing"), "0");
    EXPECT_EQ(commit(second)["branch"].text, "main");
}

TEST_F(CollectRun, AnUnchangedRepositoryCostsTwoQuestions) {
    commit_file(repo(), "a", "1\n", "one");
    run();
    const std::string before = warehouse.same_rows();
    FailingWarehouse counting(warehouse);
    const auto again = run_on(counting, {repo().string()});
    ASSERT_TRUE(again);
    EXPECT_EQ(again->repositories[0].outcome, Outcome::Unchanged);
    // The run's row twice; how many rows are there; which version the repository's has.
    EXPECT_EQ(counting.calls, 4U);
    EXPECT_EQ(warehouse.same_rows(), before);
}

TEST_F(CollectRun, AnEmptiedWarehouseIsFilledAgain) {
    commit_file(repo(), "a", "1\n", "one");
    run();
    MemoryWarehouse emptied;
    const auto again = run_on(emptied, {repo().string()});
    ASSERT_TRUE(again);
    EXPECT_EQ(again->repositories[0].outcome, Outcome::Collected);
    EXPECT_EQ(emptied.same_rows(), warehouse.same_rows());
}

TEST_F(CollectRun, AnEmptyRepositoryIsARepository) {
    const Report report = run();
    EXPECT_EQ(report.status, RunStatus::Completed);
    EXPECT_EQ(column("git_repositories", "is_empty"), "true");
    EXPECT_EQ(run().repositories[0].outcome, Outcome::Unchanged);
    commit_file(repo(), "a", "1\n", "one");
    run();
    EXPECT_EQ(column("git_repositories", "is_empty"), "false");
    EXPECT_EQ(warehouse.same_rows(), rows_of_a_full_run({repo().string()}));
}

TEST_F(CollectRun, ACommitVanishesAndComesBack) {
    commit_file(repo(), "a", "1\n", "one");
    const std::string lost = commit_file(repo(), "a", "2\n", "two");
    run();
    git(repo(), {"reset", "-q", "--hard", "HEAD~1"});
    EXPECT_EQ(run().totals.amended, 1U);
    EXPECT_EQ(commit(lost)["is_reachable"].text, "false");
    EXPECT_EQ(commit(lost)["branch"].text, "");
    git(repo(), {"branch", "rescue", lost});
    const Report back = run();
    EXPECT_EQ(back.totals.commits, 0U);
    EXPECT_EQ(commit(lost)["is_reachable"].text, "true");
    EXPECT_EQ(commit(lost)["branch"].text, "rescue");
    EXPECT_EQ(commit(lost)["is_in_default_branch"].text, "false");
    git(repo(), {"branch", "-D", "rescue"});
    run();
    EXPECT_EQ(warehouse.rows("git_branches").size(), 1U);
}

TEST_F(CollectRun, AWindowReadsAPartAndMovesNoCheckpoint) {
    const std::string first = commit_file(repo(), "a", "1\n", "one");
    const std::string second = commit_file(repo(), "a", "2\n", "two");
    const std::string third = commit_file(repo(), "a", "3\n", "three");
    const auto time_of = [&](const std::string& hash) {
        return Time::from_seconds(std::stoll(git(repo(), {"show", "-s", "--format=%ct", hash})));
    };
    Request request;
    request.window = {.since = time_of(second), .until = time_of(third)};
    const Report part = run(request);
    EXPECT_EQ(part.totals.commits, 1U);
    ASSERT_EQ(warehouse.rows("git_commits").size(), 1U);
    EXPECT_EQ(column("git_commits", "commit_hash"), second);
    EXPECT_EQ(column("git_coverage", "missing"), "2");
    EXPECT_EQ(run().totals.commits, 2U);
    EXPECT_EQ(column("git_coverage", "missing"), "0");
    EXPECT_EQ(warehouse.same_rows(), rows_of_a_full_run({repo().string()}));
}

TEST_F(CollectRun, AShallowCloneIsSaidSoAndHealsWhenItGrows) {
    for (int i = 0; i < 4; ++i) commit_file(repo(), "a" + std::to_string(i), "1\n", "one");
    const auto clone = folder.path() / "src" / "clone";
    git(folder.path(),
        {"clone", "-q", "--depth", "2", "file://" + repo().string(), clone.string()});
    const auto shallow = run_on(warehouse, {clone.string()});
    ASSERT_TRUE(shallow);
    EXPECT_EQ(failed_of(*shallow, "history_cut_off"), 1U);
    EXPECT_EQ(warehouse.rows("git_commits").size(), 2U);
    EXPECT_EQ(warehouse.rows("git_commit_files").size(), 4U);
    git(clone, {"fetch", "-q", "--unshallow"});
    const auto whole = run_on(warehouse, {clone.string()});
    ASSERT_TRUE(whole);
    EXPECT_EQ(whole->findings.size(), 0U);
    EXPECT_EQ(warehouse.rows("git_commit_files").size(), 4U);
    EXPECT_EQ(warehouse.same_rows(), rows_of_a_full_run({clone.string()}));
}

TEST_F(CollectRun, ABadRepositoryStopsNoOther) {
    commit_file(repo(), "a", "1\n", "one");
    const auto broken = folder.path() / "src" / "broken";
    init_repository(broken);
    commit_file(broken, "a", "broken\n", "one");
    const std::string blob = git(broken, {"rev-parse", "HEAD:a"});
    std::filesystem::remove(broken / ".git/objects" / blob.substr(0, 2) / blob.substr(2));
    const auto report =
        run_on(warehouse, {(folder.path() / "nothing").string(), broken.string(), repo().string()});
    ASSERT_TRUE(report) << report.error().describe();
    EXPECT_EQ(report->status, RunStatus::Partial);
    ASSERT_EQ(report->refused.size(), 1U);
    EXPECT_EQ(report->refused[0].error.code(), Errc::NotFound);
    ASSERT_EQ(report->repositories.size(), 2U);
    EXPECT_EQ(report->repositories[0].outcome, Outcome::Failed);
    ASSERT_TRUE(report->repositories[0].error);
    EXPECT_EQ(report->repositories[0].error->code(), Errc::Corrupt);
    EXPECT_EQ(report->repositories[1].outcome, Outcome::Collected);
    EXPECT_EQ(column("git_collection_runs", "status"), "partial");
    EXPECT_EQ(column("git_collection_runs", "repos_failed"), "2");
    EXPECT_THAT(column("git_collection_runs", "error_summary"), testing::HasSubstr("broken"));
}

TEST_F(CollectRun, AHalfReadRepositoryHasItsRows) {
    commit_file(repo(), "a", "old\n", "one");
    commit_file(repo(), "b", "new\n", "two");
    const std::string blob = git(repo(), {"rev-parse", "HEAD:a"});
    const auto object = repo() / ".git/objects" / blob.substr(0, 2) / blob.substr(2);
    std::filesystem::rename(object, folder.path() / "kept");
    const Report half = run();
    EXPECT_EQ(half.repositories[0].outcome, Outcome::Failed);
    ASSERT_EQ(warehouse.rows("git_commits").size(), 1U);
    EXPECT_EQ(column("git_repositories", "repo_slug"), "project");
    EXPECT_EQ(column("git_repositories", "is_empty"), "false");
    EXPECT_EQ(column("git_coverage", "expected"), "2");
    EXPECT_EQ(column("git_coverage", "missing"), "1");
    std::filesystem::rename(folder.path() / "kept", object);
    EXPECT_EQ(run().repositories[0].outcome, Outcome::Collected);
    EXPECT_EQ(warehouse.same_rows(), rows_of_a_full_run({repo().string()}));
}

// What a run stores is added to what it found; where that is not sound, all is looked at.
TEST_F(CollectRun, AFileRowThatIsLostIsFound) {
    const std::string first = commit_file(repo(), "a", "1\n", "one");
    EXPECT_EQ(run().findings.size(), 0U);
    static constexpr schema::TableInfo kFiles = schema::git_commit_files.info();
    ASSERT_TRUE(warehouse.amend(
        ctx, {.table = &kFiles,
              .prefix = {"insight_git", (folder.path() / "src").string(), "project"},
              .members = std::vector{first},
              .changes = {{"is_deleted", "1"}},
              .version = 1'900'000'000'000}));
    commit_file(repo(), "b", "1\n", "two");
    const Report report = run();
    EXPECT_EQ(failed_of(report, "files_as_in_commits"), 1U);
    EXPECT_EQ(failed_of(report, "orphan_files"), 0U);
}

TEST_F(CollectRun, AFileRowWithoutItsCommitIsFound) {
    commit_file(repo(), "a", "1\n", "one");
    EXPECT_EQ(run().findings.size(), 0U);
    const Stamp stamp{.repo = {"insight_git", (folder.path() / "src").string(), "project"},
                      .collected_at = clock.now(),
                      .version = 1};
    schema::GitCommitFile stray = file_row(stamp);
    stray.commit_hash = std::string(40, 'a');
    stray.file_path = "stray";
    schema::Batch batch(schema::git_commit_files.info());
    batch.append(schema::git_commit_files, stray);
    ASSERT_TRUE(warehouse.insert(ctx, batch, "stray"));
    commit_file(repo(), "b", "1\n", "two");
    const Report report = run();
    EXPECT_EQ(failed_of(report, "orphan_files"), 1U);
    EXPECT_EQ(failed_of(report, "files_as_in_commits"), 0U);
}

TEST_F(CollectRun, NothingToDoIsSaidSo) {
    commit_file(repo(), "a", "1\n", "one");
    Request request;
    request.repo_patterns = {"other*"};
    const auto none = run_on(warehouse, {repo().string()}, request);
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code(), Errc::Invalid);
    request.repo_patterns = {"proj*"};
    EXPECT_TRUE(run_on(warehouse, {repo().string()}, request));
    const auto refused = run_on(warehouse, {"/nonexistent"});
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->status, RunStatus::Failed);
}

TEST_F(CollectRun, OneRepositoryByManyNamesIsCollectedOnce) {
    commit_file(repo(), "d/a", "1\n", "one");
    const auto link = folder.path() / "link";
    std::filesystem::create_symlink(repo(), link);
    const auto report =
        run_on(warehouse, {repo().string(), (repo() / "d").string(), (repo() / ".git").string(),
                           link.string(), "file://" + repo().string()});
    ASSERT_TRUE(report) << report.error().describe();
    EXPECT_EQ(report->repositories.size(), 1U);
    EXPECT_EQ(report->refused.size(), 0U);
}

TEST_F(CollectRun, ASecondCollectorIsSentAway) {
    commit_file(repo(), "a", "1\n", "one");
    {
        const auto held = DataLock::take(folder.path() / "data");
        ASSERT_TRUE(held);
        const auto second = run_on(warehouse, {repo().string()});
        ASSERT_FALSE(second);
        EXPECT_EQ(second.error().code(), Errc::Conflict);
        EXPECT_EQ(second.error().field("pid"), std::to_string(::getpid()));
        EXPECT_FALSE(second.error().hint().empty());
        EXPECT_EQ(DataLock::holder(folder.path() / "data"), ::getpid());
    }
    EXPECT_EQ(DataLock::holder(folder.path() / "data"), std::nullopt);
    EXPECT_TRUE(run_on(warehouse, {repo().string()}));
}

class StopAtFirstCommit final : public Observer {
public:
    explicit StopAtFirstCommit(std::stop_source& stop) : stop_(stop) {}
    void progress(const Progress& now) override {
        if (now.phase == Phase::Reading) stop_.request_stop();
    }

private:
    std::stop_source& stop_;
};

TEST_F(CollectRun, AStopEndsTheRunCleanly) {
    for (int i = 0; i < 5; ++i) commit_file(repo(), "a", std::to_string(i), "one");
    StopAtFirstCommit stopper(stop);
    observer = &stopper;
    const auto report = run_on(warehouse, {repo().string()});
    ASSERT_TRUE(report) << report.error().describe();
    EXPECT_EQ(report->status, RunStatus::Cancelled);
    EXPECT_EQ(report->repositories[0].outcome, Outcome::Cancelled);
    EXPECT_FALSE(report->repositories[0].error);
    EXPECT_EQ(column("git_collection_runs", "status"), "cancelled");
    observer = nullptr;
    stop = std::stop_source();
    ctx = exec::Context(stop.get_token());
    EXPECT_EQ(run().status, RunStatus::Completed);
    EXPECT_EQ(warehouse.same_rows(), rows_of_a_full_run({repo().string()}));
}

// The warehouse dies at its first call, at its second, … : whatever was stored by then, the next
// run makes it whole, and no run that died stays "running".
class CollectCrash : public CollectRun, public testing::WithParamInterface<bool> {};

TEST_P(CollectCrash, AtEveryCallLosesAndDoublesNothing) {
    for (int i = 0; i < 3; ++i) commit_file(repo(), "a" + std::to_string(i), "1\n", "ABC-1 x");
    run();
    const std::string lost = git(repo(), {"rev-parse", "HEAD"});
    git(repo(), {"reset", "-q", "--hard", "HEAD~1"});
    git(repo(), {"checkout", "-q", "-b", "side"});
    const std::string side = commit_file(repo(), "b", "1\n", "ABC-2 y");
    git(repo(), {"tag", "v1"});
    const std::string expected = rows_of_a_full_run({repo().string()});

    std::size_t at = 1;
    for (bool finished = false; !finished; ++at) {
        ASSERT_LT(at, 60U);
        // Each time from the state before: the branch as it was, then as it is.
        MemoryWarehouse store;
        testing_support::TemporaryFolder other;
        auto objects = objects::LocalObjects::open(other.path());
        ASSERT_TRUE(objects);
        checkpoints = std::move(*objects);
        git(repo(), {"symbolic-ref", "HEAD", "refs/heads/main"});
        git(repo(), {"update-ref", "refs/heads/main", lost});
        git(repo(), {"update-ref", "-d", "refs/heads/side"});
        git(repo(), {"tag", "-d", "v1"});
        ASSERT_TRUE(run_on(store, {repo().string()}));
        git(repo(), {"update-ref", "refs/heads/main", lost + "~1"});
        git(repo(), {"update-ref", "refs/heads/side", side});
        git(repo(), {"tag", "v1", side});
        git(repo(), {"symbolic-ref", "HEAD", "refs/heads/side"});
        FailingWarehouse failing(store);
        failing.fail_from = at;
        failing.lose_answer = GetParam();
        const auto died = run_on(failing, {repo().string()});
        finished = died && died->status == RunStatus::Completed;
        const auto again = run_on(store, {repo().string()});
        ASSERT_TRUE(again) << again.error().describe();
        EXPECT_EQ(again->status, RunStatus::Completed);
        EXPECT_EQ(store.same_rows(), expected) << "died at call " << at;
        for (const Row& row : store.rows("git_collection_runs"))
            EXPECT_NE(row.find("status")->second.text, "running") << "died at call " << at;
    }
    EXPECT_GT(at, 10U);
}

INSTANTIATE_TEST_SUITE_P(Answers, CollectCrash, testing::Bool());

// What many small runs over a changing history store is what one run over its end does.
TEST_F(CollectRun, IncrementalEqualsFull) {
    std::mt19937 random(11);
    std::vector<std::string> commits{commit_file(repo(), "a", "0\n", "root")};
    const auto any = [&] { return commits[random() % commits.size()]; };
    for (int round = 0; round < 8; ++round) {
        for (std::size_t n = 1 + random() % 5; n > 0; --n) {
            const std::string branch = "b" + std::to_string(random() % 4);
            switch (random() % 6) {
                case 0: git(repo(), {"update-ref", "refs/heads/" + branch, any()}); break;
                case 1:
                    git(repo(), {"checkout", "-q", "--detach"});
                    git(repo(), {"update-ref", "-d", "refs/heads/" + branch});
                    break;
                case 2:
                    git(repo(), {"tag", "-f", "t" + std::to_string(random() % 3), any()});
                    break;
                case 3:
                    git(repo(), {"update-ref",
                                 "refs/pull/" + std::to_string(random() % 3) + "/head", any()});
                    break;
                case 4:
                    git(repo(), {"checkout", "-q", "--detach", any()});
                    git(repo(), {"merge", "-q", "-s", "ours", "-m", "merge", any()});
                    commits.push_back(git(repo(), {"rev-parse", "HEAD"}));
                    git(repo(), {"update-ref", "refs/heads/" + branch, "HEAD"});
                    break;
                default:
                    git(repo(), {"checkout", "-q", "--detach", any()});
                    commits.push_back(commit_file(repo(), "f" + std::to_string(random() % 5),
                                                  std::to_string(random()), "more"));
                    git(repo(), {"update-ref", "refs/heads/" + branch, "HEAD"});
            }
        }
        git(repo(), {"checkout", "-q", random() % 2 ? "main" : any()});
        const Report report = run();
        EXPECT_EQ(report.status, RunStatus::Completed);
        EXPECT_EQ(failed_of(report, "commits_as_in_git"), 0U);
        EXPECT_EQ(warehouse.same_rows(), rows_of_a_full_run({repo().string()})) << round;
    }
}

TEST_F(CollectRun, ManyRepositoriesShareTheWorkers) {
    std::vector<std::string> paths;
    for (int i = 0; i < 5; ++i) {
        const auto path = folder.path() / "src" / ("r" + std::to_string(i));
        init_repository(path);
        commit_file(path, "a", std::to_string(i), "one");
        paths.push_back(path.string());
    }
    Request request;
    request.workers = 3;
    const auto report = run_on(warehouse, paths, request);
    ASSERT_TRUE(report);
    EXPECT_EQ(report->totals.commits, 5U);
    EXPECT_EQ(warehouse.same_rows(), rows_of_a_full_run(paths));
}

}  // namespace
}  // namespace forgehouse::collect
