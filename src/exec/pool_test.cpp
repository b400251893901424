#include "exec/pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

namespace forgehouse::exec {
namespace {

TEST(Pool, RunsTasksOnItsThreads) {
    std::atomic<int> ran = 0;
    {
        Pool pool({.name = "test", .threads = 3, .queue = 100});
        for (int i = 0; i < 100; ++i)
            while (!pool.submit([&](const std::stop_token&) { ++ran; })) {
            }
        pool.drain();
        EXPECT_EQ(ran, 100);
        EXPECT_EQ(pool.pending(), 0U);
        EXPECT_FALSE(pool.submit([](const std::stop_token&) {}));
    }
    EXPECT_EQ(ran, 100);
}

TEST(Pool, RefusesMoreThanItsQueueHolds) {
    Pool pool({.name = "test", .threads = 1, .queue = 1});
    std::promise<void> running, go;
    ASSERT_TRUE(pool.submit([&](const std::stop_token&) {
        running.set_value();
        go.get_future().wait();
    }));
    running.get_future().wait();
    EXPECT_TRUE(pool.submit([](const std::stop_token&) {}));
    EXPECT_FALSE(pool.submit([](const std::stop_token&) {}));
    EXPECT_EQ(pool.pending(), 2U);
    go.set_value();
    pool.drain();
}

TEST(Pool, TellsItsTasksToStop) {
    std::promise<void> running;
    std::promise<bool> stopped;
    {
        Pool pool({.name = "test", .threads = 1, .queue = 4});
        ASSERT_TRUE(pool.submit([&](const std::stop_token& stop) {
            std::promise<void> asked;
            const std::stop_callback wake(stop, [&] { asked.set_value(); });
            running.set_value();
            asked.get_future().wait();
            stopped.set_value(stop.stop_requested());
        }));
        running.get_future().wait();
    }
    EXPECT_TRUE(stopped.get_future().get());
}

}  // namespace
}  // namespace forgehouse::exec
