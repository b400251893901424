#include "git/store/bloom_filter.h"

#include <algorithm>
#include <bit>
#include <cstddef>

namespace forgehouse::git {
namespace {

constexpr std::uint32_t kFirstSeed = 0x293a'e76f;
constexpr std::uint32_t kSecondSeed = 0x7e64'6e2c;

/// MurmurHash3, the one of 32 bits.
std::uint32_t murmur3(std::uint32_t seed, std::string_view bytes) noexcept {
    const auto at = [bytes](std::size_t i) {
        return std::uint32_t{static_cast<unsigned char>(bytes[i])};
    };
    const auto mixed = [](std::uint32_t word) {
        return std::rotl(word * 0xcc9e'2d51U, 15) * 0x1b87'3593U;
    };
    auto hash = seed;
    std::size_t i = 0;
    for (; i + 4 <= bytes.size(); i += 4) {
        const auto word = at(i) | at(i + 1) << 8 | at(i + 2) << 16 | at(i + 3) << 24;
        hash = std::rotl(hash ^ mixed(word), 13) * 5 + 0xe654'6b64U;
    }
    std::uint32_t rest = 0;
    for (auto left = bytes.size() - i; left > 0; --left)
        rest ^= at(i + left - 1) << (8 * (left - 1));
    hash ^= mixed(rest);
    hash ^= static_cast<std::uint32_t>(bytes.size());
    hash = (hash ^ hash >> 16) * 0x85eb'ca6bU;
    hash = (hash ^ hash >> 13) * 0xc2b2'ae35U;
    return hash ^ hash >> 16;
}

}  // namespace

BloomPath::BloomPath(std::string_view path) {
    is_plain_ = std::ranges::none_of(path, [](char c) { return static_cast<signed char>(c) < 0; });
    for (auto end = path.size(); end != std::string_view::npos && end > 0;
         end = path.rfind('/', end - 1)) {
        const auto part = path.substr(0, end);
        keys_.push_back({.first = murmur3(kFirstSeed, part), .second = murmur3(kSecondSeed, part)});
    }
}

bool BloomPath::may_be_in(const BloomFilter& filter) const noexcept {
    if (filter.version == 1 && !is_plain_) return true;
    const auto bits = std::uint64_t{filter.bits.size()} * 8;
    for (const auto& [first, second] : keys_)
        for (std::uint32_t i = 0; i < filter.hashes; ++i) {
            const auto bit = (first + i * second) % bits;
            if ((filter.bits[bit / 8] >> (bit % 8) & 1) == 0) return false;
        }
    return true;
}

}  // namespace forgehouse::git
