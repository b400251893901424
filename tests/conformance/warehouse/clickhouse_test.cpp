// Runs the corpus against ClickHouse: our engine, started for it in a folder of its own, or the
// server that FORGEHOUSE_TEST_CLICKHOUSE names (a URL, or the path of a Unix socket).
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "conformance/warehouse/views_conformance.h"
#include "conformance/warehouse/warehouse_conformance.h"
#include "engine/environment.h"
#include "engine/launcher.h"
#include "warehouse/clickhouse/client.h"

namespace forgehouse::conformance {
namespace {

using warehouse::clickhouse::Client;
using warehouse::clickhouse::Endpoint;

/// The engine of this test program: one for all cases, started by the first that asks.
class TestEngine : public testing::Environment {
public:
    void TearDown() override {
        if (!launcher_) return;
        exec::Context ctx = exec::Context().with_timeout(std::chrono::seconds(30));
        const auto stopped = launcher_->stop(ctx);
        EXPECT_TRUE(stopped) << stopped.error().describe();
        std::filesystem::remove_all(folder_);
    }
    Result<engine::Endpoint> ensure(exec::Context& ctx) {
        if (!launcher_) make();
        return launcher_->ensure(ctx);
    }
    Result<void> stop(exec::Context& ctx) { return launcher_->stop(ctx); }

private:
    void make() {
        std::string folder = std::filesystem::temp_directory_path() / "conformance-XXXXXX";
        CHECK(::mkdtemp(folder.data()) != nullptr);
        folder_ = folder;
        launcher_.emplace(
            engine::Launcher::Options{.data_dir = folder_,
                                      .program = {FORGEHOUSE_ENGINE_CHILD},
                                      .environment = engine::Environment::of(environ)});
    }
    std::filesystem::path folder_;
    std::optional<engine::Launcher> launcher_;
};

// Owned by GoogleTest.
TestEngine* const test_engine = new TestEngine;
[[maybe_unused]] const auto* const registered = testing::AddGlobalTestEnvironment(test_engine);

Endpoint engine_endpoint(const std::string& database) {
    Endpoint endpoint{.layout = {.database = database}};
    exec::Context ctx;
    const auto engine = test_engine->ensure(ctx);
    if (!engine) {
        ADD_FAILURE() << "no engine: " << engine.error().describe();
        return endpoint;
    }
    endpoint.unix_socket = engine->socket;
    endpoint.writer_headers = {{std::string(engine::kWriterHeader), engine->writer_token}};
    return endpoint;
}

Endpoint endpoint_of(const std::string& database) {
    const char* address = std::getenv("FORGEHOUSE_TEST_CLICKHOUSE");
    if (address == nullptr) return engine_endpoint(database);
    Endpoint endpoint{.layout = {.database = database}};
    (*address == '/' ? endpoint.unix_socket : endpoint.url) = address;
    return endpoint;
}

/// What a client stands on, kept alive beside it.
struct Setting {
    Endpoint endpoint;
    net::HttpClient http{{}};
    Client client{endpoint,
                  {.http = http, .retry = {.policy = {}, .uniform = exec::seeded_uniform(1)}}};
};

Subject open_clickhouse(const std::string& database) {
    auto setting = std::make_shared<Setting>(endpoint_of(database));
    return {.warehouse = {setting, &setting->client},
            .execute = [setting](const std::string& sql) -> Result<void> {
                exec::Context ctx;
                const Endpoint& to = setting->endpoint;
                TRY_LET(answer, setting->http.send(ctx, {.method = "POST",
                                                         .url = to.url,
                                                         .unix_socket = to.unix_socket,
                                                         .headers = to.writer_headers,
                                                         .body = net::BodyParts{sql}}));
                if (answer.ok()) return {};
                return Failure(Error(Errc::Invalid, "refused").with("body", answer.body));
            }};
}

INSTANTIATE_TEST_SUITE_P(ClickHouse, WarehouseConformance, testing::Values(open_clickhouse));
INSTANTIATE_TEST_SUITE_P(ClickHouse, ViewsConformance, testing::Values(open_clickhouse));

// The engine leaves when idle, and may be killed: the next request starts it again.
TEST(EngineUnderTheClient, IsStartedAgainWhenItIsGone) {
    exec::Context ctx = exec::Context().with_timeout(std::chrono::minutes(2));
    const Endpoint endpoint = engine_endpoint("default");
    net::HttpClient http{{}};
    int revived = 0;
    Client client(endpoint, {.http = http,
                             .retry = {.policy = {}, .uniform = exec::seeded_uniform(1)},
                             .revive = [&](exec::Context& context) -> Result<void> {
                                 ++revived;
                                 TRY(test_engine->ensure(context));
                                 return {};
                             }});
    const auto before = client.version(ctx);
    ASSERT_TRUE(before) << before.error().describe();
    ASSERT_TRUE(test_engine->stop(ctx));
    const auto after = client.version(ctx);
    ASSERT_TRUE(after) << after.error().describe();
    EXPECT_EQ(*after, *before);
    EXPECT_EQ(revived, 1);
}

}  // namespace
}  // namespace forgehouse::conformance
