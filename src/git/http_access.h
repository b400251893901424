// HttpAccess: how git reaches and enters a server over HTTP besides a user and a password: fields
// of the request (tokens, gateways), proxy, certificates. All of it travels in a configuration that
// lies in anonymous memory: no argument, no environment and no file ever holds it.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "exec/descriptor.h"
#include "git/remote_url.h"

namespace forgehouse::git {

/// Where one is given nothing of the environment's proxies and authorities counts.
struct HttpAccess {
    bool is_given = false;  ///< although all else may be empty
    /// `Name: value`, sent with every request to the remote. Redirects are then not followed, so
    /// that no other server gets to see them.
    std::vector<Secret> fields;
    std::string proxy;  ///< `http://host:port`; empty: none
    std::string proxy_user;
    Secret proxy_password;
    std::string ca_file;             ///< PEM; empty: the system's authorities
    std::string client_certificate;  ///< PEM; may hold the key too
    std::string client_key;          ///< PEM, without a passphrase

    bool empty() const noexcept;
};

/// The text of a git configuration: `base`, and what `access` adds to it for this remote.
/// Errors: Invalid for a line break or another control character in what is given.
Result<Secret> configuration_with(std::string_view base, const RemoteUrl& url,
                                  const HttpAccess& access);

/// That text in anonymous memory, to be lent to git. Errors: also Unavailable without room for it.
Result<exec::Descriptor> lend_configuration(std::string_view base, const RemoteUrl& url,
                                            const HttpAccess& access);

}  // namespace forgehouse::git
