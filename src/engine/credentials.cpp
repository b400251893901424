#include "engine/credentials.h"

#include <algorithm>

#include "base/text.h"
#include "engine/exceptions.h"

namespace forgehouse::engine {
namespace {

SqlError mixed(std::string_view one, std::string_view other) {
    return exception(Code::AuthenticationFailed,
                     fmt::format("Invalid authentication: it is not allowed to use {} and {} "
                                 "simultaneously",
                                 one, other));
}

SqlResult<Credentials> of_basic(std::string_view header) {
    const auto blank = header.find(' ');
    const std::string scheme = text::lower_ascii(header.substr(0, blank));
    if (scheme != "basic" || blank == std::string_view::npos)
        return FailureOf(exception(Code::AuthenticationFailed,
                                   "Invalid authentication: this HTTP Authorization scheme is not "
                                   "supported, use Basic"));
    const auto plain = text::from_base64(text::trim(header.substr(blank + 1)));
    if (!plain)
        return FailureOf(exception(Code::AuthenticationFailed,
                                   "Invalid authentication: the Authorization header is broken"));
    const auto colon = plain->find(':');
    Credentials out{.user = plain->substr(0, colon)};
    if (colon != std::string::npos) out.password = Secret(plain->substr(colon + 1));
    if (out.user.empty()) out.user = "default";
    return out;
}

/// The first header among them that stands there more than once. Who reads the first one and who
/// reads the last, a proxy in front for one, would disagree on whose request it is.
std::optional<std::string_view> repeated(const net::HttpRequest& request) {
    for (const std::string_view name : {"authorization", "x-clickhouse-user", "x-clickhouse-key"})
        if (std::ranges::count_if(request.headers, [&](const auto& header) {
                return text::lower_ascii(header.first) == name;
            }) > 1)
            return name;
    return std::nullopt;
}

}  // namespace

SqlResult<Credentials> credentials_of(const Target& target, const net::HttpRequest& request) {
    if (const auto name = repeated(request))
        return FailureOf(
            exception(Code::BadArguments,
                      fmt::format("Invalid authentication: the header {} stands there more than "
                                  "once",
                                  *name)));
    const std::string_view user = request.header("x-clickhouse-user");
    const std::string_view key = request.header("x-clickhouse-key");
    const std::string_view authorization = request.header("authorization");
    const bool by_headers = !user.empty() || !key.empty();
    const bool by_http = !authorization.empty() && authorization != "never";
    bool by_url = false;
    Credentials of_url;
    for (const auto& [name, value] : target.parameters) {
        if (name != "user" && name != "password") continue;
        by_url = true;
        if (name == "password") of_url.password = Secret(value);
        if (name == "user" && !value.empty()) of_url.user = value;
    }
    constexpr std::string_view kHeaders = "X-ClickHouse HTTP headers";
    constexpr std::string_view kHttp = "Authorization HTTP header";
    constexpr std::string_view kUrl = "authentication via parameters";
    if (by_headers && by_http) return FailureOf(mixed(kHeaders, kHttp));
    if (by_headers && by_url) return FailureOf(mixed(kHeaders, kUrl));
    if (by_http && by_url) return FailureOf(mixed(kHttp, kUrl));
    if (by_http) return of_basic(authorization);
    if (!by_headers) return of_url;
    return Credentials{.user = user.empty() ? "default" : std::string(user),
                       .password = Secret(std::string(key))};
}

bool is_nobody(const Credentials& credentials) {
    const std::string_view password = credentials.password.reveal();
    return credentials.user == "default" && (password.empty() || password == "null");
}

}  // namespace forgehouse::engine
