#include "git/line_counts.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "git/testing/line_counts_cases.h"
#include "git/testing/odd_texts.h"
#include "git/testing/plain_line_counts.h"

namespace forgehouse::git {

void PrintTo(const LineCounts& counts, std::ostream* out) {
    *out << "+" << counts.added << " -" << counts.removed << (counts.is_binary ? " binary" : "");
}

namespace {

TEST(LineCounts, AreThoseThatGitGave) {
    LineCounter counter;
    for (const auto& each : testing::recorded_cases())
        EXPECT_EQ(counter.count(each.before, each.after), each.counts) << each.name;
}

TEST(LineCounts, OfEqualContentsAreNone) {
    LineCounter counter;
    EXPECT_EQ(counter.count("", ""), LineCounts{});
    EXPECT_EQ(counter.count("a\nb", "a\nb"), LineCounts{});
    const std::string nul(1, '\0');
    EXPECT_EQ(counter.count(nul, nul), LineCounts{.is_binary = true});
}

TEST(LineCounts, AreTheSameWithoutShortcuts) {
    LineCounter counter;
    for (std::uint64_t seed = 0; seed < 2000; ++seed) {
        const auto [before, after] = testing::OddTexts(seed).pair(seed % 100 == 0 ? 1200 : 120);
        ASSERT_EQ(counter.count(before, after), testing::plain_line_counts(before, after))
            << "seed " << seed;
    }
}

/// Long enough for git's approximations, in fewer lines than the recorded ones.
TEST(LineCounts, AreTheSameWithoutShortcutsWherePatienceEnds) {
    LineCounter counter;
    for (std::uint64_t seed = 0; seed < 3; ++seed) {
        const auto texts = testing::unrelated(seed, 700 + 200 * seed, 60 + 200 * seed);
        const auto shared = testing::repeated("1\n\n5\n", 300 * seed);
        const auto before = shared + texts.first, after = shared + texts.second;
        ASSERT_EQ(counter.count(before, after), testing::plain_line_counts(before, after))
            << "seed " << seed;
    }
}

TEST(LineCounts, OfManyLinesLeaveNothingBehind) {
    LineCounter counter;
    const auto many = testing::repeated("a\nb\n", 200'000);
    EXPECT_EQ(counter.count("b\n" + many + "c\n", "c\n" + many + "b\n"),
              (LineCounts{.added = 2, .removed = 2}));
    EXPECT_EQ(counter.count("a\nb\nc\n", "b\nc\na\n"), (LineCounts{.added = 1, .removed = 1}));
}

}  // namespace
}  // namespace forgehouse::git
