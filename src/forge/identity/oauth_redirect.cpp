#include "forge/identity/oauth_redirect.h"

#include <algorithm>
#include <array>

#include "base/digest.h"
#include "base/text.h"

namespace forgehouse::forge {
namespace {

constexpr std::size_t kLongestUri = 2048;
constexpr std::size_t kLeastVerifier = 43, kMostVerifier = 128;
constexpr std::array<std::string_view, 2> kLoopback{"127.0.0.1", "[::1]"};

bool is_alnum(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_hex(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
bool is_unreserved(char c) {
    return is_alnum(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

Error refused(Literal text, std::string_view uri) {
    return Error(Errc::Invalid, text).with("uri", text::printable(uri.substr(0, 256)));
}

/// Of RFC 3986 and nothing else: browsers take a backslash for a slash and drop line feeds.
bool is_spelled_well(std::string_view uri) {
    constexpr std::string_view reserved = ":/?#[]@!$&'()*+,;=";
    for (std::size_t i = 0; i < uri.size(); ++i) {
        if (uri[i] == '%') {
            if (i + 2 >= uri.size() || !is_hex(uri[i + 1]) || !is_hex(uri[i + 2])) return false;
        } else if (!is_unreserved(uri[i]) && reserved.find(uri[i]) == std::string_view::npos) {
            return false;
        }
    }
    return true;
}

bool is_scheme(std::string_view text) {
    return !text.empty() && text.front() >= 'a' && text.front() <= 'z' &&
           std::ranges::all_of(text, [](char c) {
               return (c >= 'a' && c <= 'z') || is_digit(c) || c == '+' || c == '-' || c == '.';
           });
}

struct Authority {
    std::string_view host, port, rest;  ///< port without its colon; rest from the path on
};

/// Of what stands behind `http://`. nullopt with a user in it, an empty host or a port that is
/// none.
std::optional<Authority> authority_of(std::string_view text) {
    const auto end = std::min(text.find_first_of("/?#"), text.size());
    const std::string_view all = text.substr(0, end);
    std::size_t host = all.find(':');
    if (all.starts_with('[')) {
        const auto close = all.find(']');
        host = close == std::string_view::npos ? close : close + 1;
        if (host < all.size() && all[host] != ':') return std::nullopt;
    }
    Authority out{.host = all.substr(0, host), .port = {}, .rest = text.substr(end)};
    if (host < all.size()) {
        out.port = all.substr(host + 1);
        const auto number = text::to_int(out.port);
        if (!number || *number < 1 || *number > 65'535 || out.port.front() == '0' ||
            !std::ranges::all_of(out.port, is_digit))
            return std::nullopt;
    }
    const bool named = std::ranges::all_of(
        out.host, [](char c) { return is_alnum(c) || c == '-' || c == '.' || c == '_'; });
    const bool numbered = out.host.starts_with('[') && out.host.ends_with(']') &&
                          std::ranges::all_of(out.host.substr(1, out.host.size() - 2),
                                              [](char c) { return is_hex(c) || c == ':'; });
    if (out.host.empty() || (!named && !numbered)) return std::nullopt;
    return out;
}

bool is_loopback(std::string_view host) {
    return std::ranges::find(kLoopback, host) != kLoopback.end();
}

bool matches(std::string_view registered, std::string_view requested) {
    if (registered == requested) return true;
    constexpr std::string_view http = "http://";
    if (!registered.starts_with(http) || !requested.starts_with(http)) return false;
    const auto one = authority_of(registered.substr(http.size()));
    const auto other = authority_of(requested.substr(http.size()));
    return one && other && is_loopback(one->host) && one->host == other->host &&
           one->rest == other->rest;
}

void percent_code(std::string& out, std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    for (const char c : text) {
        if (is_unreserved(c)) {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        ((out += '%') += digits[byte >> 4]) += digits[byte & 15];
    }
}

std::string s256(std::string_view verifier) {
    const auto digest = sha256(verifier);
    return text::to_base64url({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

bool is_verifier(std::string_view text) {
    return text.size() >= kLeastVerifier && text.size() <= kMostVerifier &&
           std::ranges::all_of(text, is_unreserved);
}

}  // namespace

Result<void> check_redirect_uri(std::string_view uri, bool plain_http) {
    if (uri.size() > kLongestUri) return Failure(refused("the redirect URI is too long", uri));
    if (!is_spelled_well(uri))
        return Failure(refused("the redirect URI has a character that no URI has", uri));
    if (uri.find('#') != std::string_view::npos)
        return Failure(refused("the redirect URI has a fragment", uri));
    const auto colon = uri.find(':');
    const std::string_view scheme = uri.substr(0, colon);
    if (colon == std::string_view::npos || !is_scheme(scheme))
        return Failure(refused("the redirect URI is not absolute", uri)
                           .hint("begin with https://, in lower case"));
    const std::string_view rest = uri.substr(colon + 1);
    if (scheme != "http" && scheme != "https") {
        if (scheme.find('.') == std::string_view::npos || rest.empty())
            return Failure(
                refused("the redirect URI has a scheme that is not the client's own", uri)
                    .hint("a scheme is named after a domain, as in com.example.app:/x"));
        return {};
    }
    const auto authority = rest.starts_with("//") ? authority_of(rest.substr(2)) : std::nullopt;
    if (!authority) return Failure(refused("the redirect URI has no host, or a user", uri));
    if (scheme == "http" && !plain_http && !is_loopback(authority->host) &&
        authority->host != "localhost")
        return Failure(refused("the redirect URI is not encrypted", uri)
                           .hint("use https; http is for this machine alone"));
    return {};
}

Result<std::string> choose_redirect(std::span<const std::string> registered,
                                    std::optional<std::string_view> requested) {
    if (!requested) {
        if (registered.size() == 1) return registered.front();
        return Failure(Error(Errc::Invalid, "the request has no redirect_uri")
                           .hint("it can be left out where the client has registered one alone"));
    }
    if (std::ranges::any_of(registered,
                            [&](const std::string& one) { return matches(one, *requested); }))
        return std::string(*requested);
    return Failure(refused("the redirect_uri is not one that the client has registered", *requested)
                       .hint("register it, exactly as it stands in the request"));
}

std::string redirect_with(std::string_view uri, AnswerIn place,
                          std::span<const std::pair<std::string_view, std::string_view>> answer,
                          std::optional<std::string_view> state) {
    std::string out(uri);
    char between = '#';
    if (place == AnswerIn::Query) between = uri.find('?') == std::string_view::npos ? '?' : '&';
    const auto add = [&](std::string_view name, std::string_view value) {
        if (between != '&' || !(out.ends_with('?') || out.ends_with('&'))) out += between;
        between = '&';
        percent_code(out, name);
        out += '=';
        percent_code(out, value);
    };
    for (const auto& [name, value] : answer) add(name, value);
    if (state) add("state", *state);
    return out;
}

Result<CodeChallenge> CodeChallenge::read(std::string_view challenge,
                                          std::optional<std::string_view> method,
                                          bool plain_allowed) {
    const bool plain = !method || *method == "plain";
    if (!plain && *method != "S256")
        return Failure(
            Error(Errc::Invalid, "the code_challenge_method is unknown").hint("use S256"));
    if (plain && !plain_allowed)
        return Failure(Error(Errc::Invalid, "the code challenge is a plain one")
                           .hint("use code_challenge_method=S256"));
    const auto digest = plain ? std::nullopt : text::from_base64url(challenge);
    if (plain ? !is_verifier(challenge) : !digest || digest->size() != 32)
        return Failure(Error(Errc::Invalid, "the code_challenge is none")
                           .hint("of S256 it is base64url of SHA-256, 43 characters"));
    return CodeChallenge{.method = plain ? Method::Plain : Method::S256,
                         .text = std::string(challenge)};
}

bool CodeChallenge::met_by(std::string_view verifier) const {
    if (!is_verifier(verifier)) return false;
    return same_bytes(text, method == Method::Plain ? std::string(verifier) : s256(verifier));
}

}  // namespace forgehouse::forge
