#include "forge/identity/token.h"

#include <algorithm>
#include <array>

#include "base/digest.h"
#include "forge/identity/base32.h"

namespace forgehouse::forge {
namespace {

constexpr std::size_t kPrefix = 5, kChecksum = 8, kHint = 4;
constexpr std::array<std::string_view, kTokenKinds> kPrefixes{
    "fhap_", "fhat_", "fhrt_", "fhpt_", "fhwt_", "fhoa_", "fhor_", "fhoc_", "fhcs_", "fhse_"};
static_assert(kPrefix + kTokenRandomness * 8 / 5 + kChecksum == kTokenLength);

/// Over the prefix too: a token does not become another kind by another prefix.
std::string checksum(std::string_view text) {
    const auto digest = sha256(text);
    return to_base32(std::span<const std::uint8_t>(digest).first(kChecksum * 5 / 8));
}

}  // namespace

std::string_view prefix_of(TokenKind kind) noexcept {
    return kPrefixes[static_cast<std::size_t>(kind)];
}

Secret make_token(TokenKind kind, std::span<const std::uint8_t, kTokenRandomness> random) {
    std::string text(prefix_of(kind));
    text.reserve(kTokenLength);  // or what it grows out of would stay in memory
    text += to_base32(random);
    text += checksum(text);
    return Secret(std::move(text));
}

std::optional<TokenKind> parse_token(std::string_view text) {
    if (text.size() != kTokenLength) return std::nullopt;
    const auto prefix = std::ranges::find(kPrefixes, text.substr(0, kPrefix));
    if (prefix == kPrefixes.end()) return std::nullopt;
    const auto body = text.substr(0, kTokenLength - kChecksum);
    // The random part in lower case alone: no token has two spellings.
    const auto digit = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '2' && c <= '7'); };
    if (!std::ranges::all_of(body.substr(kPrefix), digit)) return std::nullopt;
    if (checksum(body) != text.substr(body.size())) return std::nullopt;
    return static_cast<TokenKind>(prefix - kPrefixes.begin());
}

std::string token_hash(std::string_view text) {
    return sha256_hex(text);
}

std::string token_hint(std::string_view text) {
    return std::string(text.substr(0, kPrefix + kHint));
}

}  // namespace forgehouse::forge
