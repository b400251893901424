#include "exec/bounded_queue.h"

#include <gtest/gtest.h>

#include <thread>

namespace forgehouse::exec {
namespace {

TEST(BoundedQueue, KeepsTheOrderAndMakesTheFasterWait) {
    BoundedQueue<int> queue(2);
    const Context ctx;
    std::jthread producer([&] {
        for (int i = 0; i < 1000; ++i)
            if (!queue.push(ctx, i)) return;
        queue.close();
    });
    for (int expected = 0;; ++expected) {
        const auto item = queue.pop(ctx);
        ASSERT_TRUE(item);
        if (!*item) {
            EXPECT_EQ(expected, 1000);
            break;
        }
        EXPECT_EQ(**item, expected);
    }
}

TEST(BoundedQueue, WhatIsInsideOutlivesTheClosing) {
    BoundedQueue<int> queue(2);
    const Context ctx;
    EXPECT_EQ(queue.push(ctx, 1), true);
    queue.close();
    EXPECT_EQ(queue.push(ctx, 2), false);
    EXPECT_EQ(queue.pop(ctx).value(), std::optional(1));
    EXPECT_EQ(queue.pop(ctx).value(), std::optional<int>());
}

TEST(BoundedQueue, WaitingEndsWithTheContext) {
    BoundedQueue<int> queue(1);
    std::stop_source stop;
    const Context ctx(stop.get_token());
    ASSERT_TRUE(queue.push(ctx, 1));
    std::jthread stopper([&] { stop.request_stop(); });
    EXPECT_EQ(queue.push(ctx, 2).error().code(), Errc::Cancelled);
    EXPECT_EQ(queue.push(Context().with_timeout(std::chrono::milliseconds(1)), 2).error().code(),
              Errc::Cancelled);
}

}  // namespace
}  // namespace forgehouse::exec
