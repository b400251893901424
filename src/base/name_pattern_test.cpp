#include "base/name_pattern.h"

#include <gtest/gtest.h>

namespace forgehouse {
namespace {

bool matches(std::string_view pattern, std::string_view name) {
    const auto parsed = NamePattern::parse(pattern);
    EXPECT_TRUE(parsed) << pattern;
    return parsed && parsed->matches(name);
}

TEST(NamePattern, GlobsMatchWholeNamesInAnyCase) {
    EXPECT_TRUE(matches("team-*", "TEAM-1"));
    EXPECT_TRUE(matches("PROJ/lib-?", "proj/lib-x"));
    EXPECT_FALSE(matches("team", "team-1"));
    EXPECT_FALSE(matches("team-*", "my-team-1"));
}

TEST(NamePattern, ExpressionsStandBetweenSlashesAndMatchAnywhere) {
    EXPECT_TRUE(matches("/eam-[0-9]+/", "my-Team-17"));
    EXPECT_TRUE(matches("/^(a|b)\\/x$/", "B/X"));
    EXPECT_FALSE(matches("/^team/", "my-team"));
    EXPECT_FALSE(matches("/", "team"));
}

TEST(NamePattern, WhatIsNoExpressionIsSaidToBeNone) {
    for (const auto* const text : {"/(/", "/[a/", "/a{2,1}/", "/*/", ""}) {
        const auto parsed = NamePattern::parse(text);
        ASSERT_FALSE(parsed) << text;
        EXPECT_EQ(parsed.error().code(), Errc::Invalid);
        EXPECT_FALSE(parsed.error().hint().empty());
    }
}

TEST(NamePattern, LongNamesEndNothing) {
    EXPECT_TRUE(matches("/^(a|b|ab)*/", std::string(1'000'000, 'a')));
    EXPECT_TRUE(matches("a*", std::string(1'000'000, 'a')));
}

}  // namespace
}  // namespace forgehouse
