#include "base/json.h"

#include <gtest/gtest.h>

namespace forgehouse::json {
namespace {

TEST(Json, ReadsEveryKind) {
    auto doc = Document::parse(
        R"({"a":[1,-2,18446744073709551615],"b":{"c":"x\u00e9\n","d":null},"e":true,"f":1.5})");
    ASSERT_TRUE(doc);
    const Value root = doc->root();
    const auto items = root.at("a")->items();
    ASSERT_TRUE(items);
    ASSERT_EQ(items->size(), 3U);
    EXPECT_EQ((*items)[0].integer(), 1);
    EXPECT_EQ((*items)[1].integer(), -2);
    EXPECT_EQ((*items)[2].count(), 18446744073709551615ULL);
    EXPECT_FALSE((*items)[2].integer());
    EXPECT_FALSE((*items)[1].count());
    EXPECT_EQ(root.at("b")->at("c")->text(), "x\u00e9\n");
    EXPECT_FALSE(root.at("b")->find("d"));
    EXPECT_EQ(root.at("e")->flag(), true);
    EXPECT_EQ(root.at("f")->number(), 1.5);
    EXPECT_FALSE(root.at("f")->integer());
    const auto members = root.at("b")->members();
    ASSERT_TRUE(members);
    ASSERT_EQ(members->size(), 2U);
    EXPECT_EQ((*members)[1].first, "d");
    EXPECT_TRUE((*members)[1].second.is_null());
}

TEST(Json, PrintsWhatItReadWithoutBlanks) {
    const auto doc = Document::parse(
        "{ \"a\" : [ 1, -2, 18446744073709551615, 1.5, [ ], { } ],\n \"b\\n\\u0001\" : "
        "\"x\\u00e9\\\"\\\\\","
        " \"drop\" : [1], \"c\" : { \"drop\" : { \"a\" : 1 }, \"d\" : null }, \"e\" : false }");
    ASSERT_TRUE(doc);
    std::string all = ">";
    print(all, doc->root());
    EXPECT_EQ(all,
              ">{\"a\":[1,-2,18446744073709551615,1.5,[],{}],\"b\\n\\u0001\":\"xé\\\"\\\\\","
              "\"drop\":[1],\"c\":{\"drop\":{\"a\":1},\"d\":null},\"e\":false}");
    std::string some;
    print(some, doc->root(), [](std::string_view member) noexcept { return member == "drop"; });
    EXPECT_EQ(some,
              "{\"a\":[1,-2,18446744073709551615,1.5,[],{}],\"b\\n\\u0001\":\"xé\\\"\\\\\","
              "\"c\":{\"d\":null},\"e\":false}");
}

TEST(Json, PrintsWhatIsReadAsTheSameAgain) {
    const auto doc = Document::parse("[-0.0e9,0.0,-0,5.0,1e30]");
    ASSERT_TRUE(doc);
    std::string once;
    print(once, doc->root());
    EXPECT_EQ(once, "[-0.0,0,0,5,1e+30]");
    const auto again = Document::parse(once);
    ASSERT_TRUE(again);
    std::string twice;
    print(twice, again->root());
    EXPECT_EQ(twice, once);
}

TEST(Json, StaysGoodWhenTheDocumentMoves) {
    auto doc = Document::parse(R"({"a":"kept"})");
    ASSERT_TRUE(doc);
    const Value root = doc->root();
    const Document moved = std::move(*doc);
    EXPECT_EQ(root.at("a")->text(), "kept");
    EXPECT_EQ(moved.root().at("a")->text(), "kept");
}

TEST(Json, SaysWhatIsWrong) {
    auto doc = Document::parse(R"({"a":"1"})");
    ASSERT_TRUE(doc);
    const auto wrong = doc->root().at("a")->integer();
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().field("found"), "text");
    const auto missing = doc->root().at("b");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code(), Errc::Corrupt);
    EXPECT_EQ(missing.error().field("member"), "b");
}

TEST(Json, RefusesWhatIsNotJson) {
    for (const std::string_view bad :
         {"", " ", "{", "[1,]", "{\"a\":1} x", "{'a':1}", "nul", "\"\xff\"", "01", "\"\n\""}) {
        const auto doc = Document::parse(bad);
        ASSERT_FALSE(doc) << bad;
        EXPECT_EQ(doc.error().code(), Errc::Corrupt);
    }
    EXPECT_FALSE(Document::parse(std::string(5000, '[') + std::string(5000, ']')));
}

TEST(Json, WritesWhatItIsTold) {
    Writer out;
    out.object().name("b").integer(-1).name("a").array().text("q\"\\\n\x01").count(2).null().end();
    out.name("n").object().end().name("d").number(0.25).name("t").flag(true).name("r").raw("[1]");
    out.end();
    const std::string text = out.take();
    EXPECT_EQ(text, R"({"b":-1,"a":["q\"\\\n\u0001",2,null],"n":{},"d":0.25,"t":true,"r":[1]})");
    EXPECT_TRUE(Document::parse(text));
    EXPECT_EQ(out.array().text("\xff").end().take(), "[\"\uFFFD\"]");
}

TEST(JsonDeathTest, AValueWithoutItsNameAborts) {
    EXPECT_DEATH(Writer().object().text("x"), "");
    EXPECT_DEATH(Writer().object().take(), "");
    EXPECT_DEATH(Writer().name("x"), "");
}

}  // namespace
}  // namespace forgehouse::json
