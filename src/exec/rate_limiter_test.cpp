#include "exec/rate_limiter.h"

#include <gtest/gtest.h>

#include "exec/clock.h"

namespace forgehouse::exec {
namespace {

using std::chrono::milliseconds;

// A server with a token bucket, asked as fast as the limiter allows, with `latency` per request.
struct Server {
    double size;
    double rate;
    bool tells;  ///< of its bucket, in every answer
    bool says_when;
    double tokens = size;
    Time filled{};
    unsigned served = 0;
    unsigned refused = 0;

    void ask(RateLimiter& limiter, Time now) {
        tokens = std::min(size, tokens + rate * static_cast<double>((now - filled).count()) / 1000);
        filled = now;
        const bool ok = tokens >= 1;
        if (ok) tokens -= 1;
        LimitSigns signs;
        if (tells) signs = {.size = size, .remaining = tokens, .per_second = rate, .full_at = {}};
        if (ok) {
            ++served;
            limiter.answered(now, signs);
        } else {
            ++refused;
            const auto wait =
                milliseconds(static_cast<std::int64_t>((1 - tokens) / rate * 1000) + 1);
            limiter.refused(now, says_when ? std::optional(wait) : std::nullopt, signs);
        }
    }
};

void run(RateLimiter& limiter, Server& server, std::chrono::seconds span) {
    ManualClock clock(Time::from_seconds(1'000'000));
    server.filled = clock.now();
    const Time end = clock.now().plus(span);
    while (clock.now() < end) {
        const auto turn = limiter.ask(clock.now());
        if (turn.go) {
            server.ask(limiter, clock.now());
            clock.advance(milliseconds(2));
        } else {
            ASSERT_TRUE(turn.again);
            ASSERT_GT(*turn.again, clock.now());
            clock.advance(*turn.again - clock.now());
        }
    }
}

TEST(RateLimiterTest, AServerWithoutALimitIsNotSlowedDown) {
    RateLimiter limiter(5);
    const Time now = Time::from_seconds(1);
    for (int i = 0; i < 100'000; ++i) {
        ASSERT_TRUE(limiter.ask(now).go);
        limiter.answered(now, {});
    }
    EXPECT_EQ(limiter.per_second(), std::nullopt);
    EXPECT_EQ(limiter.pause(now).count(), 0);
}

TEST(RateLimiterTest, ABucketThatIsToldIsNeverOverdrawnAndKeptFull) {
    RateLimiter limiter(5);
    Server server{.size = 60, .rate = 5, .tells = true, .says_when = true};
    run(limiter, server, std::chrono::seconds(100));
    EXPECT_EQ(server.refused, 0U);
    EXPECT_GE(server.served, 550U);  // 60 + 5 * 100, less rounding
    EXPECT_EQ(limiter.per_second(), 5.0);
}

TEST(RateLimiterTest, ABucketThatIsNotToldIsLearned) {
    for (const bool says_when : {true, false}) {
        RateLimiter limiter(5);
        Server server{.size = 60, .rate = 5, .tells = false, .says_when = says_when};
        run(limiter, server, std::chrono::seconds(600));
        EXPECT_GE(server.served, 2200U) << says_when;  // of 3,060
        EXPECT_LE(server.refused, 60U) << says_when;
        EXPECT_NEAR(limiter.per_second().value_or(0), 5.0, 1.5) << says_when;
    }
}

TEST(RateLimiterTest, OneRefusalAtTheStartIsAPauseAndNoRate) {
    RateLimiter limiter(5);
    ManualClock clock(Time::from_seconds(1'000'000));
    ASSERT_TRUE(limiter.ask(clock.now()).go);
    limiter.refused(clock.now(), milliseconds(1000), {});
    clock.advance(milliseconds(1001));
    EXPECT_FALSE(limiter.per_second());
    for (int i = 0; i < 100; ++i) {
        ASSERT_TRUE(limiter.ask(clock.now()).go) << i;
        limiter.answered(clock.now(), {});
    }
}

// Git makes requests of its own, and the answers to ours do not know of them yet.
TEST(RateLimiterTest, ATurnThatIsSetAsideIsKeptForAFewSeconds) {
    RateLimiter limiter(100);
    ManualClock clock(Time::from_seconds(1'000'000));
    const auto answered = [&](double remaining) {
        limiter.answered(clock.now(),
                         {.size = 60, .remaining = remaining, .per_second = 1, .full_at = {}});
    };
    const auto turns = [&] {
        unsigned count = 0;
        while (limiter.ask(clock.now()).go) ++count;
        for (unsigned i = 0; i < count; ++i) limiter.abandoned();
        return count;
    };
    ASSERT_TRUE(limiter.ask(clock.now()).go);
    answered(20);
    for (int i = 0; i < 3; ++i) {
        ASSERT_TRUE(limiter.ask(clock.now()).go);
        limiter.set_aside(clock.now());
    }
    ASSERT_TRUE(limiter.ask(clock.now()).go);
    answered(19);
    EXPECT_EQ(turns(), 16U);
    clock.advance(std::chrono::seconds(16));
    ASSERT_TRUE(limiter.ask(clock.now()).go);
    answered(20);
    EXPECT_EQ(turns(), 20U);
}

TEST(RateLimiterTest, AFixedWindowIsSpreadOverItsTime) {
    RateLimiter limiter(5);
    const Time now = Time::from_seconds(100);
    ASSERT_TRUE(limiter.ask(now).go);
    limiter.answered(
        now,
        {.size = {}, .remaining = 0, .per_second = {}, .full_at = now.plus(milliseconds(60'000))});
    const auto turn = limiter.ask(now);
    EXPECT_FALSE(turn.go);
    EXPECT_TRUE(turn.again);
}

TEST(RateLimiterTest, APauseIsKept) {
    RateLimiter limiter(5);
    const Time now = Time::from_seconds(100);
    ASSERT_TRUE(limiter.ask(now).go);
    limiter.refused(now, milliseconds(7'000), {});
    EXPECT_EQ(limiter.pause(now).count(), 7'000);
    const auto turn = limiter.ask(now.plus(milliseconds(6'999)));
    EXPECT_FALSE(turn.go);
    EXPECT_EQ(turn.again, now.plus(milliseconds(7'000)));
    EXPECT_TRUE(limiter.ask(now.plus(milliseconds(9'000))).go);
}

TEST(RateLimiterTest, ConcurrencyIsHalvedByFailuresAndGrowsBack) {
    RateLimiter limiter(8);
    Time now = Time::from_seconds(100);
    for (int i = 0; i < 8; ++i) ASSERT_TRUE(limiter.ask(now).go);
    const auto full = limiter.ask(now);
    EXPECT_FALSE(full.go);
    EXPECT_FALSE(full.again);
    for (int i = 0; i < 8; ++i) limiter.failed(now);
    EXPECT_EQ(limiter.concurrency(), 4U);
    now = now.plus(milliseconds(2'000));
    ASSERT_TRUE(limiter.ask(now).go);
    limiter.failed(now);
    EXPECT_EQ(limiter.concurrency(), 2U);
    for (int i = 0; i < 100; ++i) {
        ASSERT_TRUE(limiter.ask(now).go);
        limiter.answered(now, {});
    }
    EXPECT_EQ(limiter.concurrency(), 8U);
    EXPECT_EQ(limiter.in_flight(), 0U);
}

}  // namespace
}  // namespace forgehouse::exec
