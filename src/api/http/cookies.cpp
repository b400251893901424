#include "api/http/cookies.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace forgehouse::api {
namespace {

constexpr std::size_t kMostBytes = 8 * 1024;

bool is_visible(char c, std::string_view but) {
    return c > 0x20 && c < 0x7F && but.find(c) == std::string_view::npos;
}

bool is_name(std::string_view text) {
    return !text.empty() &&
           std::ranges::all_of(text, [](char c) { return is_visible(c, "()<>@,;:\\\"/[]?={}"); });
}

bool is_value(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return is_visible(c, "\",;\\"); });
}

}  // namespace

Result<std::optional<Secret>> cookie(const net::HttpRequest& request, std::string_view name) {
    std::optional<std::string_view> found;
    std::size_t bytes = 0;
    for (const auto& [header, line] : request.headers) {
        if (text::lower_ascii(header) != "cookie") continue;
        bytes += line.size();
        if (bytes > kMostBytes)
            return Failure(Error(Errc::Invalid, "the cookies are too long")
                               .with("most_bytes", std::int64_t{kMostBytes}));
        for (std::string_view pair : text::split(line, ';')) {
            pair = text::trim(pair);
            const auto equals = pair.find('=');
            if (equals == std::string_view::npos || pair.substr(0, equals) != name) continue;
            std::string_view value = pair.substr(equals + 1);
            if (value.size() >= 2 && value.starts_with('"') && value.ends_with('"'))
                value = value.substr(1, value.size() - 2);
            if (!is_value(value))
                return Failure(Error(Errc::Invalid, "a cookie cannot be read")
                                   .with("cookie", std::string(name)));
            if (found && *found != value)
                return Failure(Error(Errc::Invalid, "a cookie stands there more than once")
                                   .with("cookie", std::string(name)));
            found = value;
        }
    }
    if (!found) return std::nullopt;
    return Secret(std::string(*found));
}

Result<std::string> set_cookie(const NewCookie& cookie) {
    const bool bound_to_host = cookie.name.starts_with("__Host-");
    const bool path_is_good =
        cookie.path.starts_with('/') &&
        std::ranges::all_of(cookie.path, [](char c) { return is_visible(c, ";,\\\""); });
    if (!is_name(cookie.name) || !is_value(cookie.value) || !path_is_good ||
        (bound_to_host && (!cookie.secure || cookie.path != "/")))
        return Failure(Error(Errc::Invalid, "this can be no cookie"));
    std::string out = fmt::format("{}={}; Path={}", cookie.name, cookie.value, cookie.path);
    if (cookie.lasts) out += fmt::format("; Max-Age={}", cookie.lasts->count());
    if (cookie.secure) out += "; Secure";
    if (cookie.http_only) out += "; HttpOnly";
    return out + "; SameSite=Lax";
}

}  // namespace forgehouse::api
