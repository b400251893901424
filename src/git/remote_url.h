// RemoteUrl: an address that git can fetch from, apart from the secret that people write into it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"

namespace forgehouse::git {

enum class Scheme : std::uint8_t { Https, Http, Ssh, Git, File };

struct RemoteUrl {
    Scheme scheme;
    std::string host;        ///< lower case, without brackets; empty for File
    std::uint16_t port = 0;  ///< 0: the scheme's own
    std::string path;        ///< with its leading slash, as written; scp-like ones may be relative
    /// What git is given and people are shown: no password, and a user only for SSH.
    std::string text;
};

/// What was written before the `@`.
struct Credentials {
    std::string user;
    Secret password;
    bool empty() const noexcept { return user.empty() && password.empty(); }
};

struct ParsedRemote {
    RemoteUrl url;
    Credentials credentials;
};

/// Whether text looks like an URL or `host:path` and not like a path of this machine.
bool looks_remote(std::string_view text) noexcept;

/// Reads https, http, ssh (also git+ssh, ssh+git), git and file URLs and the scp-like
/// `user@host:path`. Percent signs in user and password are decoded.
/// Errors: Invalid, naming the part that is wrong and never the password.
Result<ParsedRemote> parse_remote(std::string_view text);

}  // namespace forgehouse::git
