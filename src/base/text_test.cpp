#include "base/text.h"

#include <gtest/gtest.h>

namespace forgehouse::text {
namespace {

TEST(Utf8, AcceptsWhatIsValidAndNothingElse) {
    EXPECT_TRUE(is_utf8("plain, Grüße, 日本, 🦀"));
    EXPECT_FALSE(is_utf8("\xC0\xAF"));          // overlong
    EXPECT_FALSE(is_utf8("\xED\xA0\x80"));      // surrogate
    EXPECT_FALSE(is_utf8("\xF4\x90\x80\x80"));  // beyond U+10FFFF
    EXPECT_FALSE(is_utf8("caf\xE9"));
    EXPECT_EQ(latin1_to_utf8("caf\xE9"), "café");
    EXPECT_EQ(replace_invalid_utf8("a\xFF"
                                   "b"),
              "a\uFFFDb");
}

TEST(Base64, EncodesEveryRemainder) {
    EXPECT_EQ(to_base64(""), "");
    EXPECT_EQ(to_base64("f"), "Zg==");
    EXPECT_EQ(to_base64("fo"), "Zm8=");
    EXPECT_EQ(to_base64("foo"), "Zm9v");
    EXPECT_EQ(to_base64("foob"), "Zm9vYg==");
    for (const char* text : {"", "f", "fo", "foo", "foob", "\xff\xfe\xfd"})
        EXPECT_EQ(from_base64(to_base64(text)), text);
    EXPECT_EQ(from_base64("Zm9vYg"), "foob");
    for (const char* broken : {"Z", "Zm9v Yg==", "Zm=v", "Zm9vY", "-_8="})
        EXPECT_EQ(from_base64(broken), std::nullopt) << broken;
}

TEST(Hex, ReadsWhatItWrites) {
    const std::vector<std::uint8_t> bytes{0x00, 0x7f, 0xff};
    EXPECT_EQ(to_hex(bytes), "007fff");
    EXPECT_EQ(from_hex("007FFF"), bytes);
    EXPECT_EQ(from_hex("0"), std::nullopt);
    EXPECT_EQ(from_hex("zz"), std::nullopt);
}

TEST(Glob, MatchesAsAShellDoes) {
    EXPECT_TRUE(glob_match("mergemind-*", "mergemind-core"));
    EXPECT_TRUE(glob_match("*-demo-*", "a-demo-b"));
    EXPECT_FALSE(glob_match("*-demo", "a-demo-b"));
    EXPECT_TRUE(glob_match("v[0-9].?", "v3.x"));
    EXPECT_FALSE(glob_match("v[!0-9].?", "v3.x"));
    EXPECT_TRUE(glob_match("[", "["));
    EXPECT_TRUE(glob_match("", ""));
    EXPECT_FALSE(glob_match("", "a"));
    EXPECT_TRUE(glob_match("a*b*c", "a-b-b-c"));
}

TEST(Nearest, FindsTheTypoAndNothingFar) {
    const std::vector<std::string_view> known{"collect", "query", "config"};
    EXPECT_EQ(nearest("colect", known), "collect");
    EXPECT_EQ(nearest("qurey", known), "query");
    EXPECT_EQ(nearest("zzzzzz", known), std::nullopt);
}

TEST(People, ReadNumbersThisWay) {
    EXPECT_EQ(grouped(0), "0");
    EXPECT_EQ(grouped(1234567), "1,234,567");
    EXPECT_EQ(byte_size(999), "999 B");
    EXPECT_EQ(byte_size(3'400'000), "3.4 MB");
    EXPECT_EQ(duration(400), "0.4 s");
    EXPECT_EQ(duration(184'000), "3 min 04 s");
}

TEST(Terminal, CountsColumnsAndCutsWithoutBreakingLetters) {
    EXPECT_EQ(display_width("Grüße"), 5u);
    EXPECT_EQ(display_width("日本"), 4u);
    EXPECT_EQ(fit("日本語", 5), "日本…");
    EXPECT_EQ(fit("abc", 3), "abc");
    EXPECT_EQ(printable("a\x1b[31m\n"), "a\\x1b[31m\\n");
}

TEST(Json, QuotesWhatMustBeQuoted) {
    EXPECT_EQ(json_quoted("a\"b\\\n\x01"), "\"a\\\"b\\\\\\n\\u0001\"");
    EXPECT_EQ(json_quoted("\x7f\u009b31m\u202e é日😀"), "\"\\u007f\\u009b31m\\u202e é日😀\"");
    EXPECT_EQ(json_quoted("\xFF"), "\"\uFFFD\"");
}

TEST(Text, Base64urlHasOneTextForTheSameBytes) {
    EXPECT_EQ(to_base64url("\xFB\xFF"), "-_8");
    EXPECT_EQ(from_base64url("-_8"), "\xFB\xFF");
    EXPECT_EQ(from_base64url(""), "");
    for (const char* bad : {"+/8", "-_8=", "-_9", "-", "-_ 8", "a.b"})
        EXPECT_FALSE(from_base64url(bad)) << bad;
}

}  // namespace
}  // namespace forgehouse::text
