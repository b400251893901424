// What LineCounter is held against: the same algorithm of git's, step by step, without any
// shortcut. Slow: boxes that git solves exactly are filled in cell by cell.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "git/line_counts.h"

namespace forgehouse::git::testing {

using PlainLines = std::vector<std::string_view>;

inline PlainLines plain_lines(std::string_view text) {
    PlainLines lines;
    while (!text.empty()) {
        const auto end = text.find('\n');
        lines.push_back(text.substr(0, end == text.npos ? end : end + 1));
        text.remove_prefix(lines.back().size());
    }
    return lines;
}

inline PlainLines cut(const PlainLines& lines, std::size_t begin, std::size_t end) {
    return {lines.begin() + static_cast<std::ptrdiff_t>(begin),
            lines.begin() + static_cast<std::ptrdiff_t>(end)};
}

inline std::size_t plain_root(std::size_t n) {
    std::size_t root = 1;
    for (; n > 0; n /= 4) root *= 2;
    return root;
}

/// The lines of `own` between `begin` and `end` that git searches for, by how often they occur in
/// the whole of `other`.
inline PlainLines plain_searched(const PlainLines& own, std::size_t begin, std::size_t end,
                                 const PlainLines& other) {
    std::map<std::string_view, std::size_t> occurrences;
    for (const auto line : other) ++occurrences[line];
    const auto limit = std::min<std::size_t>(plain_root(own.size()), 1024);
    const auto times = [&](std::size_t i) { return occurrences[own[i]]; };
    const auto is_noise = [&](std::size_t line) {
        std::size_t alone[2] = {0, 0}, frequent = 2;
        for (const int side : {0, 1})
            for (std::size_t step = 1; step <= 100; ++step) {
                if (side == 0 ? line < begin + step : line + step >= end) break;
                const auto there = times(side == 0 ? line - step : line + step);
                if (there > 0 && there < limit) break;
                ++(there == 0 ? alone[side] : frequent);
            }
        return alone[0] > 0 && alone[1] > 0 && frequent * 3 < alone[0] + alone[1];
    };
    PlainLines searched;
    for (auto i = begin; i < end; ++i)
        if (times(i) > 0 && (times(i) < limit || !is_noise(i))) searched.push_back(own[i]);
    return searched;
}

/// How many lines two lists can keep at most.
inline std::size_t plain_most_kept(const PlainLines& before, const PlainLines& after) {
    std::vector<std::size_t> row(after.size() + 1, 0);
    for (const auto line : before) {
        std::size_t diagonal = 0;
        for (std::size_t i = 0; i < after.size(); ++i) {
            const auto above = row[i + 1];
            row[i + 1] = line == after[i] ? diagonal + 1 : std::max(row[i], above);
            diagonal = above;
        }
    }
    return row.back();
}

/// One front of the search; that from the end gets reversed lists.
struct PlainFront {
    PlainLines before, after;
    int order;  ///< 1: looks at high diagonals first
    std::map<int, int> reach{};
    int longest = 0;

    int before_end() const { return static_cast<int>(before.size()); }
    int after_end() const { return static_cast<int>(after.size()); }
    bool same(int x, int y) const {
        return before[static_cast<std::size_t>(x)] == after[static_cast<std::size_t>(y)];
    }

    void advance(int round) {
        std::map<int, int> next;
        longest = 0;
        for (int d = -round; d <= round; d += 2) {
            if (d < -after_end() || d > before_end()) continue;
            int x = 0;
            if (const auto left = reach.find(d - 1); left != reach.end()) x = left->second + 1;
            if (const auto down = reach.find(d + 1); down != reach.end())
                x = std::max(x, down->second);
            const int start = x;
            while (x < before_end() && x - d < after_end() && same(x, x - d)) ++x;
            longest = std::max(longest, x - start);
            next[d] = x;
        }
        reach = std::move(next);
    }
    bool meets(const PlainFront& other) const {
        return std::any_of(reach.begin(), reach.end(), [&](const auto& point) {
            const auto there = other.reach.find(before_end() - after_end() - point.first);
            return there != other.reach.end() && point.second + there->second >= before_end();
        });
    }

    /// The best point by `worth`, of equal ones that on the first diagonal; {-1, 0} if none is over
    /// 0.
    template <class Worth>
    std::pair<int, int> best(Worth&& worth) const {
        std::pair<int, int> found{-1, 0};
        int most = 0;
        const auto look = [&](int d, int x) {
            const auto [value, point] = worth(d, x);
            if (value > most) most = value, found = point;
        };
        if (order > 0)
            for (auto it = reach.rbegin(); it != reach.rend(); ++it) look(it->first, it->second);
        else
            for (const auto& [d, x] : reach) look(d, x);
        return found;
    }
    std::pair<int, int> promising(int round) const {
        return best([&](int d, int x) {
            const int y = x - d;
            bool good = x >= 20 && y >= 20 && x < before_end() && y < after_end() &&
                        x + y - std::abs(d) > 4 * round;
            for (int back = 1; good && back <= 20; ++back) good = same(x - back, y - back);
            return std::pair(good ? x + y - std::abs(d) : 0, std::pair(x, y));
        });
    }
    std::pair<int, int> furthest() const {
        return best([&](int d, int x) {
            x = std::min({x, before_end(), after_end() + d});
            return std::pair(x + x - d, std::pair(x, x - d));
        });
    }
};

/// How many lines git keeps of what it searches for.
inline std::size_t plain_kept(const PlainLines& before, const PlainLines& after, int patience) {
    const auto box_end = std::pair(before.size(), after.size());
    std::size_t head = 0, tail = 0;
    const auto limit = std::min(before.size(), after.size());
    while (head < limit && before[head] == after[head]) ++head;
    while (head + tail < limit &&
           before[box_end.first - tail - 1] == after[box_end.second - tail - 1])
        ++tail;
    PlainFront forward{.before = cut(before, head, box_end.first - tail),
                       .after = cut(after, head, box_end.second - tail),
                       .order = 1};
    if (forward.before.empty() || forward.after.empty()) return head + tail;
    PlainFront backward{.before = {forward.before.rbegin(), forward.before.rend()},
                        .after = {forward.after.rbegin(), forward.after.rend()},
                        .order = -1};
    forward.reach[1] = backward.reach[1] = 0;
    forward.advance(0);
    backward.advance(0);
    std::pair<int, int> at{-1, 0};
    const PlainFront* behind = &forward;
    for (int round = 1; at.first < 0; ++round) {
        forward.advance(round);
        const bool met = forward.meets(backward);
        backward.advance(round);
        if (met || backward.meets(forward)) {
            const auto cost = static_cast<std::size_t>(met ? 2 * round - 1 : 2 * round);
            return head + tail + (forward.before.size() + forward.after.size() - cost) / 2;
        }
        if (round > 256 && std::max(forward.longest, backward.longest) > 20) {
            at = forward.promising(round);
            behind = &forward;
            if (at.first < 0) at = backward.promising(round), behind = &backward;
        }
        if (at.first < 0 && round >= patience) {
            const auto there = forward.furthest(), here = backward.furthest();
            behind = there.first + there.second > here.first + here.second ? &forward : &backward;
            at = behind == &forward ? there : here;
        }
    }
    const auto x = static_cast<std::size_t>(at.first), y = static_cast<std::size_t>(at.second);
    // The rest is compared from its beginning, so a front from the end has to be turned around.
    auto rest_before = cut(behind->before, x, behind->before.size());
    auto rest_after = cut(behind->after, y, behind->after.size());
    if (behind == &backward) {
        std::ranges::reverse(rest_before);
        std::ranges::reverse(rest_after);
    }
    return head + tail + plain_most_kept(cut(behind->before, 0, x), cut(behind->after, 0, y)) +
           plain_kept(rest_before, rest_after, patience);
}

inline LineCounts plain_line_counts(std::string_view before_text, std::string_view after_text) {
    for (const auto text : {before_text, after_text})
        if (text.substr(0, 8000).find('\0') != text.npos) return {.is_binary = true};
    const auto before = plain_lines(before_text), after = plain_lines(after_text);
    std::size_t head = 0, tail = 0;
    const auto limit = std::min(before.size(), after.size());
    while (head < limit && before[head] == after[head]) ++head;
    while (head + tail < limit &&
           before[before.size() - tail - 1] == after[after.size() - tail - 1])
        ++tail;
    const auto own = plain_searched(before, head, before.size() - tail, after);
    const auto other = plain_searched(after, head, after.size() - tail, before);
    const auto patience = std::max<std::size_t>(plain_root(own.size() + other.size() + 3), 256);
    const auto kept = head + tail + plain_kept(own, other, static_cast<int>(patience));
    return {.added = after.size() - kept, .removed = before.size() - kept};
}

}  // namespace forgehouse::git::testing
