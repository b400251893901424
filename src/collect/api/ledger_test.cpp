#include "collect/api/ledger.h"

#include <gtest/gtest.h>

#include "collect/archive/zstd.h"
#include "objects/local/local_objects.h"
#include "support/git_fixture.h"

namespace forgehouse::collect {
namespace {

Ledger ledger_of(std::int64_t pull_requests) {
    Ledger ledger;
    for (std::int64_t id = 1; id <= pull_requests; ++id)
        ledger.read[id] = {.fingerprint = short_fingerprint(std::to_string(id)),
                           .read_seconds = 1'800'000'000 + id / 1000,
                           .without_git = id % 1000 == 7,
                           .list_only = id % 1000 == 8};
    ledger.put_off[3] = {.failures = 2, .error = "no \"answer\""};
    ledger.unfinished = true;
    ledger.completed = Time::from_ms(1'800'000'000'123);
    return ledger;
}

TEST(LedgerTest, ComesBackAsItWas) {
    for (const std::int64_t n : {0, 1, 5000}) {
        const Ledger ledger = ledger_of(n);
        const auto back = decode_ledger(encode(ledger));
        ASSERT_TRUE(back) << back.error().describe();
        EXPECT_EQ(*back, ledger);
    }
}

TEST(LedgerTest, AHundredThousandPullRequestsTakeAFewMegabytes) {
    EXPECT_LT(encode(ledger_of(100'000)).size(), 2'000'000U);
}

TEST(LedgerTest, DamageIsAnErrorAndNoCrash) {
    const std::string good = encode(ledger_of(100));
    for (std::size_t i = 0; i < good.size(); i += 7) {
        std::string bad = good;
        bad[i] = static_cast<char>(bad[i] ^ 0x41);
        const auto read = decode_ledger(bad);
        if (read) {
            EXPECT_EQ(*read, ledger_of(100)) << i;
        }
        EXPECT_FALSE(decode_ledger(std::string_view(good).substr(0, i))) << i;
    }
}

// As written before there was a list of those that only a list told of.
TEST(LedgerTest, AnOlderOneIsRead) {
    Packer packer;
    packer.add(R"({"format":1,"unfinished":false,"ids":[7],"read":[1800000000],)"
               R"("fingerprints":"00000000000000ff","without_git":[7],"put_off":[]})");
    const auto ledger = decode_ledger(packer.take());
    ASSERT_TRUE(ledger) << ledger.error().describe();
    EXPECT_EQ(ledger->read.at(7), (Ledger::Entry{.fingerprint = 255,
                                                 .read_seconds = 1'800'000'000,
                                                 .without_git = true,
                                                 .list_only = false}));
}

TEST(LedgerTest, TwoWritersDoNotOverwriteEachOther) {
    const testing_support::TemporaryFolder folder;
    auto objects = objects::LocalObjects::open(folder.path());
    ASSERT_TRUE(objects);
    exec::Context ctx;
    const sources::RepoRef repo{.data_source = "d", .project_key = "~me", .repo_slug = "r"};
    auto one = load_ledger(ctx, **objects, repo);
    auto two = load_ledger(ctx, **objects, repo);
    ASSERT_TRUE(one && two);
    one->ledger = ledger_of(3);
    ASSERT_TRUE(save_ledger(ctx, **objects, repo, *one));
    const auto late = save_ledger(ctx, **objects, repo, *two);
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code(), Errc::Conflict);
    EXPECT_TRUE(save_ledger(ctx, **objects, repo, *one));
    EXPECT_EQ(load_ledger(ctx, **objects, repo)->ledger, ledger_of(3));
}

}  // namespace
}  // namespace forgehouse::collect
