#include "git/line_matching.h"

#include <algorithm>

#include "git/edit_search.h"

namespace forgehouse::git {

void LineMatching::split(const TrimmedTexts& texts) {
    texts_ = texts;
    shared_read_ = false;
    sides_[0].text_.set(texts.before);
    sides_[1].text_.set(texts.after);
    for (auto& middle : sides_) middle.lines.resize(middle.size());
}

void LineMatching::match() {
    const std::size_t listed = sides_[0].size() <= sides_[1].size() ? 0 : 1;
    table_.clear(sides_[listed].size());
    tallies_.assign(sides_[listed].size(), {});
    list(listed);
    look_up(1 - listed, sides_[listed]);
    choose_matched(0);
    choose_matched(1);
}

/// Numbers the lines of a side.
void LineMatching::list(std::size_t side) {
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
void LineMatching::look_up(std::size_t side, const Middle& listed) {
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
void LineMatching::list_unmatched() {
    for (auto& middle : sides_)
        for (std::size_t i = 0; i < middle.size(); ++i)
            if (middle.lines[i] == LineTable::kNone) middle.lines[i] = table_.add(middle.line(i));
    tallies_.resize(table_.size());
}

void LineMatching::choose_matched(std::size_t side) {
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
inline Standing LineMatching::standing(std::size_t side, Number line, std::size_t frequent,
                                       Question question) {
    if (line == LineTable::kNone) return Standing::Alone;
    const auto& tally = tallies_[line];
    const std::size_t there = tally.middle[1 - side];
    const auto least = question == Question::Is ? there + tally.shared : there;
    const auto most = question == Question::Is ? there + tally.shared
                                               : there + shared_.at_most(table_.line(line));
    if (least == 0) return Standing::Alone;
    return most < frequent ? Standing::Rare : Standing::Frequent;
}

void LineMatching::judge(std::size_t side, Question question) {
    auto& middle = sides_[side];
    read_shared();
    const auto frequent = std::min(rough_root(shared_.lines() + middle.size()), kMostForNoise);
    standings_.clear();
    for (const auto line : middle.lines)
        standings_.push_back(standing(side, line, frequent, question));
    is_noise_ = noise_.judge(standings_, question);
}

bool LineMatching::drop_what_may_be_noise(std::size_t side) {
    auto& middle = sides_[side];
    if (middle.size() - middle.searched.size() < NoiseLines::kLeastAlone) return false;
    judge(side, Question::MayBe);
    if (std::ranges::find(is_noise_, 1) == is_noise_.end()) return false;
    middle.searched.clear();
    for (std::size_t i = 0; i < is_noise_.size(); ++i)
        if (is_noise_[i] == 0 && standings_[i] != Standing::Alone)
            middle.searched.push_back(middle.lines[i]);
    return true;
}

void LineMatching::choose_as_git() {
    list_unmatched();
    count_shared();
    for (const std::size_t side : {0, 1}) {
        auto& middle = sides_[side];
        judge(side, Question::Is);
        middle.searched.clear();
        middle.places.clear();
        for (std::size_t i = 0; i < is_noise_.size(); ++i) {
            if (is_noise_[i] != 0 || standings_[i] == Standing::Alone) continue;
            middle.searched.push_back(middle.lines[i]);
            middle.places.push_back(static_cast<std::uint32_t>(i));
        }
    }
}

void LineMatching::count_shared() {
    for (const auto shared : {texts_.head, texts_.tail})
        for_each_line(shared, [&](std::size_t begin, std::size_t end) {
            const auto number = table_.find(shared.substr(begin, end - begin));
            if (number != LineTable::kNone) ++tallies_[number].shared;
        });
}

void LineMatching::read_shared() {
    if (shared_read_) return;
    shared_read_ = true;
    shared_.clear();
    shared_.add(texts_.head);
    shared_.add(texts_.tail);
}

}  // namespace forgehouse::git
