#include "git/change_runs.h"

#include <algorithm>
#include <optional>

namespace forgehouse::git {
namespace {

// What git's heuristic goes by (2.39; unchanged since 2016). Penalties are found by trial; only how
// they compare has a meaning.
constexpr int kMostIndent = 200;
constexpr int kMostBlanks = 20;
constexpr std::uint32_t kMostMoved = 100;
constexpr int kStartOfText = 1;
constexpr int kEndOfText = 21;
constexpr int kBlankLine = -30;
constexpr int kBlankLineBehind = 6;
constexpr int kIndented = -4, kIndentedAfterBlank = 10;
constexpr int kOutdented = 24, kOutdentedAfterBlank = 17;  // less than both neighbours
constexpr int kDedented = 23, kDedentedAfterBlank = 17;    // less than the line before
constexpr int kMoreIndent = 60;

constexpr int kBlank = -1;  // the indentation of a line of white space, or of none

/// Columns of white space, tabs to the next eighth.
int indent_of(std::string_view line) noexcept {
    int columns = 0;
    for (const char c : line) {
        if (c == ' ')
            ++columns;
        else if (c == '\t')
            columns += 8 - columns % 8;
        else if (c != '\n' && c != '\r')
            return columns;
        if (columns >= kMostIndent) return kMostIndent;
    }
    return kBlank;
}

/// How well a text is cut before a line; less is better.
struct Badness {
    int indent = 0;
    int penalty = 0;

    bool is_at_most(const Badness& other) const noexcept {
        const int longer = (indent > other.indent) - (indent < other.indent);
        return kMoreIndent * longer + penalty - other.penalty <= 0;
    }
};

/// The first line that is not blank, going from `line` in steps, and how many blank ones it passed.
struct Surroundings {
    int indent = kBlank;
    int blanks = 0;
};
Surroundings look(const IndexedText& text, std::int64_t line, int step) noexcept {
    Surroundings found;
    for (; line >= 0 && line < static_cast<std::int64_t>(text.size()); line += step) {
        found.indent = indent_of(text[static_cast<std::size_t>(line)]);
        if (found.indent != kBlank) break;
        if (++found.blanks == kMostBlanks) {
            found.indent = 0;
            break;
        }
    }
    return found;
}

void add_cut(Badness& badness, const IndexedText& text, std::size_t line) noexcept {
    const bool at_end = line >= text.size();
    const int own = at_end ? kBlank : indent_of(text[line]);
    const auto above = look(text, static_cast<std::int64_t>(line) - 1, -1);
    const auto below = look(text, static_cast<std::int64_t>(line) + 1, 1);
    if (above.indent == kBlank && above.blanks == 0) badness.penalty += kStartOfText;
    if (at_end) badness.penalty += kEndOfText;
    const int blanks_behind = own == kBlank ? 1 + below.blanks : 0;
    const int blanks = above.blanks + blanks_behind;
    badness.penalty += kBlankLine * blanks + kBlankLineBehind * blanks_behind;
    const int indent = own != kBlank ? own : below.indent;
    badness.indent += indent;
    if (indent == kBlank || above.indent == kBlank || indent == above.indent) return;
    const bool after_blank = blanks != 0;
    if (indent > above.indent)
        badness.penalty += after_blank ? kIndentedAfterBlank : kIndented;
    else if (below.indent != kBlank && below.indent > indent)
        badness.penalty += after_blank ? kOutdentedAfterBlank : kOutdented;
    else
        badness.penalty += after_blank ? kDedentedAfterBlank : kDedented;
}

/// Settles one run after the other, in order.
class Settling {
public:
    Settling(std::vector<ChangeRun>& runs, const IndexedText& text,
             std::span<const ChangeRun> others)
        : runs_(runs), text_(text), others_(others) {}

    void settle_all() {
        while (next_ < runs_.size()) {
            run_ = runs_[next_++];
            settle();
            runs_[settled_++] = run_;
        }
        runs_.resize(settled_);
    }

private:
    void settle() {
        std::uint32_t size, earliest_end;
        std::optional<std::uint32_t> lined_up_end;  // the last place where the other text changes
        do {
            size = run_.size();
            lined_up_end.reset();
            while (move_up()) {
            }
            earliest_end = run_.end;
            if (other_changes()) lined_up_end = run_.end;
            while (move_down())
                if (other_changes()) lined_up_end = run_.end;
        } while (size != run_.size());
        if (run_.end == earliest_end) return;
        const auto end = lined_up_end ? *lined_up_end : best_end(earliest_end);
        while (run_.end > end && move_up()) {
        }
    }

    bool move_up() {
        if (run_.begin == 0 || !same_bytes(text_[run_.begin - 1], text_[run_.end - 1]))
            return false;
        --run_.begin;
        --run_.end;
        --run_.unchanged;
        if (settled_ > 0 && runs_[settled_ - 1].end == run_.begin)
            run_.begin = runs_[--settled_].begin;
        return true;
    }
    bool move_down() {
        if (run_.end == text_.size() || !same_bytes(text_[run_.begin], text_[run_.end]))
            return false;
        ++run_.begin;
        ++run_.end;
        ++run_.unchanged;
        if (next_ < runs_.size() && runs_[next_].begin == run_.end) run_.end = runs_[next_++].end;
        return true;
    }

    /// Whether the other text has changed lines where the run is now.
    bool other_changes() {
        while (other_ > 0 && others_[other_ - 1].unchanged >= run_.unchanged) --other_;
        while (other_ < others_.size() && others_[other_].unchanged < run_.unchanged) ++other_;
        return other_ < others_.size() && others_[other_].unchanged == run_.unchanged;
    }

    /// Of equally good ends the last.
    std::uint32_t best_end(std::uint32_t earliest) const {
        const auto size = run_.size();
        auto end = std::max(earliest, run_.begin > 0 ? run_.begin - 1 : 0);
        if (run_.end > kMostMoved) end = std::max(end, run_.end - kMostMoved);
        std::optional<Badness> least;
        auto best = end;
        for (; end <= run_.end; ++end) {
            Badness badness;
            add_cut(badness, text_, end);
            add_cut(badness, text_, end - size);
            if (least && !badness.is_at_most(*least)) continue;
            least = badness;
            best = end;
        }
        return best;
    }

    std::vector<ChangeRun>& runs_;  ///< those settled, a gap, and from next_ on those to come
    const IndexedText& text_;
    std::span<const ChangeRun> others_;
    std::size_t settled_ = 0;
    std::size_t next_ = 0;
    std::size_t other_ = 0;
    ChangeRun run_;
};

}  // namespace

void settle_runs(std::vector<ChangeRun>& runs, const IndexedText& text,
                 std::span<const ChangeRun> others) {
    Settling(runs, text, others).settle_all();
}

}  // namespace forgehouse::git
