#include "engine/city_hash.h"

#include <bit>
#include <cstring>
#include <utility>

namespace forgehouse::engine {
namespace {

static_assert(std::endian::native == std::endian::little, "the hash reads little-endian numbers");

using Word = std::uint64_t;

constexpr Word k0 = 0xc3a5c85c97cb3127, k1 = 0xb492b66fbe98f273, k2 = 0x9ae16a3b2f90404f,
               k3 = 0xc949d7c7509e6557;

Word word_at(const char* at) {
    Word word = 0;
    std::memcpy(&word, at, sizeof word);
    return word;
}

Word half_at(const char* at) {
    std::uint32_t half = 0;
    std::memcpy(&half, at, sizeof half);
    return half;
}

Word mixed(Word word) {
    return word ^ (word >> 47);
}

Word joined(Word low, Word high) {
    constexpr Word kMultiplier = 0x9ddfea08eb382d69;
    const Word first = mixed((low ^ high) * kMultiplier);
    return mixed((high ^ first) * kMultiplier) * kMultiplier;
}

/// The 64-bit hash of at most 16 bytes.
Word short_hash(const char* at, std::size_t length) {
    if (length > 8) {
        const Word last = word_at(at + length - 8);
        return joined(word_at(at), std::rotr(last + length, static_cast<int>(length))) ^ last;
    }
    if (length >= 4) return joined(length + (half_at(at) << 3), half_at(at + length - 4));
    if (length == 0) return k2;
    const auto byte = [&](std::size_t i) {
        return static_cast<std::uint32_t>(static_cast<unsigned char>(at[i]));
    };
    const std::uint32_t y = byte(0) + (byte(length >> 1) << 8);
    const auto z = static_cast<std::uint32_t>(length) + (byte(length - 1) << 2);
    return mixed((y * k2) ^ (z * k3)) * k2;
}

/// Stirs 32 bytes into two words.
Hash128 stirred(const char* at, Word a, Word b) {
    const Word last = word_at(at + 24);
    a += word_at(at);
    b = std::rotr(b + a + last, 21);
    const Word before = a;
    a += word_at(at + 8) + word_at(at + 16);
    return {.low = a + last, .high = b + std::rotr(a, 44) + before};
}

/// For less than 128 bytes.
Hash128 murmur(const char* at, std::size_t length, Hash128 seed) {
    Word a = seed.low, b = seed.high, c = 0, d = 0;
    if (length <= 16) {
        a = mixed(a * k1) * k1;
        c = b * k1 + short_hash(at, length);
        d = mixed(a + (length >= 8 ? word_at(at) : c));
    } else {
        c = joined(word_at(at + length - 8) + k1, a);
        d = joined(b + length, c + word_at(at + length - 16));
        a += d;
        for (std::size_t i = 0; i + 16 < length; i += 16) {
            a = (a ^ (mixed(word_at(at + i) * k1) * k1)) * k1;
            b ^= a;
            c = (c ^ (mixed(word_at(at + i + 8) * k1) * k1)) * k1;
            d ^= c;
        }
    }
    a = joined(a, c);
    b = joined(d, b);
    return {.low = a ^ b, .high = joined(b, a)};
}

struct State {
    Hash128 v, w;
    Word x, y, z;

    void take(const char* at) {
        x = std::rotr(x + y + v.low + word_at(at + 16), 37) * k1;
        y = std::rotr(y + v.high + word_at(at + 48), 42) * k1;
        x ^= w.high;
        y ^= v.low;
        z = std::rotr(z ^ w.low, 33);
        v = stirred(at, v.high * k1, x + w.low);
        w = stirred(at + 32, z + w.high, y);
        std::swap(z, x);
    }
    void take_from_end(const char* at) {
        y = std::rotr(y - x, 42) * k0 + v.high;
        w.low += word_at(at + 16);
        x = std::rotr(x, 49) * k0 + w.low;
        w.low += v.low;
        v = stirred(at, v.low, v.high);
    }
};

Hash128 seeded(const char* at, std::size_t length, Hash128 seed) {
    if (length < 128) return murmur(at, length, seed);
    State s{.v = {}, .w = {}, .x = seed.low, .y = seed.high, .z = length * k1};
    s.v.low = std::rotr(s.y ^ k1, 49) * k1 + word_at(at);
    s.v.high = std::rotr(s.v.low, 42) * k1 + word_at(at + 8);
    s.w.low = std::rotr(s.y + s.z, 35) * k1 + s.x;
    s.w.high = std::rotr(s.x + word_at(at + 88), 53) * k1;
    for (; length >= 128; at += 128, length -= 128) {
        s.take(at);
        s.take(at + 64);
    }
    s.y += std::rotr(s.w.low, 37) * k0 + s.z;
    s.x += std::rotr(s.v.low + s.z, 49) * k0;
    // From the end backwards, into bytes that were taken before where fewer are left.
    for (std::size_t done = 32; done < length + 32; done += 32) s.take_from_end(at + length - done);
    const Word x = joined(s.x, s.v.low), y = joined(s.y, s.w.low);
    return {.low = joined(x + s.v.high, s.w.high) + y, .high = joined(x + s.w.high, y + s.v.high)};
}

}  // namespace

Hash128 city_hash128(std::string_view bytes) noexcept {
    const char* at = bytes.data();
    const std::size_t length = bytes.size();
    if (length >= 16)
        return seeded(at + 16, length - 16, {.low = word_at(at) ^ k3, .high = word_at(at + 8)});
    if (length >= 8)
        return seeded(at, 0,
                      {.low = word_at(at) ^ (length * k0), .high = word_at(at + length - 8) ^ k1});
    return seeded(at, length, {.low = k0, .high = k1});
}

}  // namespace forgehouse::engine
