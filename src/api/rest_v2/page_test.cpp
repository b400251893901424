#include "api/rest_v2/page.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace forgehouse::api {
namespace {

QueryString query(std::string_view text) {
    return *QueryString::parse(text);
}

TEST(Page, IsAskedForByNumberAndLength) {
    const auto usual = *parse_page(query(""));
    EXPECT_EQ(usual.page, 1);
    EXPECT_EQ(usual.length, 10);
    EXPECT_EQ(usual.offset(), 0);
    EXPECT_EQ(parse_page(query(""), 30)->length, 30);
    const auto third = *parse_page(query("page=3&pagelen=100"));
    EXPECT_EQ(third.offset(), 200);
    EXPECT_EQ(parse_page(query("pagelen=500"), 500, 1000)->length, 500);
    for (const char* bad : {"pagelen=0", "pagelen=101", "pagelen=-1", "pagelen=ten", "pagelen="}) {
        const auto refused = parse_page(query(bad));
        ASSERT_FALSE(refused) << bad;
        EXPECT_EQ(refused.error().text(), "Invalid pagelen");
        EXPECT_EQ(refused.error().code(), Errc::Invalid);
    }
    for (const char* bad :
         {"page=0", "page=-1", "page=", "page=x", "page=9999999999", "page=c1", "page=c1AAAA"}) {
        const auto refused = parse_page(query(bad));
        ASSERT_FALSE(refused) << bad;
        EXPECT_EQ(refused.error().text(), "Invalid page");
    }
    EXPECT_FALSE(parse_page(query("page=1&page=2")));
}

TEST(Page, IsAskedForByACursor) {
    const Cursor cursor{
        .order = "-updated_on", .page = 7, .values = {1447225200000, "x\"ü", std::nullopt}};
    const std::string token = cursor.token();
    EXPECT_EQ(percent_encoded(token), token);
    const auto request = parse_page(query("page=" + token));
    ASSERT_TRUE(request) << request.error().describe();
    ASSERT_TRUE(request->behind);
    EXPECT_EQ(request->page, 7);
    EXPECT_EQ(request->behind->order, "-updated_on");
    ASSERT_EQ(request->behind->values.size(), 3U);
    EXPECT_EQ(std::get<std::int64_t>(request->behind->values[0].get()), 1447225200000);
    EXPECT_EQ(std::get<std::string>(request->behind->values[1].get()), "x\"ü");
    EXPECT_EQ(request->behind->values[2].get().index(), 0U);
    EXPECT_TRUE(check_cursor(*request, "-updated_on", 3));
    EXPECT_FALSE(check_cursor(*request, "updated_on", 3));
    EXPECT_FALSE(check_cursor(*request, "-updated_on", 2));
    EXPECT_TRUE(check_cursor(PageRequest{}, "updated_on", 2));
}

TEST(Page, RefusesCursorsThatItHasNotWritten) {
    const auto token = [](std::string_view json) { return "c1" + text::to_base64url(json); };
    EXPECT_TRUE(Cursor::parse(token(R"(["id",2,1])")));
    for (const std::string& bad :
         {token("{}"), token("[]"), token(R"(["id"])"), token(R"([1,2])"), token(R"(["id",0])"),
          token(R"(["id","2"])"), token(R"(["id",2,true])"), token(R"(["id",2,1.5])"),
          token(R"(["id",2,[1]])"), token(R"(["id",2,"\u0000"])"),
          token(R"(["id",2,1,2,3,4,5,6,7,8,9])"), token(R"(["id",2,1])") + "=",
          "c2" + text::to_base64url(R"(["id",2,1])"), std::string("c1") + std::string(3000, 'A')})
        EXPECT_FALSE(Cursor::parse(bad)) << bad;
}

TEST(Page, LeadsOnAndBackWithTheOtherParameters) {
    const auto asked = query("q=a+%3D+1&page=2&pagelen=10");
    const auto envelope = numbered_page("https://f/2.0/x", asked, *parse_page(asked), 21);
    EXPECT_EQ(envelope.json("[1]"),
              R"({"size":21,"page":2,"pagelen":10,)"
              R"("next":"https://f/2.0/x?q=a%20%3D%201&pagelen=10&page=3",)"
              R"("previous":"https://f/2.0/x?q=a%20%3D%201&pagelen=10&page=1","values":[1]})");
    EXPECT_EQ(numbered_page("u", asked, *parse_page(asked), 20).next, "");
    EXPECT_EQ(numbered_page("u", asked, *parse_page(query("")), 0).json("[]"),
              R"({"size":0,"page":1,"pagelen":10,"values":[]})");
    EXPECT_EQ(PageEnvelope{.next = "n"}.json("[]"), R"({"pagelen":10,"next":"n","values":[]})");
}

}  // namespace
}  // namespace forgehouse::api
