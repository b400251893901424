#include "exec/turns.h"

#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <thread>
#include <vector>

namespace forgehouse::exec {
namespace {

using namespace std::chrono_literals;

bool is_free(Turns& turns) {
    return turns.take(Context().with_timeout(0ms), 0).has_value();
}

TEST(Turns, AreGivenBack) {
    Turns turns(2);
    auto one = std::optional(turns.take(Context(), 5));
    {
        const auto two = turns.take(Context(), 1);
        ASSERT_TRUE(two);
        EXPECT_FALSE(is_free(turns));
    }
    EXPECT_TRUE(is_free(turns));
    one.reset();
    EXPECT_TRUE(is_free(turns));
}

TEST(Turns, GoToWhoHasLeastToDo) {
    Turns turns(1);
    auto held = std::optional(turns.take(Context(), 0));
    Monitor<std::vector<std::uint64_t>> order;
    std::vector<std::jthread> threads;
    for (const std::uint64_t work : {30U, 10U, 20U})
        threads.emplace_back([&, work] {
            const auto turn = turns.take(Context(), work);
            order.with([&](auto& all) { all.push_back(work); });
        });
    while (turns.waiting() < 3) std::this_thread::yield();
    held.reset();
    threads.clear();
    order.with([](const auto& all) { EXPECT_EQ(all, (std::vector<std::uint64_t>{10, 20, 30})); });
}

TEST(Turns, NeverLetMoreThrough) {
    Turns turns(3);
    std::atomic<int> inside = 0;
    std::atomic<bool> exceeded = false;
    {
        std::vector<std::jthread> threads;
        for (std::uint64_t n = 0; n < 8; ++n)
            threads.emplace_back([&, n] {
                for (int i = 0; i < 300; ++i) {
                    const auto turn = turns.take(Context(), n);
                    exceeded = exceeded || ++inside > 3;
                    --inside;
                }
            });
    }
    EXPECT_FALSE(exceeded);
    EXPECT_TRUE(is_free(turns));
}

}  // namespace
}  // namespace forgehouse::exec
