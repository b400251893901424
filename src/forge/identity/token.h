// Tokens: texts that prove something by themselves, `fhat_` and 48 characters of base32.
//
// The prefix says what it is, to people and to scanners that look for secrets in what is pushed
// (`fh[a-z]{2}_[a-z2-7]{48}`); of the characters 40 are 200 bits of randomness and 8 a checksum
// over all before. So a text that was mistyped, cut or made up is refused without asking the
// database. The checksum is no proof of anything: whoever reads this can compute it.
//
// Pure functions. Threads: from any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/secret.h"

namespace forgehouse::forge {

enum class TokenKind : std::uint8_t {
    AppPassword,       ///< fhap_
    ApiToken,          ///< fhat_
    RepositoryAccess,  ///< fhrt_
    ProjectAccess,     ///< fhpt_
    WorkspaceAccess,   ///< fhwt_
    OAuthAccess,       ///< fhoa_
    OAuthRefresh,      ///< fhor_
    OAuthCode,         ///< fhoc_
    ClientSecret,      ///< fhcs_
    Session,           ///< fhse_
};
inline constexpr std::size_t kTokenKinds = 10;
inline constexpr std::size_t kTokenRandomness = 25;  ///< bytes
inline constexpr std::size_t kTokenLength = 53;

/// `fhat_`.
std::string_view prefix_of(TokenKind kind) noexcept;

/// The text of a new token. `random` comes from a source that nobody can guess, and is used once.
Secret make_token(TokenKind kind, std::span<const std::uint8_t, kTokenRandomness> random);

/// What the text is; nullopt where it cannot be a token of ours. Costs a digest of 45 bytes.
std::optional<TokenKind> parse_token(std::string_view text);

/// What is kept and looked up instead of the token: 64 hex digits of SHA-256. No salt and no slow
/// hash as passwords have: those make guessing dear, and 200 random bits cannot be guessed at any
/// price; while each request with a token asks for this one. Looking it up tells nothing by its
/// time either: who can choose the text cannot choose its hash.
std::string token_hash(std::string_view text);

/// What lists show so that people tell theirs apart: `fhat_` and four characters. 20 of the 200
/// bits.
std::string token_hint(std::string_view text);

}  // namespace forgehouse::forge
