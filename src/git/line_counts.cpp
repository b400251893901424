#include "git/line_counts.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "git/edit_search.h"
#include "git/line_bytes.h"
#include "git/line_table.h"
#include "git/noise_lines.h"
#include "git/rough_tally.h"

namespace forgehouse::git {
namespace {

constexpr std::size_t kLookedAtForNul = 8000;
/// Of how many lines memory is kept for the next call: about 50 bytes for each.
constexpr std::size_t kKeptLines = std::size_t{1} << 18;

using Number = LineTable::Number;
using Noise = NoiseLines::Question;

bool is_binary(std::string_view text) noexcept {
    return text.substr(0, kLookedAtForNul).find('\0') != std::string_view::npos;
}

/// How often a line occurs.
struct Tally {
    std::array<std::uint32_t, 2> middle{};  ///< between the shared ends, by side
    std::uint32_t shared = 0;               ///< in the shared ends, once they are counted
    std::uint32_t at = 0;                   ///< the last place in the middle whose lines are listed
};

/// One of the two texts, without the shared ends.
class Middle {
public:
    std::vector<Number> lines;     ///< kNone: not in the other middle
    std::vector<Number> searched;  ///< those that the search gets to see

    void split(std::string_view middle) {
        text_ = middle;
        size_ = 0;
        for_each_line(text_, [this](std::size_t begin, std::size_t) {
            if (size_ + 1 >= begins_.size()) begins_.resize(begins_.size() * 2 + 64);
            begins_[size_++] = static_cast<std::uint32_t>(begin);
        });
        begins_[size_] = static_cast<std::uint32_t>(text_.size());
        lines.resize(size_);
    }
    std::size_t size() const noexcept { return size_; }
    std::string_view line(std::size_t i) const noexcept {
        return {text_.data() + begins_[i], begins_[i + 1] - begins_[i]};
    }

private:
    std::string_view text_;
    std::size_t size_ = 0;
    std::vector<std::uint32_t> begins_;  ///< of each line, and the end of the last
};

}  // namespace

class LineCounter::Comparison {
public:
    /// What is left when the shared ends are gone: both texts have lines.
    LineCounts compare(const TrimmedTexts& texts);
    /// Gives memory back that only large texts need.
    void release_large();

private:
    std::optional<LineCounts> compare_middles();
    LineCounts compare_wholly();
    void list(std::size_t side);
    void look_up(std::size_t side, const Middle& listed);
    void list_unmatched();
    void choose_matched(std::size_t side);
    bool drop_noise(std::size_t side, Noise question);
    Standing standing(std::size_t side, Number line, std::size_t frequent, Noise question);
    void count_shared();
    void read_shared();
    LineCounts counts(std::size_t kept) const noexcept;

    TrimmedTexts texts_;
    RoughTally shared_;  ///< the shared ends
    bool shared_read_ = false;
    std::array<Middle, 2> sides_;
    LineTable table_;
    std::vector<Tally> tallies_;
    std::vector<Standing> standings_;
    NoiseLines noise_;
    EditSearch search_;
};

LineCounter::LineCounter() : comparison_(std::make_unique<Comparison>()) {}
LineCounter::~LineCounter() = default;
LineCounter::LineCounter(LineCounter&&) noexcept = default;
LineCounter& LineCounter::operator=(LineCounter&&) noexcept = default;

LineCounts LineCounter::count(std::string_view before, std::string_view after) {
    if (is_binary(before) || is_binary(after)) return {.is_binary = true};
    const auto texts = trim_shared_lines(before, after);
    // Nothing to match: every line counts, whatever git's search does.
    if (texts.before.empty() || texts.after.empty())
        return {.added = count_lines(texts.after), .removed = count_lines(texts.before)};
    const auto counts = comparison_->compare(texts);
    comparison_->release_large();
    return counts;
}

LineCounts LineCounter::Comparison::compare(const TrimmedTexts& texts) {
    texts_ = texts;
    shared_read_ = false;
    sides_[0].split(texts.before);
    sides_[1].split(texts.after);
    // One line against one line: they differ, or they would be shared.
    if (sides_[0].size() == 1 && sides_[1].size() == 1) return counts(0);
    const auto found = compare_middles();
    return found ? *found : compare_wholly();
}

/// The counts, if they can be said without counting what lines the shared ends have: mostly.
///
/// git leaves lines out of its search for what the whole texts say of them. For those that have no
/// counterpart in the other middle that changes nothing. As to the others, the search keeps at most
/// what it keeps when it sees all of them, and at least what it keeps when it sees none of those
/// that git might leave out. Where both are the same, that is the answer.
///
/// All this is about the most lines that can be kept. git keeps as many if its search is exact, and
/// so it is if at most kEverExact of the lines that it sees are changed. There are no more of those
/// than of all lines that are changed when all are seen, which is what is held against kEverExact.
std::optional<LineCounts> LineCounter::Comparison::compare_middles() {
    const std::size_t listed = sides_[0].size() <= sides_[1].size() ? 0 : 1;
    table_.clear(sides_[listed].size());
    tallies_.assign(sides_[listed].size(), {});
    list(listed);
    look_up(1 - listed, sides_[listed]);
    choose_matched(0);
    choose_matched(1);
    auto& [before, after] = sides_;
    if (before.searched.empty() || after.searched.empty()) return counts(0);
    const auto all = before.size() + after.size();
    const auto unmatched = all - before.searched.size() - after.searched.size();
    if (unmatched > EditSearch::kEverExact) return std::nullopt;
    const auto cost =
        search_.least_cost(before.searched, after.searched, EditSearch::kEverExact - unmatched);
    if (!cost) return std::nullopt;
    const auto kept = (before.searched.size() + after.searched.size() - *cost) / 2;

    const bool fewer_before = drop_noise(0, Noise::MayBe);
    const bool fewer_after = drop_noise(1, Noise::MayBe);
    if (!fewer_before && !fewer_after) return counts(kept);
    const auto searched = before.searched.size() + after.searched.size();
    if (searched < 2 * kept ||
        !search_.least_cost(before.searched, after.searched, searched - 2 * kept))
        return std::nullopt;
    return counts(kept);
}

/// The counts as git finds them, step by step.
LineCounts LineCounter::Comparison::compare_wholly() {
    list_unmatched();
    count_shared();
    drop_noise(0, Noise::Is);
    drop_noise(1, Noise::Is);
    const auto& [before, after] = sides_;
    const auto cost = search_.cost(before.searched, after.searched);
    return counts((before.searched.size() + after.searched.size() - cost) / 2);
}

/// Numbers the lines of a side.
void LineCounter::Comparison::list(std::size_t side) {
    auto& middle = sides_[side];
    for (std::size_t i = 0; i < middle.size(); ++i) {
        const auto number = table_.add(middle.line(i));
        ++tallies_[number].middle[side];
        tallies_[number].at = static_cast<std::uint32_t>(i);
        middle.lines[i] = number;
    }
}

/// Finds the lines of a side among those of the other. Mostly a line follows the one that it
/// follows there, which is seen without looking it up.
void LineCounter::Comparison::look_up(std::size_t side, const Middle& listed) {
    auto& middle = sides_[side];
    std::size_t expected = 0;
    for (std::size_t i = 0; i < middle.size(); ++i) {
        const auto line = middle.line(i);
        auto& number = middle.lines[i];
        if (expected < listed.size() && same_bytes(line, listed.line(expected))) {
            number = listed.lines[expected++];
        } else {
            number = table_.find(line);
            if (number == LineTable::kNone) continue;
            // Where a line is that occurs often says little of where the next one is.
            if (tallies_[number].middle[1 - side] == 1) expected = tallies_[number].at + 1;
        }
        ++tallies_[number].middle[side];
    }
}

/// Numbers those lines too that were looked up in vain.
void LineCounter::Comparison::list_unmatched() {
    for (auto& middle : sides_)
        for (std::size_t i = 0; i < middle.size(); ++i)
            if (middle.lines[i] == LineTable::kNone) middle.lines[i] = table_.add(middle.line(i));
    tallies_.resize(table_.size());
}

void LineCounter::Comparison::choose_matched(std::size_t side) {
    auto& middle = sides_[side];
    middle.searched.clear();
    for (const auto line : middle.lines)
        if (line != LineTable::kNone && tallies_[line].middle[1 - side] != 0)
            middle.searched.push_back(line);
}

/// As long as it is a question of what may be, the shared ends are not counted. A line without
/// counterpart in the other middle is taken to have none at all, and one with a counterpart to be
/// every line of the ends. Either error makes more lines Alone or Frequent and none Rare, and so
/// can only make noise of what is none.
inline Standing LineCounter::Comparison::standing(std::size_t side, Number line,
                                                  std::size_t frequent, Noise question) {
    if (line == LineTable::kNone) return Standing::Alone;
    const auto& tally = tallies_[line];
    const std::size_t there = tally.middle[1 - side];
    const auto least = question == Noise::Is ? there + tally.shared : there;
    const auto most =
        question == Noise::Is ? there + tally.shared : there + shared_.at_most(table_.line(line));
    if (least == 0) return Standing::Alone;
    return most < frequent ? Standing::Rare : Standing::Frequent;
}

/// Chooses the lines that git searches for: of a side's lines those that neither stand alone nor
/// are noise. False if nothing may be noise: then what was chosen before stays.
bool LineCounter::Comparison::drop_noise(std::size_t side, Noise question) {
    auto& middle = sides_[side];
    if (question == Noise::MayBe &&
        middle.size() - middle.searched.size() < NoiseLines::kLeastAlone)
        return false;
    read_shared();
    const auto frequent = std::min(rough_root(shared_.lines() + middle.size()), kMostForNoise);
    standings_.clear();
    for (const auto line : middle.lines)
        standings_.push_back(standing(side, line, frequent, question));
    const auto is_noise = noise_.judge(standings_, question);
    if (question == Noise::MayBe && std::ranges::find(is_noise, 1) == is_noise.end()) return false;
    middle.searched.clear();
    for (std::size_t i = 0; i < is_noise.size(); ++i)
        if (is_noise[i] == 0 && standings_[i] != Standing::Alone)
            middle.searched.push_back(middle.lines[i]);
    return true;
}

void LineCounter::Comparison::count_shared() {
    for (const auto shared : {texts_.head, texts_.tail})
        for_each_line(shared, [&](std::size_t begin, std::size_t end) {
            const auto number = table_.find(shared.substr(begin, end - begin));
            if (number != LineTable::kNone) ++tallies_[number].shared;
        });
}

void LineCounter::Comparison::read_shared() {
    if (shared_read_) return;
    shared_read_ = true;
    shared_.clear();
    shared_.add(texts_.head);
    shared_.add(texts_.tail);
}

LineCounts LineCounter::Comparison::counts(std::size_t kept) const noexcept {
    return {.added = sides_[1].size() - kept, .removed = sides_[0].size() - kept};
}

void LineCounter::Comparison::release_large() {
    if (sides_[0].size() + sides_[1].size() <= kKeptLines) return;
    *this = Comparison();
}

}  // namespace forgehouse::git
