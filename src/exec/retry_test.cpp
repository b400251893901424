#include "exec/retry.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "exec/monitor.h"

namespace forgehouse::exec {
namespace {

using namespace std::chrono_literals;

Error unavailable() {
    return Error(Errc::Unavailable, "gone");
}

TEST(RetryDelay, IsForWhatMayWorkLater) {
    const RetryPolicy policy;
    EXPECT_TRUE(retry_delay(policy, unavailable(), 1, 0.5));
    EXPECT_TRUE(retry_delay(policy, Error(Errc::RateLimited, "slow down"), 1, 0.5));
    for (const Errc code : {Errc::Invalid, Errc::NotFound, Errc::Denied, Errc::Conflict,
                            Errc::Cancelled, Errc::Corrupt})
        EXPECT_FALSE(retry_delay(policy, Error(code, "no"), 1, 0.5)) << name_of(code);
}

TEST(RetryDelay, GrowsWithinItsBounds) {
    const RetryPolicy policy{.attempts = 100,
                             .first_delay = 200ms,
                             .factor = 2,
                             .longest_delay = 1000ms,
                             .longest_pause = 1h};
    EXPECT_EQ(retry_delay(policy, unavailable(), 1, 0.0), 100ms);
    EXPECT_EQ(retry_delay(policy, unavailable(), 1, 1.0), 200ms);
    EXPECT_EQ(retry_delay(policy, unavailable(), 2, 1.0), 400ms);
    EXPECT_EQ(retry_delay(policy, unavailable(), 3, 1.0), 800ms);
    EXPECT_EQ(retry_delay(policy, unavailable(), 4, 1.0), 1000ms);
    EXPECT_EQ(retry_delay(policy, unavailable(), 99, 1.0), 1000ms);
}

TEST(RetryDelay, EndsWithTheAttempts) {
    RetryPolicy policy;
    policy.attempts = 3;
    EXPECT_TRUE(retry_delay(policy, unavailable(), 2, 0));
    EXPECT_FALSE(retry_delay(policy, unavailable(), 3, 0));
}

TEST(RetryDelay, GivesThePauseThatWasAskedFor) {
    RetryPolicy policy;
    policy.longest_pause = 60s;
    const auto after = [](std::int64_t ms) {
        return Error(Errc::RateLimited, "slow down").with("retry_after_ms", ms);
    };
    EXPECT_EQ(retry_delay(policy, after(7000), 1, 0.0), 7000ms);
    EXPECT_EQ(retry_delay(policy, after(7000), 4, 1.0), 7700ms);
    EXPECT_EQ(retry_delay(policy, after(0), 1, 1.0), 0ms);
    EXPECT_FALSE(retry_delay(policy, after(60'001), 1, 0.0));
}

struct Loop {
    std::vector<std::chrono::milliseconds> waits;
    int calls = 0;
    Retry retry{.policy = {},
                .uniform = [] { return 1.0; },
                .sleep = [this](Context& ctx, std::chrono::milliseconds span) -> Result<void> {
                    waits.push_back(span);
                    return ctx.check();
                },
                .worth_it = {},
                .on_retry = {}};
};

TEST(WithRetry, TriesUntilItWorks) {
    Loop loop;
    Context ctx;
    const auto got = with_retry(ctx, loop.retry, [&]() -> Result<int> {
        if (++loop.calls < 3) return Failure(unavailable());
        return 7;
    });
    ASSERT_TRUE(got);
    EXPECT_EQ(*got, 7);
    EXPECT_EQ(loop.waits, (std::vector<std::chrono::milliseconds>{200ms, 400ms}));
}

TEST(WithRetry, ReturnsTheLastFailure) {
    Loop loop;
    Context ctx;
    int told = 0;
    loop.retry.on_retry = [&](const Error&, std::chrono::milliseconds) { ++told; };
    const auto got = with_retry(ctx, loop.retry, [&]() -> Result<int> {
        return Failure(unavailable().with("call", std::int64_t{++loop.calls}));
    });
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().field("call"), "5");
    EXPECT_EQ(told, 4);
}

TEST(WithRetry, AsksWhetherItIsWorthIt) {
    Loop loop;
    Context ctx;
    loop.retry.worth_it = [](const Error& error) { return error.field("call") != "2"; };
    const auto got = with_retry(ctx, loop.retry, [&]() -> Result<int> {
        return Failure(unavailable().with("call", std::int64_t{++loop.calls}));
    });
    ASSERT_FALSE(got);
    EXPECT_EQ(loop.calls, 2);
}

TEST(WithRetry, KeepsTheReasonWhereTheTimeIsUp) {
    Loop loop;
    Context late = Context().with_timeout(100ms);
    const auto got =
        with_retry(late, loop.retry, [&]() -> Result<int> { return Failure(unavailable()); });
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code(), Errc::Unavailable);
    EXPECT_TRUE(loop.waits.empty());
}

TEST(WithRetry, StopsWithItsContext) {
    Loop loop;
    std::stop_source source;
    Context ctx(source.get_token());
    const auto got = with_retry(ctx, loop.retry, [&]() -> Result<int> {
        ++loop.calls;
        source.request_stop();
        return Failure(unavailable());
    });
    ASSERT_FALSE(got);
    EXPECT_EQ(loop.calls, 1);
    EXPECT_TRUE(loop.waits.empty());
}

TEST(SeededUniform, RepeatsItselfAndStaysInRange) {
    const Uniform a = seeded_uniform(42);
    const Uniform b = seeded_uniform(42);
    for (int i = 0; i < 1000; ++i) {
        const double x = a();
        EXPECT_EQ(x, b());
        EXPECT_GE(x, 0.0);
        EXPECT_LT(x, 1.0);
    }
}

TEST(Monitor, WakesWhoWaitsForAChange) {
    Monitor<int> number;
    Result<int> seen = 0;
    {
        std::jthread waiter([&] {
            seen =
                number.when(Context(), [](int n) { return n == 3; }, [](int n) { return n * 10; });
        });
        for (int i = 0; i < 3; ++i) number.with([](int& n) { ++n; });
    }
    EXPECT_EQ(seen.value_or(-1), 30);
}

TEST(Monitor, GivesUpWithTheContext) {
    Monitor<int> number;
    std::stop_source source;
    Result<int> seen = 0;
    {
        std::jthread waiter([&] {
            seen = number.when(
                Context(source.get_token()), [](int n) { return n == 1; }, [](int n) { return n; });
        });
        source.request_stop();
    }
    ASSERT_FALSE(seen);
    EXPECT_EQ(seen.error().code(), Errc::Cancelled);
    const auto late = number.when(
        Context().with_timeout(0ms), [](int n) { return n == 1; }, [](int n) { return n; });
    EXPECT_FALSE(late);
    const auto ready = number.when(
        Context().with_timeout(0ms), [](int n) { return n == 0; }, [](int n) { return n; });
    EXPECT_TRUE(ready);
}

}  // namespace
}  // namespace forgehouse::exec
