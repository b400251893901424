// Authorization: what a request shows for itself in its Authorization header. Whose it is, the
// forge finds out.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "base/secret.h"
#include "net/http_server.h"

namespace forgehouse::api {

struct Authorization {
    enum class Scheme : std::uint8_t { None, Basic, Bearer, Jwt };

    Scheme scheme = Scheme::None;
    std::string user{};  ///< of Basic
    Secret secret{};     ///< the password, or the token
};

/// Errors, which quote nothing of the header: Invalid where it stands there more than once, since a
/// proxy in front might read the other one; Denied for a scheme that is not known, and for what is
/// broken: no base64, no colon, a control character, over 16 KiB.
Result<Authorization> authorization_of(const net::HttpRequest& request);

}  // namespace forgehouse::api
