// JWTs (RFC 7519) that are signed by a key of signing.h: ours, and those of others that we trust by
// their published keys (RFC 7517). After RFC 8725: the key decides about the algorithm and not the
// text, every claim that is checked has to be there, and whatever is not understood is refused.
//
// Pure functions; time is handed in. Threads: from any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "base/signing.h"
#include "base/time.h"

namespace forgehouse::forge {

struct PublishedKey {
    std::string id;  ///< "" where it has none
    signing::PublicKey key;
};

/// The keys of somebody, as a document of RFC 7517.
class KeySet {
public:
    explicit KeySet(std::vector<PublishedKey> keys) : keys_(std::move(keys)) {}

    /// Keys that we cannot use, or that are not for signatures, are left out and counted. Errors:
    /// Corrupt for what is no such document, is longer than 256 KiB or has more than 64 keys.
    static Result<KeySet> parse(std::string_view text);
    std::string print() const;

    std::span<const PublishedKey> keys() const noexcept { return keys_; }
    std::size_t left_out() const noexcept { return left_out_; }

private:
    std::vector<PublishedKey> keys_;
    std::size_t left_out_ = 0;
};

/// A token with these claims, which are a JSON object. Errors: those of signing.
Result<std::string> sign_jwt(const signing::PrivateKey& key, std::string_view key_id,
                             std::string_view claims);

/// What a token has to say to be taken. Views; valid during the call.
struct JwtDemands {
    std::string_view issuer;    ///< exactly
    std::string_view audience;  ///< one of them, exactly
    Time now;
    std::chrono::seconds leeway{60};  ///< for clocks that are not ours
    std::optional<std::string_view> nonce{};
};

/// A token whose signature and claims were found good.
class VerifiedJwt {
public:
    const std::string& subject() const noexcept { return subject_; }
    Time expires() const noexcept { return expires_; }
    /// All claims: an object. Valid as long as this.
    json::Value claims() const noexcept { return claims_.root(); }

private:
    friend Result<VerifiedJwt> verify_jwt(std::string_view, const KeySet&, const JwtDemands&);
    VerifiedJwt(json::Document claims, std::string subject, Time expires)
        : claims_(std::move(claims)), subject_(std::move(subject)), expires_(expires) {}
    json::Document claims_;
    std::string subject_;
    Time expires_;
};

/// `iss`, `aud`, `sub` and `exp` have to be there; `nbf`, `iat` and `azp` hold where they are.
/// Errors: Invalid for what is no such token, is longer than 16 KiB, has a name twice, or an
/// algorithm that we do not take; NotFound where no key of the set has its id and algorithm (the
/// set may be old: fetch it again, but not for each such token); Denied where its signature or a
/// claim is wrong (field `claim`). No part of the token is in them.
Result<VerifiedJwt> verify_jwt(std::string_view token, const KeySet& keys,
                               const JwtDemands& demands);

}  // namespace forgehouse::forge
