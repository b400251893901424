#include "app/run_view.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <thread>

#include "exec/clock.h"

namespace forgehouse::app {
namespace {

namespace fs = std::filesystem;

const sources::RepoRef kRepo{.data_source = "d", .project_key = "P", .repo_slug = "one"};

std::string content_of(const fs::path& path) {
    std::ifstream file(path);
    return (std::stringstream() << file.rdbuf()).str();
}

TEST(RunView, ComesBackAsItWasWritten) {
    RunView view;
    view.run_id = "r";
    view.source = "\"forge\"\n";
    view.started = Time::from_seconds(1'700'000'000);
    view.updated = view.started.plus(std::chrono::seconds(3));
    view.planned = 3;
    view.done = 2;
    view.failed = 1;
    view.rows = 12;
    view.active = {{.name = "P/one", .phase = "reading", .done = 4, .total = 9},
                   {.name = "P/two", .phase = "listing", .done = 0, .total = std::nullopt}};
    view.calls = 5;
    view.concurrency = 2;
    view.per_second = 2.5;
    view.pause = std::chrono::milliseconds(40);
    const std::string text = to_json(RunViews{.pid = 7, .runs = {view, RunView()}});
    const auto back = run_views_of(text);
    ASSERT_TRUE(back) << back.error().describe();
    EXPECT_EQ(to_json(*back), text);
    EXPECT_EQ(back->pid, 7);
    ASSERT_EQ(back->runs.size(), 2U);
    EXPECT_EQ(back->runs[0].source, view.source);
    EXPECT_EQ(back->runs[0].active.size(), 2U);
}

TEST(RunView, IsCorruptWhereItIsCut) {
    const std::string text = to_json(RunViews{.pid = 7, .runs = {RunView()}});
    for (std::size_t length = 0; length < text.size(); length += 7) {
        const auto back = run_views_of(text.substr(0, length));
        ASSERT_FALSE(back);
        EXPECT_EQ(back.error().code(), Errc::Corrupt);
    }
    EXPECT_FALSE(run_views_of("{}"));
    EXPECT_FALSE(run_views_of("[]"));
}

TEST(RunBoard, IsAFileWhileRunsGoOn) {
    const fs::path folder = fs::temp_directory_path() / ("run-view-" + std::to_string(::getpid()));
    fs::create_directories(folder);
    const fs::path file = run_view_file(folder);
    const exec::ManualClock clock(Time::from_seconds(1'700'000'000));
    {
        RunBoard board(file, clock);
        const auto first = board.follow("forge");
        const auto views = run_views_of(content_of(file));
        ASSERT_TRUE(views) << views.error().describe();
        ASSERT_EQ(views->runs.size(), 1U);
        EXPECT_EQ(views->runs[0].source, "forge");
        EXPECT_EQ(views->pid, ::getpid());
        first->started(kRepo);
    }
    EXPECT_FALSE(fs::exists(file));
    // A run goes on where it cannot be written.
    RunBoard nowhere(folder / "no" / "such" / "run.json", clock);
    nowhere.follow("forge")->planned("r", {});
    fs::remove_all(folder);
}

TEST(RunBoard, TakesInWhatRunsSayAtTheSameTime) {
    const fs::path folder = fs::temp_directory_path() / ("run-board-" + std::to_string(::getpid()));
    fs::create_directories(folder);
    const exec::ManualClock clock(Time::from_seconds(1'700'000'000));
    RunBoard board(run_view_file(folder), clock);
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&board, i] {
            for (int n = 0; n < 50; ++n) {
                const auto run = board.follow(std::to_string(i));
                run->planned("r", {});
                run->started(kRepo);
            }
        });
    threads.clear();
    EXPECT_TRUE(run_views_of(content_of(run_view_file(folder))));
    fs::remove_all(folder);
}

}  // namespace
}  // namespace forgehouse::app
