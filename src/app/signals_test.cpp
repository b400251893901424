#include "app/signals.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>

#include "exec/context.h"
#include "exec/monitor.h"

namespace forgehouse::app {
namespace {

TEST(Signals, TurnTheFirstIntoAStopRequest) {
    std::atomic<int> told = 0;
    Signals signals([&] { ++told; });
    const exec::Context ctx(signals.token());
    EXPECT_TRUE(ctx.check());
    ASSERT_EQ(::kill(::getpid(), SIGTERM), 0);
    const auto slept = ctx.sleep(std::chrono::seconds(30));
    ASSERT_FALSE(slept);
    EXPECT_EQ(slept.error().code(), Errc::Cancelled);
    EXPECT_EQ(told, 1);
}

TEST(Signals, AHangupIsNoReasonToStopWhereSomebodyWaitsForIt) {
    exec::Monitor<int> hangups(0);
    const Signals signals({}, [&] { hangups.with([](int& n) { ++n; }); });
    ASSERT_EQ(::kill(::getpid(), SIGHUP), 0);
    hangups.await([](const int& n) { return n == 1; });
    ASSERT_EQ(::kill(::getpid(), SIGHUP), 0);
    hangups.await([](const int& n) { return n == 2; });
    EXPECT_FALSE(signals.token().stop_requested());
}

TEST(Signals, EndWithoutOne) {
    const Signals signals(nullptr);
    EXPECT_FALSE(signals.token().stop_requested());
}

}  // namespace
}  // namespace forgehouse::app
