// SSH public keys as people paste them: the line of an `id_….pub`, or of authorized_keys without
// its options. What the line says and what its bytes say have to be the same, so that the key that
// is shown is the key that lets somebody in.
//
// Pure functions. Threads: from any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace forgehouse::forge {

struct SshPublicKey {
    std::string type;          ///< `ssh-ed25519`
    std::string blob;          ///< the bytes of the wire (RFC 4253, 6.6)
    std::string comment;       ///< what stood behind the key; UTF-8 without control characters
    unsigned bits = 0;         ///< of its strength's usual name: 256, 384, 521, RSA's modulus
    bool in_hardware = false;  ///< a security key (`sk-`), which wants to be touched

    /// `TYPE BASE64 COMMENT`, for authorized_keys and for showing: one spelling for a key.
    std::string line() const;
    /// `SHA256:` and base64 without padding, as ssh shows it.
    std::string fingerprint() const;
};

/// Takes ssh-ed25519, ecdsa-sha2-nistp256, -384 and -521, ssh-rsa of 2,048 to 16,384 bits, and the
/// sk- forms of the first two. Errors: Invalid, saying what to do: for DSA, short RSA, private
/// keys, certificates, other forms of file, options, and bytes that are not what the line says. The
/// text is not in them: it may be a private key.
Result<SshPublicKey> parse_ssh_public_key(std::string_view line);

}  // namespace forgehouse::forge
