#include "forge/outbox.h"

#include "forge/audit.h"
#include "forge/hooks.h"
#include "forge/keys.h"
#include "forge/testing/forge_fixture.h"

namespace forgehouse::forge {
namespace {

class OutboxTest : public testing::ForgeTest {
protected:
    ports::Metadb& database() { return *state->all().front(); }
    Result<void> say(Literal name) {
        return database().write(
            ctx, [&](ports::Session& session) { return emit(session, deps, {.name = name}); });
    }
    std::vector<std::string> audited_actions() {
        std::vector<std::string> all;
        for (const AuditRow& row : audit_log(ctx, database(), site_admin(), {.most = 1000}).value())
            all.push_back(row.actor + " " + row.action + " " + row.detail);
        return all;
    }
};

TEST_F(OutboxTest, EachReaderGoesOnWhereItWas) {
    OutboxReader first(database(), "first"), second(database(), "second");
    const auto all = first.next(ctx, 1000).value();
    ASSERT_FALSE(all.empty());
    for (std::size_t i = 1; i < all.size(); ++i) EXPECT_LT(all[i - 1].position, all[i].position);
    EXPECT_EQ(first.next(ctx, 2).value().size(), 2U) << "again the same until it is advanced";
    ASSERT_TRUE(first.advance(ctx, all.back().position, clock.now()));
    EXPECT_TRUE(first.next(ctx, 10).value().empty());
    ASSERT_TRUE(say("repo:push"));
    const auto news = first.next(ctx, 10).value();
    ASSERT_EQ(news.size(), 1U);
    EXPECT_EQ(news[0].event, "repo:push");
    EXPECT_EQ(second.next(ctx, 1000).value().size(), all.size() + 1);
    EXPECT_EQ(testing::code_of(first.advance(ctx, all.front().position, clock.now())),
              Errc::Conflict);
}

TEST_F(OutboxTest, WhatFailedIsNotSaid) {
    OutboxReader reader(database(), "reader");
    const std::size_t before = reader.next(ctx, 1000).value().size();
    EXPECT_FALSE(database().write(ctx, [&](ports::Session& session) -> Result<void> {
        TRY(emit(session, deps, {.name = "repo:push"}));
        return Failure(Error(Errc::Invalid, "no"));
    }));
    EXPECT_EQ(reader.next(ctx, 1000).value().size(), before);
}

TEST_F(OutboxTest, IsTrimmedBehindEveryReader) {
    OutboxReader reader(database(), "reader");
    const auto all = reader.next(ctx, 1000).value();
    clock.advance(std::chrono::hours(1));
    EXPECT_EQ(trim_outbox(ctx, database(), clock.now()).value(), 0U) << "nobody has read";
    ASSERT_TRUE(reader.advance(ctx, all[1].position, clock.now()));
    EXPECT_EQ(trim_outbox(ctx, database(), clock.now()).value(), 2U);
    EXPECT_EQ(reader.next(ctx, 1000).value().size(), all.size() - 2);
}

TEST_F(OutboxTest, TheAuditLogSaysWhoDidWhat) {
    make_repository("tools");
    const std::size_t before = audited_actions().size();
    ASSERT_TRUE(set_grant(deps, ctx, repo("tools"), user("ben"), Role::Write));
    ASSERT_TRUE(set_member(deps, ctx, acme(), user("cay").id, Role::Read));
    RepositoryChange change;
    change.is_private = false;
    EXPECT_FALSE(change_repository(deps, ctx, repo("tools"), change)) << "its project is private";
    HookChange hook;
    hook.url = "https://ci.example/hook";
    hook.events = {"repo:push"};
    hook.secret = Secret("hush");
    ASSERT_TRUE(create_hook(deps, ctx, repo("tools"), hook));
    auto all = audited_actions();
    all.erase(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(before));
    ASSERT_EQ(all.size(), 4U) << "what was refused is not noted";
    EXPECT_EQ(all[0], "ada member:set none");
    EXPECT_TRUE(all[1].starts_with("ada grant:set user {")) << all[1];
    EXPECT_TRUE(all[1].ends_with("} write")) << all[1];
    EXPECT_EQ(all[2], "ada member:set read");
    EXPECT_TRUE(all[3].starts_with("ada hook:set hook {")) << all[3];
    for (const std::string& row : all) EXPECT_EQ(row.find("hush"), std::string::npos);
    const auto rows = audit_log(ctx, database(), site_admin(), {.most = 1000}).value();
    EXPECT_EQ(rows.back().address, "192.0.2.1");
    EXPECT_EQ(rows.front().action, "user:created");
    EXPECT_EQ(rows.front().actor, "") << "the installation itself";
}

/// A repository's hook could ask for events that only workspaces have.
TEST_F(OutboxTest, HooksAskForEventsOfTheirKind) {
    make_repository("tools");
    HookChange hook;
    hook.url = "https://ci.example/hook";
    hook.events = {"project:updated"};
    EXPECT_EQ(testing::code_of(create_hook(deps, ctx, repo("tools"), hook)), Errc::Invalid);
    EXPECT_TRUE(create_hook(deps, ctx, acme(), hook));
    hook.url = "ftp://ci.example";
    EXPECT_EQ(testing::code_of(create_hook(deps, ctx, acme(), hook)), Errc::Invalid);
}

}  // namespace
}  // namespace forgehouse::forge
