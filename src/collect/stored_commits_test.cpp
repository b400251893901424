#include "collect/stored_commits.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>
#include <set>

namespace forgehouse::collect {
namespace {

std::string random_hex(std::mt19937_64& random, std::size_t digits = 40) {
    std::string hex;
    while (hex.size() < digits) hex += fmt::format("{:016x}", random());
    return hex.substr(0, digits);
}

git::ObjectId id_of(const std::string& hex) {
    return git::ObjectId::from_hex(hex).value();
}

constexpr CommitPlace kMain{.branch = 0, .is_in_default_branch = true, .is_reachable = true};

class StoredCommitsOrder : public testing::TestWithParam<bool> {};

TEST_P(StoredCommitsOrder, FindsAllOfThemAndNoOthers) {
    std::mt19937_64 random(7);
    std::set<std::string> all;
    // More than one block, and a crowd of ids that share their first bytes.
    while (all.size() < 9000) all.insert(random_hex(random));
    while (all.size() < 10000) all.insert("77777777" + random_hex(random, 32));
    std::vector<std::string> order(all.begin(), all.end());
    if (!GetParam()) std::ranges::shuffle(order, random);

    StoredCommits stored(git::ObjectFormat::Sha1);
    std::uint32_t n = 0;
    for (const std::string& hex : order)
        stored.add(hex, {.branch = n++, .is_in_default_branch = n % 2 == 0, .is_reachable = true});
    stored.seal();
    ASSERT_EQ(stored.size(), all.size());
    for (std::uint32_t i = 0; i < n; ++i) {
        const auto found = stored.find(id_of(order[i]));
        ASSERT_TRUE(found) << order[i];
        EXPECT_EQ(stored.hex(*found), order[i]);
        EXPECT_EQ(stored.place(*found).branch, i);
        EXPECT_EQ(stored.place(*found).is_in_default_branch, i % 2 == 1);
    }
    for (int i = 0; i < 2000; ++i) {
        const std::string other = random_hex(random);
        EXPECT_EQ(stored.find(id_of(other)).has_value(), all.contains(other));
    }
    EXPECT_FALSE(stored.find(id_of(std::string(40, '0'))));
    EXPECT_FALSE(stored.find(id_of(std::string(40, 'f'))));
    EXPECT_FALSE(stored.find(id_of("77777777" + std::string(32, '0'))));
}

INSTANTIATE_TEST_SUITE_P(Orders, StoredCommitsOrder, testing::Bool());

TEST(StoredCommits, EmptyHoldsNothing) {
    StoredCommits stored(git::ObjectFormat::Sha1);
    stored.seal();
    EXPECT_FALSE(stored.find(id_of(std::string(40, 'a'))));
}

TEST(StoredCommits, MarksStay) {
    StoredCommits stored(git::ObjectFormat::Sha256);
    stored.add(std::string(64, 'a'), kMain);
    stored.add(std::string(64, 'b'), kMain);
    stored.seal();
    stored.mark_seen(1);
    EXPECT_FALSE(stored.seen(0));
    EXPECT_TRUE(stored.seen(1));
    EXPECT_EQ(stored.place(1), kMain);
}

TEST(StoredCommits, AnotherObjectFormatIsKeptApart) {
    StoredCommits stored(git::ObjectFormat::Sha256);
    stored.add(std::string(40, 'a'), kMain);
    stored.add(std::string(40, 'b'),
               {.branch = 0, .is_in_default_branch = false, .is_reachable = false});
    stored.seal();
    EXPECT_EQ(stored.size(), 0U);
    EXPECT_EQ(stored.strangers(), std::vector{std::string(40, 'a')});
    EXPECT_FALSE(stored.find(id_of(std::string(40, 'a'))));
}

}  // namespace
}  // namespace forgehouse::collect
