#include "engine/users.h"

#include <gtest/gtest.h>

namespace forgehouse::engine {
namespace {

constexpr const char* kHash =
    "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21l$9sTbSlTio3Biev89thdrlKKiCaYsjjYVJxGAL3swxpQ";

TEST(UsersFile, ReadsALineEach) {
    const auto users =
        parse_users(std::string("# of the team\n\n  ann read ") + kHash + "\r\nben\twrite\t" +
                    kHash + " max_memory_usage=1000000 max_execution_time=5\n");
    ASSERT_TRUE(users) << users.error().describe();
    ASSERT_EQ(users->size(), 2U);
    EXPECT_EQ((*users)[0].name, "ann");
    EXPECT_FALSE((*users)[0].may_write);
    EXPECT_EQ((*users)[0].hash, kHash);
    EXPECT_EQ((*users)[1].name, "ben");
    EXPECT_TRUE((*users)[1].may_write);
    const QueryLimits limits =
        bounded({.memory_bytes = 500'000, .seconds = 3600, .threads = 4}, (*users)[1].limits);
    EXPECT_EQ(limits.memory_bytes, 500'000U);  // the lower of the two
    EXPECT_EQ(limits.seconds, 5U);
    EXPECT_EQ(limits.threads, 4U);
}

TEST(UsersFile, RefusesWhatItDoesNotUnderstandAndQuotesNoHash) {
    const std::string hash = kHash;
    for (const std::string& text :
         {std::string(""), std::string("# nobody\n"), "ann " + hash, "ann admin " + hash,
          "a:b read " + hash, std::string("ann read so-long"), "ann read " + hash + " readonly=0",
          "ann read " + hash + " max_threads=0", "ann read " + hash + " max_threads",
          "ann read " + hash + "\nann write " + hash}) {
        const auto refused = parse_users(text);
        ASSERT_FALSE(refused) << text;
        EXPECT_EQ(refused.error().describe().find("9sTb"), std::string::npos);
        EXPECT_EQ(refused.error().describe().find("so-long"), std::string::npos);
    }
    EXPECT_EQ(parse_users("\n\nann read x").error().field("line"), "3");
}

}  // namespace
}  // namespace forgehouse::engine
