#include "engine/logins.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

#include "base/text.h"
#include "engine/exceptions.h"

namespace forgehouse::engine {
namespace {

using namespace std::chrono_literals;
using Steady = Logins::Steady;

/// Hashes are the passwords here; time passes when a test says so.
struct Fake {
    std::atomic<int> runs = 0;
    exec::Guarded<Steady::time_point> time{Steady::time_point(1h)};
    std::function<void()> meanwhile = [] {};
    std::function<void(const std::string&)> verified = [](const std::string&) {};
    Logins logins{{{.name = "ann", .hash = "a"}, {.name = "ben", .hash = "b", .may_write = true}},
                  [this] { return time.with([](const auto& t) { return t; }); },
                  [this](const std::string& hash, const Secret& password) {
                      ++runs;
                      meanwhile();
                      verified(std::string(password.reveal()));
                      return hash == password.reveal();
                  }};

    void pass(std::chrono::milliseconds span) {
        time.with([&](auto& t) { t += span; });
    }
    ResultOf<const User*, Logins::Refusal> check(const std::string& user,
                                                 const std::string& password,
                                                 const std::string& peer = "10.0.0.1:5") {
        return logins.check(exec::Context(), {.user = user, .password = Secret(password)}, peer);
    }
};

TEST(Logins, RemembersWhatWasVerified) {
    Fake fake;
    for (int i = 0; i < 5; ++i) {
        const auto user = fake.check("ben", "b");
        ASSERT_TRUE(user);
        EXPECT_EQ((*user)->name, "ben");
    }
    EXPECT_EQ(fake.runs, 1);
    ASSERT_TRUE(fake.check("ann", "a"));
    EXPECT_EQ(fake.runs, 2);
    fake.pass(13h);
    ASSERT_TRUE(fake.check("ann", "a"));
    EXPECT_EQ(fake.runs, 3);
}

TEST(Logins, RefusesOthersAndRunsForUnknownNamesToo) {
    Fake fake;
    for (const auto& [user, password] : Pairs{{"ann", "b"}, {"ann", ""}, {"nobody", "x"}}) {
        const int before = fake.runs;
        const auto refused = fake.check(user, password, user + password);
        ASSERT_FALSE(refused);
        EXPECT_TRUE(refused.error().wrong);
        EXPECT_EQ(fake.runs, before + 1) << user;
    }
    // The very same again costs nothing.
    EXPECT_TRUE(fake.check("ann", "b").error().wrong);
    EXPECT_EQ(fake.runs, 3);
    // A name and a password that together read the same are another pair.
    EXPECT_FALSE(fake.check("be", "nb", "other"));
    EXPECT_FALSE(fake.check("nobody", "a", "third"));
    EXPECT_FALSE(fake.check("nobody", "b", "fourth"));  // whoever stands in
    EXPECT_TRUE(fake.check("ann", std::string(5000, 'x')).error().wrong);
    EXPECT_EQ(fake.runs, 6);
}

TEST(Logins, SlowsAnAddressDownThatGuessesAtAUser) {
    Fake fake;
    ASSERT_TRUE(fake.check("ann", "a", "10.0.0.1:7"));
    int looked = 0;
    for (int i = 0; i < 200; ++i) {
        const auto refused = fake.check("ann", std::to_string(i), fmt::format("10.0.0.1:{}", i));
        ASSERT_FALSE(refused);
        looked += refused.error().wrong ? 1 : 0;
        fake.pass(100ms);
    }
    EXPECT_LE(looked, 10);  // in twenty seconds
    EXPECT_GT(fake.check("ann", "other", "10.0.0.1:9").error().after, 1s);
    // Who is in stays in, and others are not held up.
    EXPECT_TRUE(fake.check("ann", "a", "10.0.0.1:8"));
    EXPECT_TRUE(fake.check("ben", "b", "10.0.0.1:9"));
    // That was no success of the one that guesses.
    EXPECT_GT(fake.check("ann", "other", "10.0.0.1:9").error().after, 1s);
    // The right one, once the pause is over, ends the suspicion.
    fake.pass(13h);
    for (int i = 0; i < 9; ++i) (void)fake.check("ann", std::to_string(i));
    EXPECT_FALSE(fake.check("ann", "a"));
    fake.pass(31s);
    EXPECT_TRUE(fake.check("ann", "a"));
    EXPECT_TRUE(fake.check("ann", "another").error().wrong);
}

TEST(Logins, GivesAUserATurnWhileManyGuessAtAnother) {
    Fake fake;
    std::promise<void> begun, go;
    auto let = go.get_future().share();
    std::vector<std::string> order;
    fake.verified = [&](const std::string& password) {
        if (order.empty()) {
            begun.set_value();
            let.wait();
        }
        order.push_back(password);  // one at a time
    };
    std::vector<std::jthread> clients;
    clients.emplace_back([&] { EXPECT_FALSE(fake.check("ann", "x", "first")); });
    begun.get_future().wait();
    std::atomic<int> sent_away = 0;
    for (int i = 0; i < 20; ++i)
        clients.emplace_back([&, i] {
            const auto got = fake.check("ann", fmt::format("x{}", i), fmt::format("p{}", i));
            ASSERT_FALSE(got);
            if (!got.error().wrong) ++sent_away;
        });
    while (sent_away < 16) std::this_thread::yield();
    std::atomic<bool> asks = false;
    clients.emplace_back([&] {
        asks = true;
        EXPECT_TRUE(fake.check("ben", "b", "p0"));
    });
    while (!asks) std::this_thread::yield();
    std::this_thread::sleep_for(50ms);  // to stand behind the others
    go.set_value();
    clients.clear();
    ASSERT_EQ(order.size(), 6U);
    EXPECT_EQ(order[1], "b");
}

TEST(Logins, RunsOneAtATimeAndLetsFewWait) {
    Fake fake;
    std::promise<void> begun, go;
    auto let = go.get_future().share();
    fake.meanwhile = [&, first = true]() mutable {
        if (!std::exchange(first, false)) return;
        begun.set_value();
        let.wait();
    };
    std::jthread slow([&] { EXPECT_TRUE(fake.check("ann", "a", "one")); });
    begun.get_future().wait();
    std::atomic<int> served = 0, sent_away = 0;
    {
        std::vector<std::jthread> others;
        for (int i = 0; i < 20; ++i)
            others.emplace_back([&, i] {
                const auto got = fake.check("ben", "b", fmt::format("p{}", i));
                if (!got) EXPECT_FALSE(got.error().wrong);
                ++(got ? served : sent_away);
            });
        while (sent_away < 16) std::this_thread::yield();
        EXPECT_EQ(fake.runs, 1);
        go.set_value();
    }
    EXPECT_EQ(sent_away, 16);
    EXPECT_EQ(served, 4);
}

TEST(Credentials, AreTakenInThreeWays) {
    const auto of = [](const std::string& target,
                       std::vector<std::pair<std::string, std::string>> headers) {
        net::HttpRequest request;
        request.headers = std::move(headers);
        return credentials_of(*parse_target(target), request);
    };
    const auto said = [&](const std::string& target,
                          std::vector<std::pair<std::string, std::string>> headers) {
        const auto got = of(target, std::move(headers));
        return got ? got->user + "/" + std::string(got->password.reveal()) : got.error().text;
    };
    EXPECT_EQ(said("/", {}), "default/");
    EXPECT_EQ(said("/?user=ann&password=a%26b", {}), "ann/a&b");
    EXPECT_EQ(said("/?password=a", {}), "default/a");
    EXPECT_EQ(said("/", {{"X-ClickHouse-User", "ann"}, {"X-ClickHouse-Key", "k"}}), "ann/k");
    EXPECT_EQ(said("/", {{"Authorization", "Basic " + text::to_base64("ann:a:b")}}), "ann/a:b");
    EXPECT_EQ(said("/", {{"authorization", "basic " + text::to_base64("ann")}}), "ann/");
    for (const auto& [target, headers] :
         std::vector<std::pair<std::string, std::vector<std::pair<std::string, std::string>>>>{
             {"/?user=ann", {{"X-ClickHouse-Key", "secret"}}},
             {"/?password=secret", {{"Authorization", "Basic YTpi"}}},
             {"/", {{"X-ClickHouse-User", "a"}, {"Authorization", "Basic YTpi"}}},
             {"/", {{"Authorization", "Bearer secret"}}},
             {"/", {{"Authorization", "Basic secret*"}}}}) {
        const auto refused = of(target, headers);
        ASSERT_FALSE(refused) << target;
        EXPECT_EQ(refused.error().code, 516);
        EXPECT_EQ(refused.error().text.find("secret"), std::string::npos);
    }
}

TEST(Credentials, AreRefusedWhereAHeaderStandsTwice) {
    net::HttpRequest request;
    for (const char* name : {"Authorization", "X-ClickHouse-User", "X-ClickHouse-Key"})
        for (const char* again : {"Basic YTpi", "x", ""}) {
            request.headers = {{name, "Basic YTpi"}, {text::lower_ascii(name), again}};
            const auto refused = credentials_of(*parse_target("/"), request);
            ASSERT_FALSE(refused) << name;
            EXPECT_EQ(refused.error().code, 36);
            EXPECT_EQ(status_of(refused.error().code), 400U);
        }
}

TEST(Credentials, OfNobodyAreThoseThatClientsSendUnasked) {
    const auto nobody = [](const char* user, const char* password) {
        return is_nobody({.user = user, .password = Secret(password)});
    };
    EXPECT_TRUE(nobody("default", ""));
    EXPECT_TRUE(nobody("default", "null"));  // the JDBC driver
    EXPECT_FALSE(nobody("default", "x"));
    EXPECT_FALSE(nobody("ann", ""));
}

}  // namespace
}  // namespace forgehouse::engine
