// Credentials: the name and the password that a request carries, in the three ways that ClickHouse
// takes them: Basic authentication, X-ClickHouse-User and X-ClickHouse-Key, `user` and `password`
// in the URL. Two ways at once are refused, as ClickHouse does.
#pragma once

#include <string>

#include "base/secret.h"
#include "engine/request.h"
#include "net/http_server.h"

namespace forgehouse::engine {

struct Credentials {
    std::string user = "default";
    Secret password{};
};

/// Errors: AuthenticationFailed for two ways at once, and for another scheme than Basic. They quote
/// nothing that might be a password.
SqlResult<Credentials> credentials_of(const Target& target, const net::HttpRequest& request);

/// Where there are no users: `default` without a password, which clients send unasked. The JDBC
/// driver spells none as `null`.
bool is_nobody(const Credentials& credentials);

}  // namespace forgehouse::engine
