// Hashes of passwords: Argon2id in its usual text form, `$argon2id$v=19$m=…,t=…,p=…$SALT$HASH`, by
// the reference library. Threads: from any thread. A run takes tens of milliseconds and some
// megabytes of memory: callers see to it that few run at a time.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"

namespace forgehouse {

/// A password that is longer is refused unread: nobody types it.
inline constexpr std::size_t kMostPassword = 1024;

/// A new hash with a salt of its own: 19 MiB, two passes, one lane (OWASP's parameters).
/// Errors: Invalid for an empty or a too long password; Unavailable without randomness or memory.
Result<std::string> hash_password(const Secret& password);

/// Whether `encoded` can be such a hash and costs a run that we are willing to pay: at most 256
/// MiB, 16 passes, 8 lanes. Errors: Invalid; no part of the hash is in them.
Result<void> check_password_hash(std::string_view encoded);

/// Whether the password belongs to that hash. Blocks for the whole run.
bool password_matches(const std::string& encoded, const Secret& password);

}  // namespace forgehouse
