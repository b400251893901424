#include "app/formats.h"

#include <gtest/gtest.h>

namespace forgehouse::app {
namespace {

TEST(Formats, AreKnownByShortNamesAndWhateverTheirCase) {
    EXPECT_EQ(format_named("json").value(), "JSON");
    EXPECT_EQ(format_named("NDJSON").value(), "JSONEachRow");
    EXPECT_EQ(format_named("csvwithnames").value(), "CSVWithNames");
    EXPECT_EQ(format_named("md").value(), "Markdown");
    EXPECT_EQ(format_named("table").value(), kTableFormat);
}

TEST(Formats, NameTheNearestOfAnUnknownOne) {
    const auto got = format_named("parqet");
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().hint(), "did you mean parquet?");
    EXPECT_FALSE(format_named("qqqqqqqq").error().hint().empty());
}

TEST(Formats, FollowFromTheEndingOfAFile) {
    EXPECT_EQ(format_of_file("a/b.parquet"), "Parquet");
    EXPECT_EQ(format_of_file("b.jsonl"), "JSONEachRow");
    EXPECT_EQ(format_of_file("b.csv"), "CSVWithNames");
    EXPECT_EQ(format_of_file("b"), "");
    EXPECT_EQ(format_of_file("b.exe"), "");
}

TEST(Formats, AreFoundAtTheEndOfTheSql) {
    EXPECT_EQ(format_in_sql("SELECT 1 FORMAT JSON"), "JSON");
    EXPECT_EQ(format_in_sql("SELECT 1\nformat Vertical ;\n"), "Vertical");
    EXPECT_EQ(format_in_sql("SELECT 1"), "");
    EXPECT_EQ(format_in_sql("SELECT reformat JSON"), "");
    EXPECT_EQ(format_in_sql("JSON"), "");
    EXPECT_EQ(format_in_sql("SELECT 'FORMAT JSON'"), "");
}

}  // namespace
}  // namespace forgehouse::app
