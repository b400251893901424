#include "exec/context.h"

#include <gtest/gtest.h>

#include <thread>

namespace forgehouse::exec {
namespace {

using namespace std::chrono_literals;

TEST(Context, WithoutLimitsIsAlwaysWanted) {
    const Context ctx;
    EXPECT_TRUE(ctx.check());
    EXPECT_EQ(ctx.remaining(7ms), 7ms);
}

TEST(Context, KeepsTheNearerDeadline) {
    const Context ctx = Context().with_timeout(0ms).with_timeout(1h);
    ASSERT_FALSE(ctx.check());
    EXPECT_EQ(ctx.check().error().code(), Errc::Cancelled);
    EXPECT_EQ(ctx.remaining(7ms), 0ms);
}

TEST(Context, WakesASleeperWhenStopped) {
    std::stop_source source;
    const Context ctx(source.get_token());
    Result<void> slept;
    {
        std::jthread sleeper([&] { slept = ctx.sleep(1h); });
        source.request_stop();
    }
    ASSERT_FALSE(slept);
    EXPECT_EQ(slept.error().code(), Errc::Cancelled);
}

}  // namespace
}  // namespace forgehouse::exec
