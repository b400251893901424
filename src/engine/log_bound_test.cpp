#include "engine/log_bound.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "engine/testing/live.h"

namespace forgehouse::engine {
namespace {

namespace fs = std::filesystem;

std::string content(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

class LogBoundTest : public ::testing::Test {
protected:
    LogBoundTest()
        : log_(folder_.path() / "engine.log"),
          out_(::open(log_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) {}

    void write(const std::string& text) const {
        ASSERT_EQ(::write(out_.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
    }

    live::TempFolder folder_;
    fs::path log_;
    exec::Descriptor out_;
};

TEST_F(LogBoundTest, KeepsTheEndOfALongLogAndBeginsAnew) {
    const LogBound bound(out_.get(), log_);
    write("first\n");
    bound.apply();
    EXPECT_EQ(content(log_), "first\n");
    for (const char letter : {'a', 'b'}) {
        write(std::string(LogBound::kMost, 'x') + std::string(LogBound::kKept - 1, letter) + "\n");
        bound.apply();
        EXPECT_EQ(content(log_), "");
        EXPECT_EQ(content(log_.string() + ".1"), std::string(LogBound::kKept - 1, letter) + "\n");
    }
    write("after\n");
    EXPECT_EQ(content(log_), "after\n");
}

TEST_F(LogBoundTest, LeavesAFileAloneThatIsNotWhereLinesGo) {
    std::ofstream(folder_.path() / "other") << std::string(LogBound::kMost + 1, 'x');
    const LogBound bound(out_.get(), folder_.path() / "other");
    write("line\n");
    bound.apply();
    EXPECT_EQ(content(folder_.path() / "other").size(), LogBound::kMost + 1);
    EXPECT_FALSE(fs::exists(folder_.path() / "other.1"));
    const LogBound none(out_.get(), folder_.path() / "missing");
    none.apply();
    EXPECT_EQ(content(log_), "line\n");
}

}  // namespace
}  // namespace forgehouse::engine
