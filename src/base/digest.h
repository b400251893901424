// Digests of bytes, over libcrypto.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace forgehouse {

/// Threads: from any thread.
std::array<std::uint8_t, 32> sha256(std::string_view bytes);
/// The same as 64 lower-case hex digits.
std::string sha256_hex(std::string_view bytes);

/// Whether both are the same, in a time that depends on their lengths alone: for what must not be
/// guessed byte by byte. Threads: from any thread.
bool same_bytes(std::string_view one, std::string_view other) noexcept;

/// The digest of bytes that come in parts. Threads: one at a time.
class Digest {
public:
    /// SHA-1 is for what git has named by it; it proves nothing to anybody.
    enum class Kind : std::uint8_t { Sha1, Sha256 };

    explicit Digest(Kind kind);

    void add(std::string_view bytes);
    /// Of all that was added since the last call: 20 or 32 bytes, valid until the next call.
    std::span<const std::uint8_t> finish();

private:
    struct Free {
        void operator()(evp_md_ctx_st* context) const noexcept;
    };

    Kind kind_;
    std::unique_ptr<evp_md_ctx_st, Free> context_;
    std::array<std::uint8_t, 32> digest_{};
};

/// The bytes of RFC 2104's code of `text`: 20 or 32. Threads: from any thread.
std::string hmac(Digest::Kind kind, std::string_view key, std::string_view text);

}  // namespace forgehouse
