#include "forge/identity/base32.h"

namespace forgehouse::forge {
namespace {

constexpr std::string_view kDigits = "abcdefghijklmnopqrstuvwxyz234567";

int digit_of(char c) {
    if (c >= 'a' && c <= 'z') return c - 'a';
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= '2' && c <= '7') return c - '2' + 26;
    return -1;
}

}  // namespace

std::string to_base32(std::span<const std::uint8_t> bytes) {
    std::string out;
    out.reserve((bytes.size() * 8 + 4) / 5);
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (const std::uint8_t byte : bytes) {
        bits = (bits << 8 | byte) & 0xFFFFU;
        for (count += 8; count >= 5; count -= 5) out += kDigits[bits >> (count - 5) & 31];
    }
    if (count > 0) out += kDigits[bits << (5 - count) & 31];
    return out;
}

std::optional<std::string> from_base32(std::string_view text) {
    while (text.ends_with('=')) text.remove_suffix(1);
    std::string out;
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (const char c : text) {
        const int digit = digit_of(c);
        if (digit < 0) return std::nullopt;
        bits = (bits << 5 | static_cast<std::uint32_t>(digit)) & 0xFFFFU;
        count += 5;
        if (count < 8) continue;
        count -= 8;
        out += static_cast<char>(bits >> count & 0xFFU);
    }
    if (count >= 5 || (bits & ((1U << count) - 1)) != 0) return std::nullopt;
    return out;
}

}  // namespace forgehouse::forge
