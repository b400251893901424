// Pairs of texts to be compared, by chance and the same for each seed.
#pragma once

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace forgehouse::git::testing {

/// Texts that bring the shortcuts to their edges: few different lines, of which some are frequent,
/// blocks that move, lines that stand alone, ends that are shared.
class OddTexts {
public:
    explicit OddTexts(std::uint64_t seed) : random_(seed) {}

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

}  // namespace forgehouse::git::testing
