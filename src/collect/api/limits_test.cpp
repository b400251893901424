#include "collect/api/limits.h"

#include <gtest/gtest.h>

namespace forgehouse::collect {
namespace {

using namespace std::chrono_literals;

const Time kBegin = Time::from_seconds(1'700'000'000);

exec::LimitSigns bucket(double remaining, double per_second) {
    return {.size = 60.0, .remaining = remaining, .per_second = per_second, .full_at = {}};
}

TEST(Limits, GivesTheTurnsOneAfterTheOther) {
    Limits limits(6, 3);
    for (const std::size_t pass : {0U, 1U, 2U, 0U, 1U, 2U}) {
        const auto turn = limits.ask(kBegin);
        ASSERT_TRUE(turn.go);
        EXPECT_EQ(turn.pass, pass);
    }
    EXPECT_FALSE(limits.ask(kBegin).go) << "together no more in flight than one alone would have";
    EXPECT_FALSE(limits.ask(kBegin, 1).go);
    EXPECT_FALSE(limits.has_room());
    limits[1].answered(kBegin, {});
    EXPECT_TRUE(limits.has_room());
    EXPECT_TRUE(limits.ask(kBegin, 1).go);
}

TEST(Limits, PassesOverWhoseBucketIsEmpty) {
    Limits limits(4, 2);
    ASSERT_EQ(limits.ask(kBegin).pass, 0U);
    limits[0].answered(kBegin, bucket(0, 5));
    EXPECT_EQ(limits.per_second(), 10.0) << "the other one is thought to have the same";
    for (int i = 0; i < 3; ++i) {
        const auto turn = limits.ask(kBegin);
        ASSERT_TRUE(turn.go);
        EXPECT_EQ(turn.pass, 1U);
        limits[1].answered(kBegin, bucket(2.0 - i, 5));
    }
    const auto turn = limits.ask(kBegin);
    EXPECT_FALSE(turn.go);
    ASSERT_TRUE(turn.again);
    EXPECT_EQ(*turn.again - kBegin, 200ms) << "when the first of the two has a token again";
    EXPECT_EQ(limits.pause(kBegin), 200ms);
    EXPECT_TRUE(limits.ask(kBegin.plus(200ms)).go);
}

TEST(Limits, LeavesOutWhomTheServerRefuses) {
    Limits limits(4, 2);
    EXPECT_TRUE(limits.close(0));
    EXPECT_TRUE(limits.is_closed(0));
    for (int i = 0; i < 3; ++i) EXPECT_EQ(limits.ask(kBegin).pass, 1U);
    EXPECT_FALSE(limits.close(1)) << "the last one";
    EXPECT_TRUE(limits.ask(kBegin).go);
}

}  // namespace
}  // namespace forgehouse::collect
