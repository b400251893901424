#include "base/log.h"

#include <gtest/gtest.h>

namespace forgehouse::log {
namespace {

/// Lines of one case, in the format that it asks for.
class Log : public testing::Test {
protected:
    void begin(Format format) {
        configure({.level = Level::Info,
                   .format = format,
                   .sink = [this](std::string_view line) { lines_ += line; },
                   .now = [] { return Time::from_ms(0); }});
    }
    ~Log() override { configure({}); }

    std::string lines_;
};

TEST_F(Log, WritesEachKeyOnceInJson) {
    begin(Format::Json);
    write(
        Level::Warn, "room", "failed",
        Error(Errc::NotFound, "no path").with("repository", "/srv/a").with("msg", "x").with("n", 1),
        {{"repository", "team/a"}, {"n", 1}});
    EXPECT_EQ(lines_,
              "{\"time\":\"1970-01-01T00:00:00.000Z\",\"level\":\"warn\",\"room\":\"room\","
              "\"msg\":\"failed\",\"repository\":\"team/a\",\"n\":1,\"code\":\"not_found\","
              "\"error\":\"no path\",\"repository_2\":\"/srv/a\",\"msg_2\":\"x\"}\n");
}

TEST_F(Log, QuotesWhatWouldBreakALineOfText) {
    begin(Format::Text);
    info("room", "done", {{"plain", "a"}, {"blank", "a b"}, {"count", 3}});
    EXPECT_TRUE(lines_.ends_with("info  room: done plain=a blank=\"a b\" count=3\n")) << lines_;
}

}  // namespace
}  // namespace forgehouse::log
