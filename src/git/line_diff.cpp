#include "git/line_diff.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace forgehouse::git {
namespace {

/// Of how many lines memory is kept for the next call.
constexpr std::size_t kKeptLines = std::size_t{1} << 18;

}  // namespace

std::span<const LineChange> LineDiff::compare(std::string_view before, std::string_view after) {
    release_large();
    before_.set(before);
    after_.set(after);
    runs_before_.clear();
    runs_after_.clear();
    changes_.clear();
    const auto texts = trim_shared_lines(before, after);
    if (texts.before.empty() && texts.after.empty()) return changes_;
    find_runs(texts);
    settle_runs(runs_before_, before_, runs_after_);
    settle_runs(runs_after_, after_, runs_before_);
    pair_runs();
    return changes_;
}

void LineDiff::release_large() {
    if (before_.size() + after_.size() > kKeptLines) *this = LineDiff();
}

void LineDiff::find_runs(const TrimmedTexts& texts) {
    const auto head = static_cast<std::uint32_t>(count_lines(texts.head));
    const auto tail = static_cast<std::uint32_t>(count_lines(texts.tail));
    const auto before_end = static_cast<std::uint32_t>(before_.size()) - tail;
    const auto after_end = static_cast<std::uint32_t>(after_.size()) - tail;
    // Nothing to match: every line is changed, whatever git's search does. So are two lines that
    // differ.
    const bool is_plain = texts.before.empty() || texts.after.empty() ||
                          (before_end - head == 1 && after_end - head == 1);
    if (!is_plain) {
        lines_.split(texts);
        search(head);
        return;
    }
    if (before_end > head)
        runs_before_.push_back({.begin = head, .end = before_end, .unchanged = head});
    if (after_end > head)
        runs_after_.push_back({.begin = head, .end = after_end, .unchanged = head});
}

void LineDiff::search(std::size_t head) {
    lines_.match();
    const auto &before = lines_.before(), &after = lines_.after();
    // What git leaves out of its search stands among lines without counterpart.
    const bool all_matched =
        before.searched.size() == before.size() && after.searched.size() == after.size();
    if (!all_matched) lines_.choose_as_git();
    removed_.assign(before.searched.size(), 0);
    added_.assign(after.searched.size(), 0);
    search_.changed(before.searched, after.searched, removed_, added_);
    add_runs(before, head, removed_, runs_before_);
    add_runs(after, head, added_, runs_after_);
}

/// Turns what the search has marked into runs of lines of the whole text; what it has not seen is
/// changed.
void LineDiff::add_runs(const LineMatching::Middle& middle, std::size_t head,
                        const std::vector<std::uint8_t>& changed, std::vector<ChangeRun>& runs) {
    const bool all_searched = changed.size() == middle.size();
    std::size_t line = 0, unchanged = head;
    const auto add = [&](std::size_t end) {
        if (end > line)
            runs.push_back({.begin = static_cast<std::uint32_t>(head + line),
                            .end = static_cast<std::uint32_t>(head + end),
                            .unchanged = static_cast<std::uint32_t>(unchanged)});
    };
    for (std::size_t i = 0; i < changed.size(); ++i) {
        if (changed[i] != 0) continue;
        const auto at = all_searched ? i : middle.places[i];
        add(at);
        line = at + 1;
        ++unchanged;
    }
    add(middle.size());
}

/// Runs of the two texts with the same lines before them are one change.
void LineDiff::pair_runs() {
    std::uint32_t all_removed = 0, all_added = 0;
    auto removed = runs_before_.begin();
    auto added = runs_after_.begin();
    while (removed != runs_before_.end() || added != runs_after_.end()) {
        constexpr auto kNone = ~std::uint32_t{0};
        const auto removed_at = removed != runs_before_.end() ? removed->unchanged : kNone;
        const auto added_at = added != runs_after_.end() ? added->unchanged : kNone;
        const auto unchanged = std::min(removed_at, added_at);
        LineChange change{.before = unchanged + all_removed, .after = unchanged + all_added};
        if (removed_at == unchanged) change.removed = removed++->size();
        if (added_at == unchanged) change.added = added++->size();
        all_removed += change.removed;
        all_added += change.added;
        changes_.push_back(change);
    }
}

std::pair<std::string_view, std::string_view> without_common_blocks(
    std::string_view before, std::string_view after) noexcept {
    constexpr std::size_t kBlock = 1024;
    const auto shorter = std::min(before.size(), after.size());
    std::size_t cut = 0;
    while (cut + kBlock <= shorter &&
           std::memcmp(before.data() + before.size() - cut - kBlock,
                       after.data() + after.size() - cut - kBlock, kBlock) == 0)
        cut += kBlock;
    // The line that the first of the blocks begins within stays whole.
    const auto line_end = before.substr(before.size() - cut).find('\n');
    const auto kept = line_end == std::string_view::npos ? cut : line_end + 1;
    return {before.substr(0, before.size() - cut + kept),
            after.substr(0, after.size() - cut + kept)};
}

}  // namespace forgehouse::git
