// LineMatching: what stands between the shared ends of two texts as numbers, and which of its lines
// git searches for.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "git/indexed_text.h"
#include "git/line_bytes.h"
#include "git/line_table.h"
#include "git/noise_lines.h"
#include "git/rough_tally.h"

namespace forgehouse::git {

/// Threads: one at a time; memory is kept between texts.
class LineMatching {
public:
    using Number = LineTable::Number;

    /// One of the two texts, without the shared ends.
    class Middle {
    public:
        std::vector<Number> lines;     ///< kNone: not in the other middle
        std::vector<Number> searched;  ///< those that the search gets to see
        /// Where in `lines` they stand; filled by choose_as_git() alone.
        std::vector<std::uint32_t> places;

        std::size_t size() const noexcept { return text_.size(); }
        std::string_view line(std::size_t i) const noexcept { return text_[i]; }

    private:
        friend LineMatching;
        IndexedText text_;
    };

    /// Takes the texts, which live longer.
    void split(const TrimmedTexts& texts);
    /// Numbers the lines; searched are those that the other middle has too.
    void match();
    /// Searched are those that git searches for. After match().
    void choose_as_git();
    /// Leaves out of what is searched what git may leave out. False, and nothing has changed, where
    /// it leaves out nothing. After match(), in place of choose_as_git().
    bool drop_what_may_be_noise(std::size_t side);

    const Middle& before() const noexcept { return sides_[0]; }
    const Middle& after() const noexcept { return sides_[1]; }

private:
    using Question = NoiseLines::Question;

    /// How often a line occurs.
    struct Tally {
        std::array<std::uint32_t, 2> middle{};  ///< between the shared ends, by side
        std::uint32_t shared = 0;               ///< in the shared ends, once they are counted
        std::uint32_t at = 0;  ///< the last place in the middle whose lines are listed
    };

    void list(std::size_t side);
    void look_up(std::size_t side, const Middle& listed);
    void list_unmatched();
    void choose_matched(std::size_t side);
    void judge(std::size_t side, Question question);
    Standing standing(std::size_t side, Number line, std::size_t frequent, Question question);
    void count_shared();
    void read_shared();

    TrimmedTexts texts_;
    RoughTally shared_;  ///< the shared ends
    bool shared_read_ = false;
    std::array<Middle, 2> sides_;
    LineTable table_;
    std::vector<Tally> tallies_;
    std::vector<Standing> standings_;
    std::span<const std::uint8_t> is_noise_;  ///< of the lines judged last
    NoiseLines noise_;
};

}  // namespace forgehouse::git
