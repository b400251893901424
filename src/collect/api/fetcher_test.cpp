#include "collect/api/fetcher.h"

#include <gtest/gtest.h>

#include "support/forge_collecting.h"
#include "support/memory_warehouse.h"

namespace forgehouse::collect {
namespace {

using testing_support::ForgeSim;
using testing_support::MemoryWarehouse;

class FetcherTest : public testing_support::ForgeCollecting {
protected:
    Error failure() {
        const auto page = fetcher.fetch(ctx, forge->hello(), 1, {});
        return page ? Error(Errc::Conflict, "a page came") : page.error();
    }

    ForgeSim sim{small(folder.path() / "sim")};
    MemoryWarehouse store;
    const std::unique_ptr<sources::Forge> forge = forge_at(sim.url);
    const ForgeAccess entered{.http = http, .access = access};
    const Deps deps = deps_on(store, place);
    Fetcher fetcher{deps, *forge, entered, {}, nullptr};
};

TEST_F(FetcherTest, AsksNoMoreOnceTheServerHasFailedForMinutes) {
    ASSERT_TRUE(sim.server->faults().set("status code=500 path=/rest/*"));
    const Time begin = clock.now();
    while (clock.now() - begin < std::chrono::minutes(20)) {
        const std::uint64_t before = fetcher.counts().calls;
        const Error error = failure();
        ASSERT_EQ(error.code(), Errc::Unavailable) << error.describe();
        if (fetcher.counts().calls > before) continue;
        EXPECT_GE(clock.now() - begin, std::chrono::minutes(5));
        EXPECT_FALSE(error.hint().empty());
        return;
    }
    FAIL() << "it is asked for ever: " << fetcher.counts().calls;
}

TEST_F(FetcherTest, OneAnswerIsASignOfLife) {
    ASSERT_TRUE(sim.server->faults().set("status code=500 every=2 path=/rest/*"));
    for (int i = 0; i < 50; ++i) {
        clock.advance(std::chrono::minutes(1));
        const auto page = fetcher.fetch(ctx, forge->hello(), 1, {});
        ASSERT_TRUE(page) << page.error().describe();
    }
}

}  // namespace
}  // namespace forgehouse::collect
