// Keys that sign, over libcrypto: RSA with SHA-256, ECDSA on P-256 with SHA-256, Ed25519, under the
// names that JOSE (RFC 7518, RFC 8037) has for them. A key has one algorithm for all its life: what
// is signed never says how it wants to be verified.
//
// Threads: all from any thread, and one key from many at once. What has to be random (new keys, and
// a number in each signature of ES256) comes from libcrypto, which has it from the kernel.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "base/secret.h"

struct evp_pkey_st;

namespace forgehouse::signing {

enum class Algorithm : std::uint8_t { Rs256, Es256, EdDsa };

/// `RS256`, `ES256`, `EdDSA`.
std::string_view name_of(Algorithm algorithm) noexcept;
/// nullopt for any other name: `none` and the algorithms with a shared key are none of ours.
std::optional<Algorithm> algorithm_named(std::string_view name) noexcept;

class PublicKey {
public:
    /// `-----BEGIN PUBLIC KEY-----`. Errors: Invalid for what is no key, or none of ours: RSA wants
    /// 2,048 to 8,192 bits and an odd exponent of at most 33 bits, a curve has to be P-256.
    static Result<PublicKey> from_pem(std::string_view pem);
    /// From an object of RFC 7517; members that it does not need are left out of account. Errors:
    /// Invalid, as above.
    static Result<PublicKey> from_jwk(const json::Value& object);

    Algorithm algorithm() const noexcept { return algorithm_; }
    /// Whether the text was signed by the private key. Any bytes may be given.
    bool verify(std::string_view text, std::string_view signature) const;

    std::string pem() const;
    /// An object of RFC 7517 with `kid`, `use` and `alg`.
    std::string jwk(std::string_view id) const;
    /// The key's name by RFC 7638: base64url of SHA-256 of its canonical JWK.
    std::string thumbprint() const;

private:
    friend class PrivateKey;
    using Handle = std::shared_ptr<evp_pkey_st>;
    PublicKey(Handle key, Algorithm algorithm) : key_(std::move(key)), algorithm_(algorithm) {}
    static Result<PublicKey> of(Handle key);
    std::string canonical_members() const;

    Handle key_;  // shared by copies of this object, never changed
    Algorithm algorithm_;
};

class PrivateKey {
public:
    /// RSA gets 2,048 bits, which takes a tenth of a second. Errors: Unavailable.
    static Result<PrivateKey> generate(Algorithm algorithm);
    /// `-----BEGIN PRIVATE KEY-----`, or the older forms; not encrypted. Errors: Invalid.
    static Result<PrivateKey> from_pem(const Secret& pem);

    Algorithm algorithm() const noexcept { return public_.algorithm(); }
    const PublicKey& public_key() const noexcept { return public_; }
    /// As JOSE wants it: of ES256 the two numbers, 32 bytes each. Errors: Unavailable.
    Result<std::string> sign(std::string_view text) const;
    /// PKCS #8, not encrypted: seal it.
    Secret pem() const;

private:
    explicit PrivateKey(PublicKey key) : public_(std::move(key)) {}
    PublicKey public_;  // its handle has the private part too
};

}  // namespace forgehouse::signing
