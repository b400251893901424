#include "git/edit_search.h"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <utility>

namespace forgehouse::git {
namespace {

using Lines = EditSearch::Lines;

// What git's search goes by (2.39; unchanged since 2006).
constexpr std::int32_t kLongMatch = 20;      // equal lines in a row that promise a good place
constexpr std::size_t kPatientRounds = 256;  // before these no approximation
constexpr std::int64_t kWorthOfARound = 4;   // lines that a promising front has got on by a round
constexpr std::int32_t kUnreached = -1;

/// The i-th line, seen from the corner where the front started.
template <bool kForward>
std::uint32_t line(Lines lines, std::int32_t i) noexcept {
    return kForward ? lines[static_cast<std::size_t>(i)]
                    : lines[lines.size() - 1 - static_cast<std::size_t>(i)];
}

std::int32_t length(Lines lines) noexcept {
    return static_cast<std::int32_t>(lines.size());
}

/// Takes off what is equal at both ends: it costs nothing.
void shrink(Lines& before, Lines& after) noexcept {
    const auto shorter = std::min(before.size(), after.size());
    std::size_t same = 0;
    while (same < shorter && before[same] == after[same]) ++same;
    before = before.subspan(same);
    after = after.subspan(same);
    while (!before.empty() && !after.empty() && before.back() == after.back()) {
        before = before.first(before.size() - 1);
        after = after.first(after.size() - 1);
    }
}

/// Visits the diagonals of a round in git's order, which decides between equally good ones: from
/// the upper right of the whole box to the lower left, whichever corner the front looks from. True
/// when `visit` has said so, which ends it.
template <bool kForward, class Front, class Visit>
inline bool visit_diagonals(const Front& front, Visit&& visit) {
    if constexpr (kForward) {
        for (auto d = front.highest; d >= front.lowest; d -= 2)
            if (visit(d)) return true;
    } else {
        for (auto d = front.lowest; d <= front.highest; d += 2)
            if (visit(d)) return true;
    }
    return false;
}

}  // namespace

void EditSearch::open_fronts(const Box& box) {
    // Diagonals run from -after to +before, and each end has one more that is never reached.
    const auto diagonals = box.before.size() + box.after.size() + 3;
    if (reaches_.size() < 2 * diagonals) reaches_.resize(2 * diagonals);
    auto* const middle = reaches_.data() + box.after.size() + 1;
    forward_ = {.reach = middle, .lowest = 0, .highest = 0, .long_match = false};
    backward_ = {.reach = middle + diagonals, .lowest = 0, .highest = 0, .long_match = false};
    forward_.reach[0] = backward_.reach[0] = 0;
}

/// One more edit on every diagonal. True when the fronts meet, which only one of the two can find
/// in a round: the diagonals of the other are not those of its last round.
template <bool kForward>
bool EditSearch::advance(const Box& box, bool may_meet) noexcept {
    auto& front = kForward ? forward_ : backward_;
    const auto& other = kForward ? backward_ : forward_;
    const auto before = box.before, after = box.after;
    const auto before_end = length(before), after_end = length(after);
    auto* const reach = front.reach;
    // At the edge of the box the next diagonal is outside, so the outermost inner one is next.
    if (front.lowest > -after_end)
        reach[--front.lowest - 1] = kUnreached;
    else
        ++front.lowest;
    if (front.highest < before_end)
        reach[++front.highest + 1] = kUnreached;
    else
        --front.highest;
    front.long_match = false;
    return visit_diagonals<kForward>(front, [&](std::int32_t d) {
        const auto start = std::max(reach[d - 1] + 1, reach[d + 1]);
        auto at = start;
        while (at < before_end && at - d < after_end &&
               line<kForward>(before, at) == line<kForward>(after, at - d))
            ++at;
        front.long_match |= at - start > kLongMatch;
        reach[d] = at;
        const auto seen_from_there = before_end - after_end - d;
        if (!may_meet || other.lowest > seen_from_there || seen_from_there > other.highest ||
            other.reach[seen_from_there] < before_end - at)
            return false;
        met_ = {.at = {.before = at, .after = at - d}, .forward = kForward};
        return true;
    });
}

/// The cost, when the fronts meet in this round.
std::optional<std::size_t> EditSearch::round(const Box& box, std::size_t rounds) noexcept {
    // What a path costs is odd exactly when the lengths differ by an odd number.
    const bool odd = (box.before.size() + box.after.size()) % 2 != 0;
    if (advance<true>(box, odd)) return 2 * rounds - 1;
    if (advance<false>(box, !odd)) return 2 * rounds;
    return std::nullopt;
}

std::optional<std::size_t> EditSearch::solve(Box box, std::size_t limit) {
    shrink(box.before, box.after);
    const auto all = box.before.size() + box.after.size();
    if (box.before.empty() || box.after.empty())
        return all <= limit ? std::optional(all) : std::nullopt;
    open_fronts(box);
    for (std::size_t rounds = 1; 2 * rounds - 1 <= limit; ++rounds) {
        const auto cost = round(box, rounds);
        if (cost) return *cost <= limit ? cost : std::nullopt;
    }
    return std::nullopt;
}

std::optional<std::size_t> EditSearch::least_cost(Lines before, Lines after, std::size_t limit) {
    return solve({.before = before, .after = after}, limit);
}

namespace {

/// A point that has got far for its cost, stays near the middle, and ends a long run of equal
/// lines; of several the farthest, less its distance from the middle.
template <bool kForward, class Point, class Front>
std::optional<Point> promising(const Front& front, Lines before, Lines after, std::size_t rounds) {
    auto best = kWorthOfARound * static_cast<std::int64_t>(rounds);
    std::optional<Point> found;
    visit_diagonals<kForward>(front, [&](std::int32_t d) {
        const auto at = front.reach[d], there = at - d;
        const auto worth = std::int64_t{at} + there - std::abs(d);
        if (worth <= best || at < kLongMatch || there < kLongMatch || at >= length(before) ||
            there >= length(after))
            return false;
        for (std::int32_t back = 1; back <= kLongMatch; ++back)
            if (line<kForward>(before, at - back) != line<kForward>(after, there - back))
                return false;
        best = worth;
        found = Point{.before = at, .after = there};
        return false;
    });
    return found;
}

/// The point that has got farthest; those outside of the box count where they left it.
template <bool kForward, class Point, class Front>
Point furthest(const Front& front, Lines before, Lines after) {
    Point best{.before = kUnreached, .after = 0};
    visit_diagonals<kForward>(front, [&](std::int32_t d) {
        const auto at = std::min({front.reach[d], length(before), length(after) + d});
        if (best.before + best.after < at + at - d) best = {.before = at, .after = at - d};
        return false;
    });
    return best;
}

}  // namespace

/// Where to cut, if the search has lasted and there is a promising point, or patience is at its
/// end. At the end of a round that did not meet.
std::optional<EditSearch::Cut> EditSearch::settle(const Box& box, std::size_t rounds,
                                                  std::size_t patience) const noexcept {
    const auto before = box.before, after = box.after;
    if (rounds > kPatientRounds && (forward_.long_match || backward_.long_match)) {
        if (const auto at = promising<true, Point>(forward_, before, after, rounds))
            return Cut{.at = *at, .forward = true};
        if (const auto at = promising<false, Point>(backward_, before, after, rounds))
            return Cut{.at = *at, .forward = false};
    }
    if (rounds < patience) return std::nullopt;
    const auto there = furthest<true, Point>(forward_, before, after);
    const auto here = furthest<false, Point>(backward_, before, after);
    if (there.before + there.after > here.before + here.after)
        return Cut{.at = there, .forward = true};
    return Cut{.at = here, .forward = false};
}

namespace {

/// After how many rounds git gives up: by the whole, not by what is left after a cut.
std::size_t patience_for(Lines before, Lines after) noexcept {
    return std::max(rough_root(before.size() + after.size() + 3), kPatientRounds);
}

}  // namespace

std::size_t EditSearch::cost(Lines before, Lines after) {
    const auto patience = patience_for(before, after);
    constexpr auto kNoLimit = std::numeric_limits<std::size_t>::max() / 2;
    Box box{.before = before, .after = after};
    std::size_t total = 0;
    for (;;) {
        shrink(box.before, box.after);
        if (box.before.empty() || box.after.empty())
            return total + box.before.size() + box.after.size();
        open_fronts(box);
        std::optional<Cut> cut;
        for (std::size_t rounds = 1; !cut; ++rounds) {
            if (const auto met = round(box, rounds)) return total + *met;
            cut = settle(box, rounds, patience);
        }
        // What the front has passed is solved to the end; the search goes on in the rest. So every
        // cut leaves one open box, and no depth of recursion is needed.
        const auto removed = static_cast<std::size_t>(cut->at.before);
        const auto added = static_cast<std::size_t>(cut->at.after);
        if (cut->forward) {
            total += *solve({box.before.first(removed), box.after.first(added)}, kNoLimit);
            box = {box.before.subspan(removed), box.after.subspan(added)};
        } else {
            total += *solve({box.before.last(removed), box.after.last(added)}, kNoLimit);
            box = {box.before.first(box.before.size() - removed),
                   box.after.first(box.after.size() - added)};
        }
    }
}

void EditSearch::changed(Lines before, Lines after, std::span<std::uint8_t> removed,
                         std::span<std::uint8_t> added) {
    const auto patience = patience_for(before, after);
    parts_.assign(1, {.before_begin = 0,
                      .before_end = before.size(),
                      .after_begin = 0,
                      .after_end = after.size(),
                      .exactly = false});
    while (!parts_.empty()) {
        auto part = parts_.back();
        parts_.pop_back();
        const auto whole = before.subspan(part.before_begin, part.before_end - part.before_begin);
        Box box{.before = whole,
                .after = after.subspan(part.after_begin, part.after_end - part.after_begin)};
        shrink(box.before, box.after);
        part.before_begin += static_cast<std::size_t>(box.before.data() - whole.data());
        part.after_begin +=
            part.before_begin - static_cast<std::size_t>(whole.data() - before.data());
        if (box.before.empty() || box.after.empty()) {
            std::ranges::fill(removed.subspan(part.before_begin, box.before.size()), 1);
            std::ranges::fill(added.subspan(part.after_begin, box.after.size()), 1);
            continue;
        }
        part.before_end = part.before_begin + box.before.size();
        part.after_end = part.after_begin + box.after.size();
        divide(box, part, patience);
    }
}

/// Searches a part until it can be cut in two, and leaves both to be searched.
void EditSearch::divide(const Box& box, Part part, std::size_t patience) {
    open_fronts(box);
    std::optional<Cut> cut;
    bool has_met = false;
    for (std::size_t rounds = 1; !cut; ++rounds) {
        has_met = round(box, rounds).has_value();
        if (has_met)
            cut = met_;
        else if (!part.exactly)
            cut = settle(box, rounds, patience);
    }
    const auto from_corner_before = static_cast<std::size_t>(cut->at.before);
    const auto from_corner_after = static_cast<std::size_t>(cut->at.after);
    Part low = part, high = part;
    low.before_end = high.before_begin = cut->forward ? part.before_begin + from_corner_before
                                                      : part.before_end - from_corner_before;
    low.after_end = high.after_begin =
        cut->forward ? part.after_begin + from_corner_after : part.after_end - from_corner_after;
    low.exactly = has_met || cut->forward;
    high.exactly = has_met || !cut->forward;
    parts_.push_back(low);
    parts_.push_back(high);
}

}  // namespace forgehouse::git
