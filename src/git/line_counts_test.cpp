#include "git/line_counts.h"

#include <gtest/gtest.h>

#include <ostream>
#include <random>
#include <string>
#include <vector>

#include "git/testing/line_counts_cases.h"
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

/// Texts that bring the shortcuts to their edges: few different lines, of which some are frequent,
/// blocks that move, lines that stand alone, ends that are shared.
class Texts {
public:
    explicit Texts(std::uint64_t seed) : random_(seed) {}

    std::pair<std::string, std::string> pair(std::size_t most_lines) {
        different_ = 2 + roll(roll(2) == 0 ? 8 : 60);
        alone_ = roll(4) * 3;
        auto before = lines(roll(most_lines));
        auto after = roll(6) == 0 ? lines(roll(most_lines)) : before;
        for (auto edits = roll(roll(4) == 0 ? 40 : 5) + 1; edits > 0; --edits) edit(after);
        if (roll(2) == 0) std::swap(before, after);
        return {text(before), text(after)};
    }

private:
    using Lines = std::vector<std::string>;

    std::size_t roll(std::size_t sides) {
        return sides == 0 ? 0 : static_cast<std::size_t>(random_() % sides);
    }
    std::string line() {
        if (roll(10) < alone_) return "alone " + std::to_string(random_());
        const auto number = roll(roll(3) == 0 ? 3 : different_);
        return number == 0 ? "" : number == 1 ? "}" : std::string(number % 40, 'x') + "line";
    }
    Lines lines(std::size_t count) {
        Lines lines(count);
        for (auto& each : lines) each = line();
        return lines;
    }
    void edit(Lines& text) {
        const auto at = text.begin() + static_cast<std::ptrdiff_t>(roll(text.size() + 1));
        const auto left = static_cast<std::size_t>(text.end() - at);
        const auto end = at + static_cast<std::ptrdiff_t>(std::min(left, roll(20)));
        const auto kind = roll(3);
        const Lines moved = kind == 0 ? lines(roll(20)) : Lines(at, end);
        if (kind > 0) text.erase(at, end);
        if (kind == 1) return;
        text.insert(text.begin() + static_cast<std::ptrdiff_t>(roll(text.size() + 1)),
                    moved.begin(), moved.end());
    }
    std::string text(const Lines& lines) {
        std::string text;
        for (const auto& each : lines) text += each + "\n";
        if (!text.empty() && roll(8) == 0) text.pop_back();
        return text;
    }

    std::mt19937_64 random_;
    std::size_t different_ = 2, alone_ = 0;
};

TEST(LineCounts, AreTheSameWithoutShortcuts) {
    LineCounter counter;
    for (std::uint64_t seed = 0; seed < 2000; ++seed) {
        const auto [before, after] = Texts(seed).pair(seed % 100 == 0 ? 1200 : 120);
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
