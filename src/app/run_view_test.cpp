#include "app/run_view.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

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
    view.pid = 7;
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
    const std::string text = to_json(view);
    const auto back = run_view_of(text);
    ASSERT_TRUE(back) << back.error().describe();
    EXPECT_EQ(to_json(*back), text);
    EXPECT_EQ(back->source, view.source);
    EXPECT_EQ(back->active.size(), 2U);
}

TEST(RunView, IsCorruptWhereItIsCut) {
    const std::string text = to_json({});
    for (std::size_t length = 0; length < text.size(); length += 7) {
        const auto back = run_view_of(text.substr(0, length));
        ASSERT_FALSE(back);
        EXPECT_EQ(back.error().code(), Errc::Corrupt);
    }
    EXPECT_FALSE(run_view_of("{}"));
    EXPECT_FALSE(run_view_of("[]"));
}

TEST(RunView, LiesInTheFileWhileTheRunGoesOn) {
    const fs::path folder = fs::temp_directory_path() / ("run-view-" + std::to_string(::getpid()));
    fs::create_directories(folder);
    const fs::path file = run_view_file(folder);
    const exec::ManualClock clock(Time::from_seconds(1'700'000'000));
    {
        RunViewWriter writer(file, "forge", clock);
        writer.planned("r", {});
        const auto view = run_view_of(content_of(file));
        ASSERT_TRUE(view) << view.error().describe();
        EXPECT_EQ(view->run_id, "r");
        EXPECT_EQ(view->pid, ::getpid());
        writer.started(kRepo);
    }
    EXPECT_FALSE(fs::exists(file));
    // A run goes on where it cannot be written.
    RunViewWriter nowhere(folder / "no" / "such" / "run.json", "forge", clock);
    nowhere.planned("r", {});
    fs::remove_all(folder);
}

}  // namespace
}  // namespace forgehouse::app
