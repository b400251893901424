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
    limits[1].answered(kBegin, {});
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
    EXPECT_TRUE(limits.refuse(0, true));
    EXPECT_EQ(limits.first_open(), 1U);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(limits.ask(kBegin).pass, 1U);
    EXPECT_FALSE(limits.refuse(1, true)) << "the last one";
    EXPECT_TRUE(limits.ask(kBegin).go);
}

TEST(Limits, KeepsWhoHasNoRightToSomething) {
    Limits limits(8, 2);
    for (int i = 0; i < 20; ++i) {
        EXPECT_FALSE(limits.refuse(0, false));
        limits.accept(0);
    }
    for (int i = 0; i < 4; ++i) EXPECT_FALSE(limits.refuse(0, false));
    EXPECT_TRUE(limits.refuse(0, false)) << "nothing but refusals";
}

TEST(Limits, TellWhetherATimeOrAnAnswerIsWaitedFor) {
    Limits limits(4, 2);
    const std::size_t first[] = {0};
    ASSERT_EQ(limits.ask(kBegin, first).pass, 1U);
    limits[1].refused(kBegin, 15s, {});
    for (int i = 0; i < 4; ++i) ASSERT_EQ(limits.ask(kBegin).pass, 0U);
    EXPECT_TRUE(limits.ask(kBegin).is_busy);
    limits[0].failed(kBegin);  // halves what it may have in flight
    const auto turn = limits.ask(kBegin);
    EXPECT_FALSE(turn.go);
    EXPECT_TRUE(turn.is_busy);
    EXPECT_EQ(turn.again, kBegin.plus(15s));
    EXPECT_FALSE(limits.is_last(first));
    const std::size_t both[] = {0, 1};
    EXPECT_TRUE(limits.is_last(both));
}

}  // namespace
}  // namespace forgehouse::collect
