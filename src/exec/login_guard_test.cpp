#include "exec/login_guard.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

#include "base/password_hash.h"

namespace forgehouse::exec {
namespace {

using namespace std::chrono_literals;
using Steady = LoginGuard::Steady;

/// Hashes are the passwords here; time passes when a test says so.
struct Fake {
    LoginGuard::Bounds bounds{};
    std::atomic<int> runs = 0;
    Guarded<Steady::time_point> time{Steady::time_point(1h)};
    std::function<void()> meanwhile = [] {};
    LoginGuard guard{bounds, [this] { return time.with([](const auto& t) { return t; }); },
                     [this](const std::string& hash, const Secret& password) {
                         ++runs;
                         meanwhile();
                         return hash == password.reveal();
                     }};

    explicit Fake(LoginGuard::Bounds its = {}) : bounds(its) {}
    void pass(std::chrono::milliseconds span) {
        time.with([&](auto& t) { t += span; });
    }
    ResultOf<void, LoginGuard::Refusal> check(std::string_view name, const std::string& password,
                                              std::string_view hash, bool exists = true,
                                              std::string_view address = "10.0.0.1") {
        const Secret secret(password);
        return guard.check(
            Context(),
            {.name = name, .password = secret, .hash = hash, .exists = exists, .address = address});
    }
};

TEST(LoginGuard, RemembersAPairForTheHashThatItBelongsTo) {
    Fake fake;
    EXPECT_TRUE(fake.check("ann", "old", "old"));
    EXPECT_TRUE(fake.check("ann", "old", "old"));
    EXPECT_EQ(fake.runs, 1);
    // The password was changed: the old one is refused at once, the new one is looked at.
    EXPECT_TRUE(fake.check("ann", "old", "new").error().wrong);
    EXPECT_TRUE(fake.check("ann", "new", "new"));
    EXPECT_EQ(fake.runs, 3);
    // And back: what was wrong for one hash is not for another.
    EXPECT_TRUE(fake.check("ann", "old", "old"));
    EXPECT_EQ(fake.runs, 3);
}

TEST(LoginGuard, NeverLetsAStandInIn) {
    Fake fake;
    EXPECT_TRUE(fake.check("nobody", "x", "x", false).error().wrong);
    EXPECT_EQ(fake.runs, 1);
    // Whoever registers that name is not taken for the one that was not there.
    EXPECT_TRUE(fake.check("nobody", "x", "x", true));
    EXPECT_TRUE(fake.check("nobody", "x", "x", false).error().wrong);
    EXPECT_LT(fake.guard.stand_in("nobody", 3), 3U);
    EXPECT_EQ(fake.guard.stand_in("nobody", 1000), fake.guard.stand_in("nobody", 1000));
}

TEST(LoginGuard, ForgetsTheOldestWhereThereAreMany) {
    Fake fake({.good = 3});
    for (const char* name : {"a", "b", "c", "d"}) EXPECT_TRUE(fake.check(name, "x", "x"));
    for (int i = 0; i < 5'000; ++i) {
        EXPECT_FALSE(fake.check(fmt::format("n{}", i), "y", "x"));
        fake.pass(1ms);
    }
    const int before = fake.runs;
    for (const char* name : {"b", "c", "d"}) EXPECT_TRUE(fake.check(name, "x", "x"));
    EXPECT_EQ(fake.runs, before);
    EXPECT_TRUE(fake.check("a", "x", "x"));
    EXPECT_EQ(fake.runs, before + 1);
}

TEST(LoginGuard, RunsAsManyAsThereArePlaces) {
    Fake fake({.places = 2});
    std::promise<void> go;
    auto let = go.get_future().share();
    std::atomic<int> inside = 0, most = 0;
    fake.meanwhile = [&] {
        const int now = ++inside;
        for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
        }
        let.wait();
        --inside;
    };
    std::vector<std::jthread> clients;
    for (int i = 0; i < 5; ++i)
        clients.emplace_back([&, i] { EXPECT_TRUE(fake.check(fmt::format("u{}", i), "x", "x")); });
    while (inside < 2) std::this_thread::yield();
    go.set_value();
    clients.clear();
    EXPECT_EQ(most, 2);
    EXPECT_EQ(fake.runs, 5);
}

TEST(LoginGuard, WaitsNoLongerThanItsContext) {
    Fake fake;
    std::promise<void> begun, go;
    fake.meanwhile = [&] {
        begun.set_value();
        go.get_future().wait();
    };
    std::jthread slow([&] { EXPECT_TRUE(fake.check("ann", "x", "x")); });
    begun.get_future().wait();
    std::stop_source stop;
    stop.request_stop();
    const Secret password("x");
    const auto refused = fake.guard.check(
        Context(stop.get_token()),
        {.name = "ben", .password = password, .hash = "x", .exists = true, .address = "a"});
    ASSERT_FALSE(refused);
    EXPECT_FALSE(refused.error().wrong);
    EXPECT_EQ(refused.error().after, 1s);
    go.set_value();
}

TEST(LoginGuard, SlowsAnAddressDownThatGuesses) {
    Fake fake;
    int looked = 0;
    for (int i = 0; i < 200; ++i) {
        looked += fake.check("ann", std::to_string(i), "a").error().wrong ? 1 : 0;
        fake.pass(100ms);
    }
    EXPECT_LE(looked, 10);  // in twenty seconds
    EXPECT_TRUE(fake.check("ann", "a", "a", true, "10.0.0.2"));
    EXPECT_TRUE(fake.check("ben", "b", "b"));
}

TEST(LoginGuard, KnowsArgon2) {
    LoginGuard guard;
    const Secret password("correct horse");
    const auto hash = hash_password(password);
    ASSERT_TRUE(hash);
    EXPECT_TRUE(guard.check(Context(), {"ann", password, *hash, true, "a"}));
    EXPECT_TRUE(guard.check(Context(), {"ann", Secret("wrong"), *hash, true, "a"}).error().wrong);
    const Secret long_one(std::string(kMostPassword + 1, 'x'));
    EXPECT_TRUE(guard.check(Context(), {"ann", long_one, *hash, true, "a"}).error().wrong);
}

}  // namespace
}  // namespace forgehouse::exec
