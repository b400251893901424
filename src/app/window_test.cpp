#include "app/window.h"

#include <gtest/gtest.h>

namespace forgehouse::app {
namespace {

const Time kNow = parse_time("2024-02-29T12:30:00Z").value();

std::string at(std::string_view text) {
    const auto time = point_in_time(text, kNow);
    return time ? to_iso(*time) : "refused";
}

TEST(PointInTime, ReadsWhatPeopleWrite) {
    EXPECT_EQ(at("2024-02-01"), "2024-02-01T00:00:00.000Z");
    EXPECT_EQ(at("2024-02-01T10:00:00+02:00"), "2024-02-01T08:00:00.000Z");
    EXPECT_EQ(at("2w"), "2024-02-15T12:30:00.000Z");
    EXPECT_EQ(at("36 hours"), "2024-02-28T00:30:00.000Z");
    EXPECT_EQ(at("Today"), "2024-02-29T00:00:00.000Z");
    EXPECT_EQ(at("yesterday"), "2024-02-28T00:00:00.000Z");
    EXPECT_EQ(at("now"), "2024-02-29T12:30:00.000Z");
    EXPECT_EQ(at("1y"), "2023-03-01T12:30:00.000Z");
}

TEST(PointInTime, RefusesTheRest) {
    for (const char* text : {"", "2024", "soon", "2024-02-30", "-2w", "5 parsecs"})
        EXPECT_EQ(at(text), "refused") << text;
}

cli::Arguments given(std::vector<std::pair<std::string_view, std::string>> options) {
    cli::Arguments arguments;
    arguments.options = std::move(options);
    return arguments;
}

TEST(Window, IsOpenWithoutOptions) {
    EXPECT_TRUE(window_of(given({}), kNow)->open());
}

TEST(Window, TakesHoursDaysAndBothEnds) {
    EXPECT_EQ(to_iso(*window_of(given({{"--hours", "3"}}), kNow)->since),
              "2024-02-29T09:30:00.000Z");
    EXPECT_EQ(to_iso(*window_of(given({{"--days", "2"}}), kNow)->since),
              "2024-02-27T12:30:00.000Z");
    const auto both = window_of(given({{"--since", "4w"}, {"--until", "2w"}}), kNow);
    ASSERT_TRUE(both);
    EXPECT_EQ((*both->until - *both->since).count(), 14LL * 24 * 3'600'000);
}

TEST(Window, RefusesContradictionsAndEmptyWindows) {
    EXPECT_FALSE(window_of(given({{"--hours", "3"}, {"--days", "2"}}), kNow));
    EXPECT_FALSE(window_of(given({{"--since", "2w"}, {"--days", "2"}}), kNow));
    EXPECT_FALSE(window_of(given({{"--since", "1w"}, {"--until", "2w"}}), kNow));
    for (const char* number : {"0", "-1", "x", "1.5", "99999999999999999999"})
        EXPECT_FALSE(window_of(given({{"--days", number}}), kNow)) << number;
}

}  // namespace
}  // namespace forgehouse::app
