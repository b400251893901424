#include "exec/byte_budget.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace forgehouse::exec {
namespace {

using namespace std::chrono_literals;

bool has_room(ByteBudget& budget, std::size_t bytes) {
    return budget.take(Context().with_timeout(0ms), bytes).has_value();
}

TEST(ByteBudget, GivesWhatIsThereAndTakesItBack) {
    ByteBudget budget(10);
    auto six = budget.take(Context(), 6);
    ASSERT_TRUE(six);
    EXPECT_TRUE(has_room(budget, 4));
    EXPECT_FALSE(has_room(budget, 5));
    ByteBudget::Share kept = std::move(*six);
    EXPECT_FALSE(has_room(budget, 5));
    kept = {};
    EXPECT_TRUE(has_room(budget, 10));
}

TEST(ByteBudget, LetsWhatIsLargerThanItselfPassAlone) {
    ByteBudget budget(10);
    const auto one = budget.take(Context(), 1);
    EXPECT_FALSE(has_room(budget, 1000));
    ByteBudget other(10);
    const auto all = other.take(Context(), 1000);
    ASSERT_TRUE(all);
    EXPECT_FALSE(has_room(other, 1));
}

TEST(ByteBudget, HoldsWhateverManyThreadsDo) {
    ByteBudget budget(10);
    std::atomic<std::size_t> held = 0;
    std::atomic<bool> exceeded = false;
    {
        std::vector<std::jthread> threads;
        for (std::size_t n = 1; n <= 8; ++n)
            threads.emplace_back([&, n] {
                for (int i = 0; i < 500; ++i) {
                    const auto share = budget.take(Context(), n);
                    exceeded = exceeded || (held += n) > 10;
                    held -= n;
                }
            });
    }
    EXPECT_FALSE(exceeded);
    EXPECT_TRUE(has_room(budget, 10));
}

}  // namespace
}  // namespace forgehouse::exec
