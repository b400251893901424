#include "app/source_access.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "config/option.h"
#include "sources/registry.h"

namespace forgehouse::app {
namespace {

using config::SecretRef;

class Access : public testing::Test {
protected:
    /// Answers `NAME` for a variable, `NAME-1`, `NAME-2`, … for a command.
    template <class Set>
    SourceAccess access(Set&& set) {
        config::SourceSettings settings;
        settings.name = "forge";
        set(settings);
        return SourceAccess(
            std::move(settings),
            [this](exec::Context&, const SecretRef& reference,
                   std::string_view key) -> Result<Secret> {
                asked_for_ = key;
                if (reference.name == "MISSING") return Failure(Error(Errc::NotFound, "not set"));
                ++lookups_;
                return Secret(reference.from == SecretRef::From::Command
                                  ? fmt::format("{}-{}", reference.name, commands_ += 1)
                                  : reference.name);
            },
            clock_);
    }
    static SecretRef variable(std::string name) {
        return {SecretRef::From::Environment, std::move(name), {}};
    }
    static SecretRef command(std::string name) {
        return {SecretRef::From::Command, std::move(name), {"x"}};
    }
    std::string shown(collect::Access& access) {
        const auto pass = access.pass(ctx_);
        if (!pass) return fmt::format("refused: {}", pass.error().describe());
        std::string out;
        for (const net::Header& field : pass->fields)
            out += fmt::format("{}: {}\n", field.name, std::get<Secret>(field.value).reveal());
        return out;
    }

    exec::Context ctx_;
    exec::ManualClock clock_{Time::from_seconds(1'700'000'000)};
    std::string asked_for_;
    std::atomic<int> lookups_ = 0;
    std::atomic<int> commands_ = 0;
};

TEST_F(Access, ATokenIsABearersAndAUserIsBasic) {
    SourceAccess token = access([](auto& s) { s.token = variable("TOKEN"); });
    EXPECT_EQ(shown(token), "Authorization: Bearer TOKEN\n");
    EXPECT_EQ(asked_for_, "forge.token");
    SourceAccess user = access([](auto& s) {
        s.user = "me";
        s.password = variable("secret");
    });
    EXPECT_EQ(shown(user), "Authorization: Basic bWU6c2VjcmV0\n");
    SourceAccess nobody = access([](auto&) {});
    EXPECT_EQ(shown(nobody), "");
}

TEST_F(Access, AGatewaysHeaderGoesBesideIt) {
    SourceAccess both = access([](auto& s) {
        s.token = variable("TOKEN");
        s.header = "X-Gateway";
        s.header_value = variable("PASS");
    });
    EXPECT_EQ(shown(both), "Authorization: Bearer TOKEN\nX-Gateway: PASS\n");
    const auto git = both.for_git(ctx_);
    ASSERT_TRUE(git);
    ASSERT_EQ(git->fields.size(), 2u);
    EXPECT_EQ(git->fields[1].reveal(), "X-Gateway: PASS");
}

TEST_F(Access, WhatIsMissingIsNamedAndAskedForAgain) {
    SourceAccess token = access([](auto& s) { s.token = variable("MISSING"); });
    EXPECT_EQ(shown(token), "refused: not set");
    EXPECT_EQ(shown(token), "refused: not set");
}

TEST_F(Access, ACommandIsRunAgainWhenItsTimeIsUp) {
    SourceAccess token = access([](auto& s) {
        s.token = command("t");
        s.renew_every = std::chrono::minutes(50);
    });
    EXPECT_EQ(shown(token), "Authorization: Bearer t-1\n");
    clock_.advance(std::chrono::minutes(49));
    EXPECT_EQ(shown(token), "Authorization: Bearer t-1\n");
    clock_.advance(std::chrono::minutes(1));
    EXPECT_EQ(shown(token), "Authorization: Bearer t-2\n");
}

TEST_F(Access, ARefusedPassIsRenewedOnceForAllWhoHeldIt) {
    SourceAccess token = access([](auto& s) { s.token = command("t"); });
    const std::uint64_t number = token.pass(ctx_)->number;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 8; ++i)
            threads.emplace_back([&] {
                exec::Context ctx;
                const auto renewed = token.renew(ctx, number);
                EXPECT_TRUE(renewed && *renewed);
            });
    }
    EXPECT_EQ(commands_, 2);
    EXPECT_EQ(shown(token), "Authorization: Bearer t-2\n");
}

TEST_F(Access, WhatCannotChangeIsNotTriedAgain) {
    SourceAccess token = access([](auto& s) { s.token = variable("TOKEN"); });
    const std::uint64_t number = token.pass(ctx_)->number;
    const auto renewed = token.renew(ctx_, number);
    ASSERT_TRUE(renewed);
    EXPECT_FALSE(*renewed);
    EXPECT_EQ(lookups_, 1);
}

TEST_F(Access, AFileThatSaysTheSameIsNoRenewal) {
    SourceAccess token = access([](auto& s) { s.token = {SecretRef::From::File, "same", {}}; });
    const std::uint64_t number = token.pass(ctx_)->number;
    const auto renewed = token.renew(ctx_, number);
    ASSERT_TRUE(renewed);
    EXPECT_FALSE(*renewed);
    EXPECT_EQ(lookups_, 2);
}

TEST_F(Access, WaitingForAnothersLookUpHeedsTheContext) {
    std::stop_source stop;
    exec::Context stopped(stop.get_token());
    SourceAccess* self = nullptr;
    bool was_cancelled = false;
    config::SourceSettings settings;
    settings.token = command("t");
    SourceAccess token(
        settings,
        [&](exec::Context&, const SecretRef&, std::string_view) -> Result<Secret> {
            stop.request_stop();
            const auto second = self->pass(stopped);
            was_cancelled = !second && second.error().code() == Errc::Cancelled;
            return Secret("t");
        },
        clock_);
    self = &token;
    EXPECT_EQ(shown(token), "Authorization: Bearer t\n");
    EXPECT_TRUE(was_cancelled);
}

// config/check.cpp reckons with it, and knows no adapters.
TEST(DataSource, IsTheKindsOwnWhereNobodyNamesOne) {
    EXPECT_EQ(sources::default_data_source("plain_git"), "insight_git");
    const std::string kind = config::show_value(config::SourceKind::BitbucketServer);
    EXPECT_EQ(sources::default_data_source(kind), "insight_" + kind);
}

}  // namespace
}  // namespace forgehouse::app
