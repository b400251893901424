#include "base/time.h"

#include <gtest/gtest.h>

namespace forgehouse {
namespace {

TEST(Time, ReadsTheDialectsOfForgesAndPeople) {
    const Time noon = Time::from_seconds(1709208000);  // 2024-02-29T12:00:00Z
    for (const char* text :
         {"2024-02-29T12:00:00Z", "2024-02-29 12:00:00", "2024-02-29T14:00:00+02:00",
          "2024-02-29T14:00:00.000+0200", "2024-02-29T07:00-05", "2024-02-29T12:00Z"})
        EXPECT_EQ(parse_time(text).value(), noon) << text;
    EXPECT_EQ(parse_time("2024-02-29")->ms(), noon.ms() - 43'200'000);
    EXPECT_EQ(parse_time("2024-02-29T12:00:00.123456Z")->ms(), noon.ms() + 123);
}

TEST(Time, RefusesWhatIsNoDate) {
    for (const char* text : {"", "yesterday", "2023-02-29", "2024-13-01", "2024-02-29T25:00:00Z",
                             "2024-02-29T12:00:00Zjunk", "2024-02-29T12:00:00.", "20240229"}) {
        const auto time = parse_time(text);
        ASSERT_FALSE(time) << text;
        EXPECT_EQ(time.error().code(), Errc::Invalid);
    }
}

TEST(Time, PrintsDatesBefore1970) {
    EXPECT_EQ(to_iso(kEarliestTime), "1900-01-01T00:00:00.000Z");
    EXPECT_EQ(to_iso(kLatestTime), "2299-12-31T23:59:59.999Z");
    EXPECT_EQ(to_iso(Time::from_ms(-1)), "1969-12-31T23:59:59.999Z");
    EXPECT_EQ(Time::from_ms(-1).seconds(), -1);
    EXPECT_EQ(to_compact(Time::from_seconds(1709208000)), "20240229-120000");
}

}  // namespace
}  // namespace forgehouse
