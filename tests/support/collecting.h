// Collecting: everything that a run stands on, in a temporary folder, with a warehouse in memory.
#pragma once

#include <gtest/gtest.h>

#include "base/log.h"
#include "collect/collect.h"
#include "objects/local/local_objects.h"
#include "sources/registry.h"
#include "support/failing_warehouse.h"
#include "support/git_fixture.h"
#include "support/memory_warehouse.h"

namespace forgehouse::testing_support {

class Collecting : public testing::Test {
protected:
    Collecting() {
        log::configure(
            {.level = log::Level::Off, .format = log::Format::Text, .sink = {}, .now = {}});
        auto opened = objects::LocalObjects::open(folder.path() / "data" / "checkpoints");
        if (opened) checkpoints = std::move(*opened);
        auto tool = git::Tool::open(
            ctx, {.environment = {"PATH=/usr/bin:/bin"}, .scratch_parent = folder.path().string()});
        if (tool) git_tool.emplace(std::move(*tool));
    }

    static std::unique_ptr<sources::Source> source_of(const std::vector<std::string>& paths) {
        sources::SourceOptions options;
        for (const std::string& path : paths)
            options.inputs.push_back({.text = path, .user = {}, .password = {}});
        auto source = sources::make_source(std::move(options));
        return source ? std::move(*source) : nullptr;
    }

    Result<collect::Report> run_on(ports::Warehouse& store, const std::vector<std::string>& paths,
                                   const collect::Request& request = {}) {
        const auto source = source_of(paths);
        const collect::Deps deps{.warehouse = store,
                                 .checkpoints = *checkpoints,
                                 .clock = clock,
                                 .git = *git_tool,
                                 .program = "/proc/self/exe",
                                 .data_dir = folder.path() / "data",
                                 .observer = observer,
                                 .retries = {}};
        clock.advance(std::chrono::seconds(7));
        return collect::run(ctx, deps, *source, request);
    }

    /// Runs on the repository `repo()`; a run that did not come about fails the test.
    collect::Report run(const collect::Request& request = {}) {
        auto report = run_on(warehouse, {repo().string()}, request);
        if (report) return std::move(*report);
        ADD_FAILURE() << report.error().describe();
        return {};
    }

    std::filesystem::path repo() const { return folder.path() / "src" / "project"; }

    /// The rows of a first and only run on the same repositories.
    std::string rows_of_a_full_run(const std::vector<std::string>& paths) {
        MemoryWarehouse fresh;
        std::unique_ptr<ports::Objects> kept = std::move(checkpoints);
        TemporaryFolder other;
        auto opened = objects::LocalObjects::open(other.path());
        if (opened) checkpoints = std::move(*opened);
        const auto report = run_on(fresh, paths);
        EXPECT_TRUE(report && report->status == schema::RunStatus::Completed);
        checkpoints = std::move(kept);
        return fresh.same_rows();
    }

    TemporaryFolder folder;
    MemoryWarehouse warehouse;
    std::unique_ptr<ports::Objects> checkpoints;
    exec::ManualClock clock{Time::from_seconds(1'800'000'000)};
    std::optional<git::Tool> git_tool;
    collect::Observer* observer = nullptr;
    std::stop_source stop;
    exec::Context ctx{stop.get_token()};
};

}  // namespace forgehouse::testing_support
