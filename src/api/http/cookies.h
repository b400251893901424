// Cookies: those that a browser sends, and those that it is given.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"
#include "net/http_server.h"

namespace forgehouse::api {

/// The cookie of that name; nullopt where there is none. At most 8 KiB of cookies are read.
/// Errors: Invalid where it stands there more than once with different values: another host of the
/// same domain may have set one of them, and which is ours cannot be seen. Nothing is quoted.
Result<std::optional<Secret>> cookie(const net::HttpRequest& request, std::string_view name);

struct NewCookie {
    /// `__Host-…` has the browser hold to Secure, Path=/ and no domain.
    std::string_view name;
    std::string_view value;
    std::optional<std::chrono::seconds> lasts{};  ///< nullopt: until the browser closes; 0: no more
    std::string_view path = "/";
    bool secure = true;     ///< false only where the forge itself speaks HTTP without TLS
    bool http_only = true;  ///< false for what scripts of the page have to read
};

/// The value of a Set-Cookie header, SameSite=Lax.
/// Errors: Invalid for a name, a value or a path that a cookie cannot have.
Result<std::string> set_cookie(const NewCookie& cookie);

}  // namespace forgehouse::api
