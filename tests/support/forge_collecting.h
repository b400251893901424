// ForgeCollecting: a simulated Bitbucket Server in this process, and runs of the engine against it.
#pragma once

#include "sim/bitbucket_server/bitbucket.h"
#include "sim/core/mutations.h"
#include "sim/core/server.h"
#include "support/collecting.h"

namespace forgehouse::testing_support {

/// A token that never expires.
class FixedAccess final : public collect::Access {
public:
    explicit FixedAccess(std::string token) : token_(std::move(token)) {}
    Result<collect::Pass> pass(exec::Context&) override {
        return collect::Pass{
            .fields = {{.name = "Authorization", .value = Secret("Bearer " + token_)}},
            .number = 1};
    }
    Result<bool> renew(exec::Context&, std::uint64_t) override {
        ++renewals;
        return false;
    }
    Result<git::HttpAccess> for_git(exec::Context&) override {
        git::HttpAccess access;
        access.fields.emplace_back("Authorization: Bearer " + token_);
        return access;
    }
    std::atomic<unsigned> renewals = 0;

private:
    const std::string token_;
};

/// A server over an organisation, on a free port.
class ForgeSim {
public:
    explicit ForgeSim(sim::Settings settings) {
        auto made = sim::World::make(exec::Context(), settings);
        auto listener = net::Listener::tcp("127.0.0.1:0", "rest");
        if (!made || !listener) return;
        world = std::move(*made);
        url = "http://" + listener->address();
        dialect = std::make_unique<sim::bitbucket_server::Bitbucket>(*world, url);
        server = std::make_unique<sim::SimServer>(*world, *dialect, clock);
        if (!server->listen(std::move(*listener))) url.clear();
    }
    ~ForgeSim() {
        if (server) server->stop();
    }
    ForgeSim(const ForgeSim&) = delete;
    ForgeSim& operator=(const ForgeSim&) = delete;

    exec::SystemClock clock;
    std::unique_ptr<sim::World> world;
    std::unique_ptr<sim::bitbucket_server::Bitbucket> dialect;
    std::unique_ptr<sim::SimServer> server;
    std::string url;
};

/// Where one collector keeps what it knows.
struct Place {
    explicit Place(std::filesystem::path data) : data_dir(std::move(data)) {
        auto kept = objects::LocalObjects::open(data_dir / "checkpoints");
        if (kept) checkpoints = std::move(*kept);
        auto opened = objects::LocalObjects::open(data_dir / "archive");
        if (opened) archive = std::move(*opened);
    }
    std::filesystem::path data_dir;
    std::unique_ptr<ports::Objects> checkpoints;
    std::unique_ptr<ports::Objects> archive;
};

class ForgeCollecting : public Collecting {
protected:
    static sim::Settings small(const std::filesystem::path& data) {
        sim::Settings settings;
        settings.seed = 7;
        settings.size = 4;
        settings.pulls = 5;
        settings.commits = 6;
        settings.data = data;
        return settings;
    }

    collect::Deps deps_on(ports::Warehouse& store, Place& at) {
        return {.warehouse = store,
                .checkpoints = *at.checkpoints,
                .clock = clock,
                .git = *git_tool,
                .program = "/proc/self/exe",
                .data_dir = at.data_dir,
                .observer = observer,
                .retries = {},
                .archive = at.archive.get(),
                .uniform = [] { return 0.0; },
                // Time passes, and nobody waits for it.
                .sleep = [this](exec::Context& waiting,
                                std::chrono::milliseconds span) -> Result<void> {
                    clock.advance(span);
                    return waiting.check();
                }};
    }

    std::unique_ptr<sources::Forge> forge_at(const std::string& url) {
        sources::SourceOptions options;
        options.kind = "bitbucket_server";
        options.inputs.push_back({.text = url, .user = {}, .password = {}});
        auto made = sources::make_forge(std::move(options));
        return made ? std::move(*made) : nullptr;
    }

    Result<collect::Report> collect_on(ports::Warehouse& store, Place& at, const std::string& url,
                                       const collect::Request& request = {}) {
        const auto forge = forge_at(url);
        const collect::ForgeAccess entered{.http = http, .access = access};
        clock.advance(std::chrono::seconds(7));
        const collect::Deps deps = deps_on(store, at);
        return collect::run(ctx, deps, *forge, entered, request);
    }

    /// The rows of a first and only run.
    std::string rows_of_a_full_run(const std::string& url, const collect::Request& request = {}) {
        const TemporaryFolder other;
        Place fresh(other.path());
        MemoryWarehouse store;
        const auto report = collect_on(store, fresh, url, request);
        EXPECT_TRUE(report && report->status == schema::RunStatus::Completed);
        return store.same_rows();
    }

    Place place{folder.path() / "data"};
    net::HttpClient http{net::HttpClient::Settings{}};
    FixedAccess access{"sim-token"};
};

}  // namespace forgehouse::testing_support
