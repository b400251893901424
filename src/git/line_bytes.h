// Reading text by its line ends, 64 bytes at a time. A line is what ends after a '\n', or the rest
// of the text where no '\n' follows.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace forgehouse::git {

/// Bit i is set where byte i of the 64 at `from` is a '\n'.
inline std::uint64_t newlines_of_64(const char* from) noexcept {
    std::uint64_t found = 0;
#ifdef __SSE2__
    const __m128i newline = _mm_set1_epi8('\n');
    for (int part = 0; part < 4; ++part) {
        __m128i bytes;
        std::memcpy(&bytes, from + part * 16, sizeof bytes);
        const auto equal = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, newline)));
        found |= std::uint64_t{equal} << (part * 16);
    }
#else
    for (unsigned i = 0; i < 64; ++i) found |= std::uint64_t{from[i] == '\n'} << i;
#endif
    return found;
}

/// Calls `take` with the mask of newlines and the offset of every 64 bytes; of the last ones, which
/// may be fewer, as if other bytes followed.
template <class Take>
void for_each_64(std::string_view text, Take&& take) {
    std::size_t at = 0;
    for (; at + 64 <= text.size(); at += 64) take(newlines_of_64(text.data() + at), at);
    if (at == text.size()) return;
    char rest[64] = {};
    std::memcpy(rest, text.data() + at, text.size() - at);
    take(newlines_of_64(rest), at);
}

/// Calls `take` with where each line begins and where the next one does.
template <class Take>
void for_each_line(std::string_view text, Take&& take) {
    std::size_t begin = 0;
    for_each_64(text, [&](std::uint64_t newlines, std::size_t at) {
        for (; newlines != 0; newlines &= newlines - 1) {
            const auto end = at + static_cast<std::size_t>(std::countr_zero(newlines)) + 1;
            take(begin, end);
            begin = end;
        }
    });
    if (begin < text.size()) take(begin, text.size());
}

inline std::size_t count_lines(std::string_view text) noexcept {
    std::size_t lines = 0;
    for_each_64(text, [&lines](std::uint64_t newlines, std::size_t) {
        lines += static_cast<std::size_t>(std::popcount(newlines));
    });
    return lines + (text.empty() || text.back() == '\n' ? 0 : 1);
}

/// Whether two lines are equal; for lines of common lengths faster than a call of memcmp.
inline bool same_bytes(std::string_view left, std::string_view right) noexcept {
    if (left.size() != right.size()) return false;
    const auto differ_at = [&](std::size_t at) {
        std::uint64_t a, b;
        std::memcpy(&a, left.data() + at, sizeof a);
        std::memcpy(&b, right.data() + at, sizeof b);
        return a != b;
    };
    const auto size = left.size();
    if (size < 8 || size > 256) return std::memcmp(left.data(), right.data(), size) == 0;
    for (std::size_t at = 0; at + 8 < size; at += 8)
        if (differ_at(at)) return false;
    return !differ_at(size - 8);
}

/// How many bytes the two have in common at their beginning.
std::size_t common_beginning(std::string_view left, std::string_view right) noexcept;
/// ... and at their end.
std::size_t common_end(std::string_view left, std::string_view right) noexcept;

/// Two texts without the whole lines that they share at both ends. Lines without a line end equal
/// only such lines, so `a` and `a\n` share nothing.
struct TrimmedTexts {
    std::string_view head, tail;  ///< what is shared
    std::string_view before, after;
};
TrimmedTexts trim_shared_lines(std::string_view before, std::string_view after) noexcept;

}  // namespace forgehouse::git
