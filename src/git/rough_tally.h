// RoughTally: at most how often a line occurs in a text, at a fraction of what it takes to count.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "git/line_bytes.h"

namespace forgehouse::git {

/// Counts lines by their length, first and last bytes, in few places: lines that share a place are
/// counted together, so the answer may be too high and is never too low. Threads: one at a time.
class RoughTally {
public:
    void clear() noexcept {
        counts_.fill(0);
        lines_ = 0;
    }
    void add(std::string_view text) noexcept {
        for_each_line(text, [&](std::size_t begin, std::size_t end) {
            ++counts_[place(text.substr(begin, end - begin))];
            ++lines_;
        });
    }
    std::size_t at_most(std::string_view line) const noexcept { return counts_[place(line)]; }
    /// How many lines there are, which is exact.
    std::size_t lines() const noexcept { return lines_; }

private:
    static constexpr int kPlaceBits = 11;

    static std::size_t place(std::string_view line) noexcept {
        std::uint64_t first = 0, last = 0;
        const auto size = line.size();
        if (size >= sizeof first) {
            std::memcpy(&first, line.data(), sizeof first);
            std::memcpy(&last, line.data() + size - sizeof last, sizeof last);
        } else {
            for (const char byte : line) first = first << 8 | static_cast<unsigned char>(byte);
        }
        constexpr std::uint64_t kSpread[] = {0x9e3779b97f4a7c15, 0xc2b2ae3d27d4eb4f,
                                             0x165667b19e3779f9};  // odd, of many bits
        const auto sum = (first ^ first >> 31) * kSpread[0] + (last ^ last >> 29) * kSpread[1] +
                         size * kSpread[2];
        return sum >> (64 - kPlaceBits);
    }

    std::array<std::uint32_t, std::size_t{1} << kPlaceBits> counts_{};
    std::size_t lines_ = 0;
};

}  // namespace forgehouse::git
