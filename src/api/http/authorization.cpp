#include "api/http/authorization.h"

#include <algorithm>
#include <optional>

#include "base/text.h"

namespace forgehouse::api {
namespace {

constexpr std::size_t kMostBytes = 16 * 1024;

Error denied(Literal reason) {
    return Error(Errc::Denied, "the Authorization header is not accepted")
        .with("reason", std::string(reason.view()));
}

bool has_control(std::string_view text) {
    return std::ranges::any_of(
        text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

/// RFC 6750's token: nothing in it has a meaning elsewhere.
bool is_token(std::string_view text) {
    while (text.ends_with('=')) text.remove_suffix(1);
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("-._~+/").find(c) != std::string_view::npos;
    });
}

Result<Authorization> basic(std::string_view coded) {
    const auto plain = text::from_base64(coded);
    if (!plain || has_control(*plain)) return Failure(denied("it is broken"));
    const auto colon = plain->find(':');
    if (colon == std::string::npos) return Failure(denied("it has no colon"));
    return Authorization{.scheme = Authorization::Scheme::Basic,
                         .user = plain->substr(0, colon),
                         .secret = Secret(plain->substr(colon + 1))};
}

}  // namespace

Result<Authorization> authorization_of(const net::HttpRequest& request) {
    std::optional<std::string_view> header;
    for (const auto& [name, value] : request.headers) {
        if (text::lower_ascii(name) != "authorization") continue;
        if (header)
            return Failure(
                Error(Errc::Invalid, "the Authorization header stands there more than once"));
        header = text::trim(value);
    }
    if (!header) return Authorization{};
    if (header->size() > kMostBytes) return Failure(denied("it is too long"));
    const auto blank = header->find(' ');
    const std::string scheme = text::lower_ascii(header->substr(0, blank));
    const std::string_view rest =
        blank == std::string_view::npos ? std::string_view() : text::trim(header->substr(blank));
    if (scheme == "basic") return basic(rest);
    if (scheme != "bearer" && scheme != "jwt")
        return Failure(denied("its scheme is none of Basic, Bearer and JWT"));
    if (!is_token(rest)) return Failure(denied("it is broken"));
    return Authorization{
        .scheme = scheme == "bearer" ? Authorization::Scheme::Bearer : Authorization::Scheme::Jwt,
        .user = {},
        .secret = Secret(std::string(rest))};
}

}  // namespace forgehouse::api
