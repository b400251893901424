#include "api/http/query_string.h"

#include <gtest/gtest.h>

namespace forgehouse::api {
namespace {

TEST(QueryString, IsCutFirstAndDecodedThen) {
    const auto query = QueryString::parse("q=a%26b%3D1+%2B&&state=OPEN&state=MERGED&bare&n=-7&e=");
    ASSERT_TRUE(query);
    EXPECT_EQ(**query->one("q"), "a&b=1 +");
    EXPECT_EQ(**query->one("bare"), "");
    EXPECT_EQ(**query->one("e"), "");
    EXPECT_FALSE(*query->one("nothing"));
    EXPECT_EQ(query->all("state"), (std::vector<std::string_view>{"OPEN", "MERGED"}));
    EXPECT_EQ(query->one("state").error().field("parameter"), "state");
    EXPECT_EQ(**query->number("n", -10, 10), -7);
    EXPECT_FALSE(query->number("n", 0, 10));
    EXPECT_FALSE(query->number("q", 0, 10));
    EXPECT_FALSE(*query->number("nothing", 0, 10));
}

TEST(QueryString, ReadsFlags) {
    const auto query = *QueryString::parse("a=True&b=0&c=maybe&d=");
    EXPECT_TRUE(**query.flag("a"));
    EXPECT_FALSE(**query.flag("b"));
    EXPECT_FALSE(query.flag("c"));
    EXPECT_FALSE(query.flag("d"));
    EXPECT_FALSE(*query.flag("e"));
}

TEST(QueryString, RefusesWhatIsBrokenOrOverItsBounds) {
    for (const std::string& bad :
         {std::string("a=%"), std::string("a=%4"), std::string("a=%zz"), std::string("a=%00"),
          std::string("%00=a"), std::string("a=%80"), std::string(70'000, 'x')})
        EXPECT_FALSE(QueryString::parse(bad)) << bad.substr(0, 20);
    std::string many;
    for (int i = 0; i < 1000; ++i) many += "a&";
    EXPECT_TRUE(QueryString::parse(many));
    EXPECT_FALSE(QueryString::parse(many + "a"));
}

TEST(QueryString, IsWrittenAgainWithOneValueOfAName) {
    const auto query = *QueryString::parse("page=2&q=name+%7E+%22x%22&page=3&s=%C3%BC");
    EXPECT_EQ(query.with("page", "4").text(), "q=name%20~%20%22x%22&s=%C3%BC&page=4");
    EXPECT_EQ(query.with("page", std::nullopt).with("q", std::nullopt).text(), "s=%C3%BC");
    EXPECT_EQ(QueryString().text(), "");
}

TEST(Path, KeepsEncodedSlashesWithinTheirSegment) {
    const auto path = Path::parse("/repositories/%7B%7D/%7Buuid%7D/refs/branches/a%2Fb/c+d/");
    ASSERT_TRUE(path);
    ASSERT_EQ(path->size(), 7U);
    EXPECT_EQ(path->text(1), "{}");
    EXPECT_EQ(*path->plain(2), "{uuid}");
    EXPECT_EQ(path->text(5), "a/b");
    EXPECT_EQ(path->plain(5).error().code(), Errc::NotFound);
    EXPECT_EQ(path->rest(5), "a/b/c+d");
    EXPECT_EQ(path->rest(7), "");
    EXPECT_EQ(path->text(7), "");
    EXPECT_FALSE(path->plain(7));
    EXPECT_EQ(Path::parse("/")->size(), 0U);
    EXPECT_EQ(Path::parse("/a/..b/...")->rest(0), "a/..b/...");
    EXPECT_EQ(Path::parse("/src/%FF")->text(1), "\xFF");  // git's paths are bytes
}

TEST(Path, RefusesWhatLeadsElsewhere) {
    for (const std::string& bad :
         {std::string(""), std::string("a"), std::string("//"), std::string("/a//b"),
          std::string("/a/../b"), std::string("/a/%2e%2E/b"), std::string("/a/."),
          std::string("/a/b%2F..%2Fc"), std::string("/a/..%2Fc"), std::string("/a%00"),
          std::string("/a%"), std::string("/a%2"), "/" + std::string(9000, 'a')})
        EXPECT_FALSE(Path::parse(bad)) << bad.substr(0, 20);
    std::string many;
    for (int i = 0; i < 257; ++i) many += "/a";
    EXPECT_FALSE(Path::parse(many));
}

TEST(Target, IsCutIntoPathAndQuery) {
    using Parts = std::pair<std::string_view, std::string_view>;
    EXPECT_EQ(*split_target("/a?b=/c?d"), Parts("/a", "b=/c?d"));
    EXPECT_EQ(*split_target("/a"), Parts("/a", ""));
    EXPECT_EQ(*split_target("http://host/a?b"), Parts("/a", "b"));
    EXPECT_EQ(*split_target("https://host"), Parts("/", ""));
    EXPECT_FALSE(split_target("http://host?b"));
    EXPECT_FALSE(split_target("*"));
    EXPECT_FALSE(split_target(""));
}

}  // namespace
}  // namespace forgehouse::api
