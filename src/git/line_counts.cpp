#include "git/line_counts.h"

#include <optional>

#include "git/edit_search.h"
#include "git/file_content.h"
#include "git/line_bytes.h"
#include "git/line_matching.h"

namespace forgehouse::git {
namespace {

/// Of how many lines memory is kept for the next call: about 50 bytes for each.
constexpr std::size_t kKeptLines = std::size_t{1} << 18;

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
    LineCounts counts(std::size_t kept) const noexcept;

    LineMatching lines_;
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
    lines_.split(texts);
    // One line against one line: they differ, or they would be shared.
    if (lines_.before().size() == 1 && lines_.after().size() == 1) return counts(0);
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
    lines_.match();
    const auto &before = lines_.before(), &after = lines_.after();
    if (before.searched.empty() || after.searched.empty()) return counts(0);
    const auto all = before.size() + after.size();
    const auto unmatched = all - before.searched.size() - after.searched.size();
    if (unmatched > EditSearch::kEverExact) return std::nullopt;
    const auto cost =
        search_.least_cost(before.searched, after.searched, EditSearch::kEverExact - unmatched);
    if (!cost) return std::nullopt;
    const auto kept = (before.searched.size() + after.searched.size() - *cost) / 2;

    const bool fewer_before = lines_.drop_what_may_be_noise(0);
    const bool fewer_after = lines_.drop_what_may_be_noise(1);
    if (!fewer_before && !fewer_after) return counts(kept);
    const auto searched = before.searched.size() + after.searched.size();
    if (searched < 2 * kept ||
        !search_.least_cost(before.searched, after.searched, searched - 2 * kept))
        return std::nullopt;
    return counts(kept);
}

/// The counts as git finds them, step by step.
LineCounts LineCounter::Comparison::compare_wholly() {
    lines_.choose_as_git();
    const auto &before = lines_.before(), &after = lines_.after();
    const auto cost = search_.cost(before.searched, after.searched);
    return counts((before.searched.size() + after.searched.size() - cost) / 2);
}

LineCounts LineCounter::Comparison::counts(std::size_t kept) const noexcept {
    return {.added = lines_.after().size() - kept, .removed = lines_.before().size() - kept};
}

void LineCounter::Comparison::release_large() {
    if (lines_.before().size() + lines_.after().size() <= kKeptLines) return;
    *this = Comparison();
}

}  // namespace forgehouse::git
