#include "config/units.h"

#include <gtest/gtest.h>

namespace forgehouse::config {
namespace {

using namespace std::chrono_literals;

TEST(Units, ReadsSpansAsPeopleWriteThem) {
    EXPECT_EQ(parse_span("60").value(), 60s);
    EXPECT_EQ(parse_span("500ms").value(), 500ms);
    EXPECT_EQ(parse_span(" 5 minutes ").value(), 5min);
    EXPECT_EQ(parse_span("1 Week").value(), 7 * 24h);
    EXPECT_EQ(parse_span("2w").value(), 14 * 24h);
    EXPECT_EQ(parse_span("1y").value(), 365 * 24h);
}

TEST(Units, RefusesWhatIsNoSpan) {
    for (const char* text :
         {"", "s", "-1s", "1.5h", "5 parsecs", "1s2", "2000y", "99999999999999999999s", "1 ss"})
        EXPECT_FALSE(parse_span(text)) << text;
}

TEST(Units, ReadsSizes) {
    EXPECT_EQ(parse_size("512").value().count, 512u);
    EXPECT_EQ(parse_size("64 MB").value().count, 64'000'000u);
    EXPECT_EQ(parse_size("2gib").value().count, 2u << 30);
    for (const char* text : {"", "MB", "1 XB", "9999999999 TB", "1.5GB"})
        EXPECT_FALSE(parse_size(text)) << text;
}

TEST(Units, WritesWhatReadsBack) {
    EXPECT_EQ(span_text(0ms), "0s");
    EXPECT_EQ(span_text(90s), "90s");
    EXPECT_EQ(span_text(1500ms), "1500ms");
    EXPECT_EQ(span_text(14 * 24h), "2w");
    EXPECT_EQ(size_text({64'000'000}), "64MB");
    EXPECT_EQ(size_text({1 << 20}), "1MiB");
    EXPECT_EQ(size_text({1'000'001}), "1000001");
    EXPECT_EQ(size_text({0}), "0");
}

}  // namespace
}  // namespace forgehouse::config
