#include "net/form.h"

#include <gtest/gtest.h>

namespace forgehouse::net {
namespace {

TEST(Form, ReadsFieldsAndFiles) {
    EXPECT_EQ(form_boundary("multipart/form-data; boundary=abc"), "abc");
    EXPECT_EQ(form_boundary("Multipart/Form-Data; charset=x; boundary=\"a b\""), "a b");
    EXPECT_EQ(form_boundary("text/plain; boundary=abc"), "");
    const auto parts = parse_form(
        "--abc\r\nContent-Disposition: form-data; name=\"query\"\r\n\r\nSELECT 1\r\n--abc\r\n"
        "content-disposition: form-data; name=\"t\"; filename=\"t.csv\"\r\nContent-Type: x\r\n\r\n"
        "1,x\r\n2,y\r\n\r\n--abc--\r\n",
        "abc");
    ASSERT_TRUE(parts);
    ASSERT_EQ(parts->size(), 2U);
    EXPECT_EQ((*parts)[0].name, "query");
    EXPECT_EQ((*parts)[0].data, "SELECT 1");
    EXPECT_FALSE((*parts)[0].is_file());
    EXPECT_EQ((*parts)[1].name, "t");
    EXPECT_EQ((*parts)[1].data, "1,x\r\n2,y\r\n");
    EXPECT_EQ((*parts)[1].filename, "t.csv");
    EXPECT_EQ((*parts)[1].header("content-TYPE"), "x");
}

TEST(Form, ReadsNamesAsTheyAreQuoted) {
    const auto named = [](std::string_view value) {
        return form_parameter(value, "name").value_or("none");
    };
    EXPECT_EQ(named("form-data; NAME=bare ; x=y"), "bare");
    EXPECT_EQ(named(R"(form-data; x="a; name=b"; name="c")"), "c");
    EXPECT_EQ(named(R"(form-data; name="say \"hi\"")"), "say \"hi\"");
    EXPECT_EQ(named(R"(form-data; name="C:\dir\x")"), R"(C:\dir\x)");
    EXPECT_EQ(named("form-data; name=\"open"), "open");
    EXPECT_EQ(named("form-data; filename=\"a\""), "none");
}

TEST(Form, PartsMayBeEmptyOrHaveNoHead) {
    const auto parts = parse_form("--b\r\n\r\nx\r\n--b\r\nA: b\r\n\r\n\r\n--b--", "b");
    ASSERT_TRUE(parts);
    ASSERT_EQ(parts->size(), 2U);
    EXPECT_EQ((*parts)[0].data, "x");
    EXPECT_EQ((*parts)[0].name, "");
    EXPECT_EQ((*parts)[1].data, "");
    EXPECT_EQ((*parts)[1].header("a"), "b");
}

TEST(Form, RefusesWhatIsNone) {
    for (const char* body : {"", "abc", "--abc", "--abc\r\n", "--abc\r\nx", "--abcd--",
                             "--abc\r\nContent-Disposition: form-data; name=\"q\"\r\n\r\nx",
                             "--abc\r\nContent-Type: x\r\nx\r\n--abc--"})
        EXPECT_FALSE(parse_form(body, "abc")) << body;
    EXPECT_TRUE(parse_form("--abc--", "abc"));
}

TEST(Form, HasBounds) {
    const std::string part = "\r\nA: b\r\n\r\nx\r\n--b";
    EXPECT_TRUE(parse_form("--b" + part + part + "--", "b", {.parts = 2}));
    const auto many = parse_form("--b" + part + part + part + "--", "b", {.parts = 2});
    ASSERT_FALSE(many);
    EXPECT_EQ(many.error().field("limit"), "2");
    EXPECT_FALSE(parse_form("--b" + part + "--", "b", {.head = 3}));
}

}  // namespace
}  // namespace forgehouse::net
