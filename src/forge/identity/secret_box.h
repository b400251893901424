// SecretBox: secrets at rest, for what we must be able to read again (variables of pipelines,
// passwords of mirrors, keys that sign). XChaCha20-Poly1305 of libsodium, with keys that lie in a
// file of their own (secret_key_file.h): a copy of the database alone tells nothing.
//
// A sealed text is `fhs1:KEY:BASE64`, BASE64 being the nonce and what the cipher made. It is bound
// to the place it was sealed for, so a value moved to another row does not open. Its length tells
// that of the value.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret.h"

namespace forgehouse::forge {

/// Where a sealed text is kept. What names the row must never change, and never name another one.
struct SecretPlace {
    std::string_view table, column, row;
};

/// Threads: from any thread; nothing changes once it is made.
class SecretBox {
public:
    static constexpr std::size_t kNonce = 24;
    /// Of a new key: its id and itself.
    static constexpr std::size_t kKeyRandomness = 37;

    /// Reads lines `ID BASE64`, the newest key first; `#` begins a comment. ID: letters, digits,
    /// `-` and `_`, 32 at most; the key 32 bytes. Errors: Invalid with field `line`; never a key.
    static Result<SecretBox> parse(std::string_view file);
    /// A line for that file, with its line feed.
    static Secret new_key(std::span<const std::uint8_t, kKeyRandomness> random);

    /// With the newest key. `nonce` is random, and used once.
    std::string seal(const Secret& value, const SecretPlace& place,
                     std::span<const std::uint8_t, kNonce> nonce) const;

    /// Errors: Corrupt for a text that is none, was altered, or was sealed for another place;
    /// NotFound where it was sealed by a key that is not here (field `key`).
    Result<Secret> open(std::string_view sealed, const SecretPlace& place) const;

    /// The same value under the newest key; nullopt where it is already. Errors: those of open().
    Result<std::optional<std::string>> reseal(std::string_view sealed, const SecretPlace& place,
                                              std::span<const std::uint8_t, kNonce> nonce) const;

    /// The id of the newest key.
    std::string_view newest() const noexcept { return keys_.front().id; }

private:
    struct Key {
        std::string id;
        Secret bytes;
    };
    explicit SecretBox(std::vector<Key> keys) : keys_(std::move(keys)) {}

    std::vector<Key> keys_;  ///< at least one
};

}  // namespace forgehouse::forge
