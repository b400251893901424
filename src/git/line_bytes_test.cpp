#include "git/line_bytes.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "git/line_table.h"
#include "git/rough_tally.h"
#include "git/testing/plain_line_counts.h"

namespace forgehouse::git {
namespace {

/// Every length around the strides of 32 and 64 bytes.
std::vector<std::string> texts() {
    std::mt19937_64 random(1);
    std::vector<std::string> texts;
    for (std::size_t size = 0; size < 200; ++size) {
        std::string text(size, 'a');
        for (auto& byte : text)
            if (const auto chance = random() % 12; chance < 3) byte = "\nb\r"[chance];
        texts.push_back(text);
    }
    return texts;
}

TEST(LineBytes, FindsEveryLine) {
    for (const auto& text : texts()) {
        const auto lines = testing::plain_lines(text);
        testing::PlainLines found;
        for_each_line(text, [&](std::size_t begin, std::size_t end) {
            found.push_back(std::string_view(text).substr(begin, end - begin));
        });
        EXPECT_EQ(found, lines);
        EXPECT_EQ(count_lines(text), lines.size());
    }
}

TEST(LineBytes, ComparesEveryLength) {
    for (const auto& text : texts()) {
        EXPECT_EQ(common_beginning(text, text + "x"), text.size());
        EXPECT_EQ(common_end(text, "x" + text), text.size());
        EXPECT_TRUE(same_bytes(text, std::string(text)));
        for (std::size_t i = 0; i < text.size(); ++i) {
            auto other = text;
            other[i] = 'z';
            EXPECT_FALSE(same_bytes(text, other));
            EXPECT_EQ(common_beginning(text, other), i);
            EXPECT_EQ(common_end(text, other), text.size() - i - 1);
        }
    }
}

TEST(LineBytes, TrimsWholeLines) {
    const auto middles = [](std::string_view before, std::string_view after) {
        const auto texts = trim_shared_lines(before, after);
        EXPECT_EQ(std::string(texts.head).append(texts.before).append(texts.tail), before);
        EXPECT_EQ(std::string(texts.head).append(texts.after).append(texts.tail), after);
        return std::pair(std::string(texts.before), std::string(texts.after));
    };
    using Pair = std::pair<std::string, std::string>;
    EXPECT_EQ(middles("a\nb", "a\nb"), Pair("", ""));
    EXPECT_EQ(middles("a\nb", "a\nb\n"), Pair("b", "b\n"));
    EXPECT_EQ(middles("a\nxb\nc\n", "a\nyb\nc\n"), Pair("xb\n", "yb\n"));
    EXPECT_EQ(middles("a\na\n", "a\n"), Pair("a\n", ""));
    EXPECT_EQ(middles("b\n", "ab\n"), Pair("b\n", "ab\n"));
    EXPECT_EQ(middles("b\n", "a\nb\n"), Pair("", "a\n"));
}

TEST(LineTable, NumbersDifferentLinesDifferently) {
    LineTable table;
    std::vector<std::string> lines;
    for (std::size_t length = 0; length < 60; ++length)
        for (const char last : {'a', 'b'}) lines.push_back(std::string(length, 'a') + last);
    table.clear(1);  // it grows
    for (std::size_t i = 0; i < lines.size(); ++i) {
        EXPECT_EQ(table.find(lines[i]), LineTable::kNone);
        EXPECT_EQ(table.add(lines[i]), i);
    }
    for (std::size_t i = 0; i < lines.size(); ++i) {
        EXPECT_EQ(table.add(std::string(lines[i])), i);
        EXPECT_EQ(table.find(lines[i]), i);
        EXPECT_EQ(table.line(static_cast<LineTable::Number>(i)), lines[i]);
    }
    EXPECT_EQ(table.size(), lines.size());
}

TEST(RoughTally, IsNeverTooLow) {
    RoughTally tally;
    std::string text;
    for (std::size_t i = 0; i < 20'000; ++i) text += std::to_string(i % 5000) + "\n";
    tally.add(text);
    EXPECT_EQ(tally.lines(), 20'000U);
    for (std::size_t i = 0; i < 5000; ++i) EXPECT_GE(tally.at_most(std::to_string(i) + "\n"), 4U);
    tally.clear();
    EXPECT_EQ(tally.at_most("1\n"), 0U);
}

}  // namespace
}  // namespace forgehouse::git
