// Pairs of texts with the counts that git 2.39.5 gives for them (git diff --no-index --numstat).
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "git/line_counts.h"

namespace forgehouse::git::testing {

struct RecordedCase {
    std::string name;
    std::string before, after;
    LineCounts counts;
};

/// Numbers that are the same everywhere: the texts below must never change.
class Dice {
public:
    explicit Dice(std::uint64_t seed) : state_(seed * 2 + 1) {}
    std::size_t roll(std::size_t sides) {
        state_ = state_ * 6364136223846793005 + 1442695040888963407;
        return static_cast<std::size_t>(state_ >> 33) % sides;
    }

private:
    std::uint64_t state_;
};

inline std::string number_line(std::size_t number) {
    return std::to_string(number) + "\n";
}

/// Two texts that have nothing in common but that they use few different lines.
inline std::pair<std::string, std::string> unrelated(std::uint64_t seed, std::size_t lines,
                                                     std::size_t different) {
    Dice dice(seed);
    std::string texts[2];
    for (std::size_t i = 0; i < lines; ++i)
        for (auto& text : texts) text += number_line(dice.roll(different));
    return {texts[0], texts[1]};
}

/// A text, and the same with an edit of one to `edit` lines after every `run` lines or less.
inline std::pair<std::string, std::string> edited(std::uint64_t seed, std::size_t lines,
                                                  std::size_t different, std::size_t run,
                                                  std::size_t edit) {
    Dice dice(seed);
    std::string before, after;
    for (std::size_t i = 0, next = 0; i < lines; ++i) {
        const auto line = number_line(dice.roll(different));
        const bool edits = i >= next;
        const auto kind = edits ? dice.roll(3) : 0;
        if (!edits || kind != 1) before += line;
        if (!edits || kind == 1) after += line;
        if (!edits) continue;
        for (auto added = kind == 2 ? dice.roll(edit) + 1 : 0; added > 0; --added)
            after += number_line(dice.roll(different));
        next = i + 1 + dice.roll(run);
    }
    return {before, after};
}

/// Blocks of lines that changed places.
inline std::pair<std::string, std::string> shuffled(std::uint64_t seed, std::size_t blocks,
                                                    std::size_t lines_of_a_block) {
    Dice dice(seed);
    std::vector<std::string> texts(blocks);
    std::size_t number = 0;
    for (auto& text : texts)
        for (std::size_t i = 0; i < lines_of_a_block; ++i)
            text += i % 5 == 4 ? "\n" : number_line(number++);
    std::string before, after;
    for (const auto& text : texts) before += text;
    for (std::size_t i = 0; i < blocks; ++i) std::swap(texts[i], texts[dice.roll(blocks)]);
    for (const auto& text : texts) after += text;
    return {before, after};
}

inline std::string repeated(const std::string& text, std::size_t times) {
    std::string result;
    for (; times > 0; --times) result += text;
    return result;
}

/// Two old lines become new ones, `above` and `below` the `among` blank lines that stand between
/// them; `blanks` blank lines stand before. Where a blank line is noise, an old one has no
/// counterpart.
inline std::pair<std::string, std::string> with_noise(std::size_t blanks, std::size_t above,
                                                      std::size_t below, std::size_t among = 1) {
    const auto head = repeated("head\n\n", blanks) + "head\n";
    auto after = head;
    for (std::size_t i = 0; i < above; ++i) after += number_line(i);
    after += repeated("\n", among);
    for (std::size_t i = 0; i < below; ++i) after += number_line(above + i);
    return {head + "old\n" + repeated("\n", among) + "old too\n", after};
}

inline std::vector<RecordedCase> recorded_cases() {
    std::vector<RecordedCase> cases;
    const auto record = [&](std::string name, std::pair<std::string, std::string> texts,
                            std::uint64_t added, std::uint64_t removed, bool is_binary = false) {
        cases.push_back({.name = std::move(name),
                         .before = std::move(texts.first),
                         .after = std::move(texts.second),
                         .counts = {.added = added, .removed = removed, .is_binary = is_binary}});
    };
    const std::string nul(1, '\0');
    record("new file", {"", "a\nb\n"}, 2, 0);
    record("new file, no newline at its end", {"", "a\nb"}, 2, 0);
    record("deleted file", {"a\nb\n", ""}, 0, 2);
    record("one blank line", {"", "\n"}, 1, 0);
    record("newline added at the end", {"a\nb", "a\nb\n"}, 1, 1);
    record("newline removed at the end", {"a\nb\n", "a\nb"}, 1, 1);
    record("line added after one without newline", {"a\nb", "a\nb\nc"}, 2, 1);
    record("both without newline", {"a\nb\nz", "a\nc\nz"}, 1, 1);
    record("end of a line shared", {"xa\n", "ya\n"}, 1, 1);
    record("beginning of a line shared", {"ax\n", "ay\n"}, 1, 1);
    record("end of the last line shared, no newline", {"b\nxa", "b\nya"}, 1, 1);
    record("line is the end of another", {"p\na\n", "p\nxa\n"}, 1, 1);
    record("prefix", {"a\nb\nc\n", "a\n"}, 0, 2);
    record("suffix", {"c\n", "a\nb\nc\n"}, 2, 0);
    record("shared ends would overlap", {"a\na\na\n", "a\na\n"}, 0, 1);
    record("shared ends would overlap, in the middle", {"a\nb\na\n", "a\nb\na\nb\na\n"}, 2, 0);
    record("carriage returns", {"a\r\nb\r\n", "a\nb\r\n"}, 1, 1);
    record("lone carriage return", {"a\rb\n", "a\rc\n"}, 1, 1);
    record("nothing in common", {"a\nb\nc\n", "d\ne\n"}, 2, 3);
    record("swapped", {"a\nb\n", "b\na\n"}, 1, 1);
    record("moved to the end", {"a\nb\nc\nd\n", "b\nc\nd\na\n"}, 1, 1);
    record("one line among many", {"b\n", "a\nb\nc\n"}, 2, 0);
    record("blank lines", {"\n\n\n", "\n\n\n\n\n"}, 2, 0);
    record("bytes over 127", {"\xc3\xa9\n\xff\n", "\xc3\xa8\n\xff\n"}, 1, 1);
    record("NUL", {"a\n", nul}, 0, 0, true);
    record("NUL in the old one", {nul + "\n", "a\n"}, 0, 0, true);
    record("NUL as the 8000th byte", {"a\n", repeated("a", 7999) + nul}, 0, 0, true);
    record("NUL after 8000 bytes", {"a\n", repeated("a", 8000) + nul}, 1, 1);
    record("NULs in two lines, after 8000 bytes",
           {repeated("a\n", 4000) + nul + "a\n", repeated("a\n", 4000) + nul + "b\n"}, 1, 1);
    record("long lines",
           {repeated("x", 5000) + "y\n" + repeated("z", 300) + "\n",
            repeated("x", 5000) + "z\n" + repeated("z", 300) + "\n"},
           1, 1);
    record("edited a little", edited(1, 300, 200, 60, 3), 6, 3);
    record("edited much", edited(2, 300, 40, 4, 5), 159, 71);
    record("edited: few different lines", edited(3, 500, 3, 6, 4), 125, 61);
    record("noise", with_noise(20, 4, 4), 9, 3);
    record("noise: just enough lines alone", with_noise(20, 3, 4), 8, 3);
    record("noise: too few lines alone", with_noise(20, 3, 3), 6, 2);
    record("noise: none below", with_noise(20, 9, 0), 9, 2);
    record("noise: none above", with_noise(20, 0, 9), 9, 2);
    record("noise: just frequent enough", with_noise(7, 8, 8), 17, 3);
    record("noise: not frequent", with_noise(6, 8, 8), 16, 2);
    record("noise: frequent in a longer text", with_noise(31, 9, 200), 210, 3);
    record("noise: lines alone out of sight", with_noise(40, 150, 1), 152, 3);
    record("noise: the last line in sight decides", with_noise(40, 150, 3, 33), 154, 3);
    record("noise: the last line in sight below decides", with_noise(40, 3, 150, 33), 154, 3);
    record("shuffled", shuffled(4, 40, 10), 272, 272);
    record("shuffled: small blocks", shuffled(5, 300, 3), 822, 822);
    record("shuffled: patience ends", shuffled(6, 300, 10), 2306, 2306);
    record("unrelated", unrelated(7, 300, 100), 251, 251);
    record("unrelated: patience ends", unrelated(8, 2000, 400), 1838, 1838);
    record("unrelated: patience ends, many lines alone", unrelated(9, 3000, 6000), 2934, 2934);
    record("unrelated: ends again and again", unrelated(10, 6000, 1000), 5714, 5714);
    record("unrelated: two different lines", unrelated(11, 1500, 2), 286, 286);
    record("edited: patience ends", edited(12, 4000, 300, 6, 2), 970, 762);
    record("edited: a long match is promising", edited(13, 40000, 30000, 40, 2), 1604, 1288);
    record("edited: a long match from the end", edited(14, 45000, 5000, 50, 2), 1492, 1186);
    record("edited: no match is long enough", edited(15, 40000, 20000, 12, 2), 5153, 4156);
    record("shuffled: long matches", shuffled(16, 500, 80), 31616, 31616);
    return cases;
}

}  // namespace forgehouse::git::testing
