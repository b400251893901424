// One-time codes of RFC 6238, as every authenticator has them: SHA-1, six digits, steps of 30
// seconds; and recovery codes for who lost the authenticator.
//
// Pure functions: time and randomness are handed in. Threads: from any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/secret.h"
#include "base/time.h"

namespace forgehouse::forge {

inline constexpr std::size_t kTotpKey = 20;  ///< bytes

/// The code of a step, six digits: what the tests and a person's authenticator say.
std::string totp_code(std::string_view key, std::int64_t step);
/// The step that a time lies in.
std::int64_t totp_step(Time time);

/// The step that the code belongs to, which the caller keeps as `last_used` before it lets anybody
/// in; nullopt for a wrong one. Steps around `now` count by one each, for clocks that are not ours;
/// those up to `last_used` do not: a code that was looked at over a shoulder is used up. Blanks in
/// the code are left out, as people type them. Six digits are guessed soon: let few be tried.
std::optional<std::int64_t> check_totp(std::string_view key, std::string_view code, Time now,
                                       std::optional<std::int64_t> last_used);

/// `otpauth://totp/ISSUER:ACCOUNT?secret=…&issuer=…`, for the QR code. Names as UTF-8.
Secret totp_uri(std::string_view issuer, std::string_view account, std::string_view key);

/// What to type where no QR code can be read: base32 in groups of four.
Secret totp_key_text(std::string_view key);

inline constexpr std::size_t kRecoveryRandomness = 10;  ///< bytes
/// `abcd-efgh-ijkl-mnop`: 80 bits, so that its hash may be kept as that of a token is
/// (token_hash). Good once: the caller forgets its hash.
Secret make_recovery_code(std::span<const std::uint8_t, kRecoveryRandomness> random);
/// The code as it was made, from what somebody typed: case, blanks and hyphens do not matter.
/// nullopt where it cannot be one.
std::optional<Secret> read_recovery_code(std::string_view typed);

}  // namespace forgehouse::forge
