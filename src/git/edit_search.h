// EditSearch: which lines, or only how few, turn one list of lines into another, as git finds it.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace forgehouse::git {

/// git's idea of a square root: 2 to the number of digits that `n` has in base 4.
constexpr std::size_t rough_root(std::size_t n) noexcept {
    return std::size_t{1} << (std::bit_width(n) + 1) / 2;
}

/// Searches by Myers' algorithm ("An O(ND) Difference Algorithm and its Variations") from both ends
/// until the searches meet. Lines are numbers (LineTable), at most 2^29 on either side. A cost is
/// the lines removed plus the lines added. Threads: one at a time; memory is kept between calls.
class EditSearch {
public:
    using Lines = std::span<const std::uint32_t>;

    /// The cost that git finds: the least one, unless the search is long enough for git to settle
    /// for less (over kEverExact). Time is at worst git's, which grows with the lines times the
    /// square root of lines, or times the cost of what git insists on solving exactly.
    std::size_t cost(Lines before, Lines after);

    /// The least cost if it is at most `limit`. Time: lines times limit at worst.
    std::optional<std::size_t> least_cost(Lines before, Lines after, std::size_t limit);

    /// Which lines git removes and adds: sets those of `removed` and `added`, which have the sizes
    /// of `before` and `after`, to 1, and leaves the others. Time as cost(), and at most twice it.
    void changed(Lines before, Lines after, std::span<std::uint8_t> removed,
                 std::span<std::uint8_t> added);

    /// Up to this cost git's search always ends before its approximations begin.
    static constexpr std::size_t kEverExact = 512;

private:
    /// One of the two searches. It looks at the lists from its own corner, so that the search from
    /// the end is the same as the one from the beginning, with lists that run backwards.
    struct Front {
        /// How far in `before` each diagonal (steps in `before` minus steps in `after`) has come.
        std::int32_t* reach;
        std::int32_t lowest, highest;  ///< the diagonals of this round: every second one
        bool long_match;               ///< this round met more equal lines in a row than kLongMatch
    };
    struct Box {
        Lines before, after;
    };
    struct Point {
        std::int32_t before, after;  ///< steps from the front's corner
    };
    /// Where a search is cut in two: the fronts have met, or it takes too long.
    struct Cut {
        Point at;
        bool forward;  ///< whose point it is; what lies behind that front is then solved exactly
    };
    /// What is left to be searched, by places in the lists.
    struct Part {
        std::size_t before_begin, before_end, after_begin, after_end;
        bool exactly;  ///< without approximations
    };

    void open_fronts(const Box& box);
    std::optional<std::size_t> round(const Box& box, std::size_t rounds) noexcept;
    template <bool kForward>
    bool advance(const Box& box, bool may_meet) noexcept;
    std::optional<std::size_t> solve(Box box, std::size_t limit);
    std::optional<Cut> settle(const Box& box, std::size_t rounds,
                              std::size_t patience) const noexcept;
    void divide(const Box& box, Part part, std::size_t patience);

    Front forward_{}, backward_{};
    Cut met_{};  ///< where the fronts have met
    std::vector<std::int32_t> reaches_;
    std::vector<Part> parts_;
};

}  // namespace forgehouse::git
