// LineTable: gives every different line a number, so that lines are compared as numbers.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace forgehouse::git {

/// Two lines have one number exactly when their bytes are equal: a hash only says where to look.
/// The hash is seeded by chance, so that nobody writes lines that all fall into one place.
/// Threads: one at a time.
class LineTable {
public:
    using Number = std::uint32_t;
    static constexpr Number kNone = ~Number{0};

    LineTable();

    /// Forgets all lines and makes room for `lines`; with more it grows. At most 2^30.
    void clear(std::size_t lines);
    /// The number of a line: those of before, or the next one. The bytes must stay until clear().
    Number add(std::string_view line);
    Number find(std::string_view line) const noexcept;
    std::string_view line(Number number) const noexcept { return lines_[number]; }
    /// How many different lines there are; their numbers are those below.
    std::size_t size() const noexcept { return lines_.size(); }

private:
    struct Slot {
        std::uint32_t hash;  ///< spares looking at the bytes of most other lines
        Number number;
    };

    static constexpr Slot kFree{.hash = 0, .number = kNone};

    std::uint32_t hash_of(std::string_view line) const noexcept;
    /// The slot that holds the line, or the free one where it belongs.
    std::size_t slot_of(std::string_view line, std::uint32_t hash) const noexcept;

    void grow();

    std::uint64_t seed_[3];
    std::size_t mask_ = 0;
    std::vector<Slot> slots_;
    std::vector<std::string_view> lines_;
};

}  // namespace forgehouse::git
