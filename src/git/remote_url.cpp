#include "git/remote_url.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

#include "base/text.h"

namespace forgehouse::git {
namespace {

struct Known {
    std::string_view name;
    Scheme scheme;
};
constexpr std::array<Known, 7> kSchemes{{{"https", Scheme::Https},
                                         {"http", Scheme::Http},
                                         {"ssh", Scheme::Ssh},
                                         {"git+ssh", Scheme::Ssh},
                                         {"ssh+git", Scheme::Ssh},
                                         {"git", Scheme::Git},
                                         {"file", Scheme::File}}};

std::string_view name_of(Scheme scheme) noexcept {
    return std::ranges::find(kSchemes, scheme, &Known::scheme)->name;
}

Error bad(Literal what, std::string_view part) {
    return Error(Errc::Invalid, what)
        .with("part", text::printable(text::replace_invalid_utf8(part.substr(0, 200))))
        .hint("Write https://host/path.git, ssh://user@host/path.git, user@host:path or a folder.");
}

int hex_digit(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::string percent_decoded(std::string_view value) {
    std::string out;
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (value[i] == '%' && i + 2 < value.size()) {
            const int high = hex_digit(value[i + 1]), low = hex_digit(value[i + 2]);
            if (high >= 0 && low >= 0) {
                out += static_cast<char>(high * 16 + low);
                i += 2;
                continue;
            }
        }
        out += value[i];
    }
    return out;
}

/// A user as an address carries it: git decodes it, and a colon would begin a password.
std::string user_encoded(std::string_view user) {
    std::string out;
    for (const char c : user)
        if (c == '%')
            out += "%25";
        else if (c == ':')
            out += "%3A";
        else
            out += c;
    return out;
}

bool is_control(char c) noexcept {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

bool is_host(std::string_view host) noexcept {
    // A host that begins with a dash would be an option of ssh.
    return !host.empty() && host.front() != '-' && std::ranges::all_of(host, [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '-' ||
               c == '_' || static_cast<unsigned char>(c) >= 0x80;
    });
}

bool is_ipv6(std::string_view host) noexcept {
    return !host.empty() && std::ranges::all_of(host, [](char c) {
        return std::isxdigit(static_cast<unsigned char>(c)) != 0 || c == ':' || c == '.';
    });
}

bool is_ssh_user(std::string_view user) noexcept {
    return user.empty() || (user.front() != '-' && std::ranges::none_of(user, [](char c) {
                                return is_control(c) || c == ' ' || c == '@' || c == '/';
                            }));
}

Result<void> read_host(std::string_view authority, RemoteUrl& url) {
    std::string_view port;
    if (authority.starts_with('[')) {
        const auto end = authority.find(']');
        if (end == std::string_view::npos || !is_ipv6(authority.substr(1, end - 1)))
            return Failure(bad("the host of the address is no name", authority));
        url.host = text::lower_ascii(authority.substr(1, end - 1));
        port = authority.substr(end + 1);
    } else {
        const auto colon = std::min(authority.find(':'), authority.size());
        if (!is_host(authority.substr(0, colon)))
            return Failure(bad("the host of the address is no name", authority));
        url.host = text::lower_ascii(authority.substr(0, colon));
        port = authority.substr(colon);
    }
    if (port.empty() || port == ":") return {};
    const auto number = port.front() == ':' ? text::to_int(port.substr(1)) : std::nullopt;
    if (!number || *number < 1 || *number > 65535)
        return Failure(bad("the port of the address is no port", port));
    url.port = static_cast<std::uint16_t>(*number);
    return {};
}

std::string shown_host(const RemoteUrl& url) {
    auto out = url.host.find(':') == std::string::npos ? url.host : "[" + url.host + "]";
    if (url.port != 0) out += ":" + std::to_string(url.port);
    return out;
}

void read_user(std::string_view userinfo, Credentials& out) {
    const auto colon = userinfo.find(':');
    out.user = percent_decoded(userinfo.substr(0, colon));
    if (colon != std::string_view::npos)
        out.password = Secret(percent_decoded(userinfo.substr(colon + 1)));
}

Result<ParsedRemote> parse_file(std::string_view rest) {
    if (rest.starts_with("localhost/")) rest.remove_prefix(std::string_view("localhost").size());
    if (!rest.starts_with('/')) return Failure(bad("a file address needs an absolute path", rest));
    return ParsedRemote{.url = {.scheme = Scheme::File,
                                .host = {},
                                .port = 0,
                                .path = std::string(rest),
                                .text = "file://" + std::string(rest)},
                        .credentials = {}};
}

Result<ParsedRemote> parse_with_scheme(Scheme scheme, std::string_view rest) {
    if (scheme == Scheme::File) return parse_file(rest);
    const auto slash = rest.find('/');
    if (slash == std::string_view::npos || slash + 1 == rest.size())
        return Failure(bad("the address names no repository", rest.substr(rest.rfind('@') + 1)));
    ParsedRemote out;
    out.url.scheme = scheme;
    out.url.path = std::string(rest.substr(slash));
    auto authority = rest.substr(0, slash);
    if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
        read_user(authority.substr(0, at), out.credentials);
        authority.remove_prefix(at + 1);
    }
    TRY(read_host(authority, out.url));
    out.url.text = std::string(name_of(scheme)) + "://";
    if (scheme == Scheme::Ssh && !out.credentials.user.empty()) {
        if (!is_ssh_user(out.credentials.user))
            return Failure(bad("the user of the address is no name", out.url.host));
        out.url.text += user_encoded(out.credentials.user) + "@";
    }
    out.url.text += shown_host(out.url) + out.url.path;
    return out;
}

/// `user@host:path`; nullopt for what is a path of this machine.
std::optional<ParsedRemote> scp_like(std::string_view text) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos || colon == 0 || text.find('/') < colon)
        return std::nullopt;
    const auto at = text.substr(0, colon).rfind('@');
    const auto host = text.substr(at + 1, colon - at - 1);
    const auto user = at == std::string_view::npos ? std::string_view() : text.substr(0, at);
    const auto path = text.substr(colon + 1);
    // `ext::command` would be a program of the caller's choice.
    if (!is_host(host) || !is_ssh_user(user) || path.empty() || path.front() == ':')
        return std::nullopt;
    ParsedRemote out;
    out.url = {.scheme = Scheme::Ssh,
               .host = text::lower_ascii(host),
               .port = 0,
               .path = std::string(path),
               .text = {}};
    out.credentials.user = user;
    out.url.text =
        (user.empty() ? "" : std::string(user) + "@") + out.url.host + ":" + out.url.path;
    return out;
}

}  // namespace

bool looks_remote(std::string_view text) noexcept {
    if (text.find("://") != std::string_view::npos) return true;
    const auto colon = text.find(':');
    return colon != std::string_view::npos && colon > 0 && text.find('/') > colon &&
           text.front() != '.';
}

Result<ParsedRemote> parse_remote(std::string_view text) {
    text = text::trim(text);
    if (std::ranges::any_of(text, is_control))
        return Failure(bad("the address holds control characters", ""));
    if (const auto end = text.find("://"); end != std::string_view::npos) {
        const auto name = text::lower_ascii(text.substr(0, end));
        const auto* const known = std::ranges::find(kSchemes, name, &Known::name);
        if (known == kSchemes.end()) return Failure(bad("this kind of address is not known", name));
        return parse_with_scheme(known->scheme, text.substr(end + 3));
    }
    if (auto found = scp_like(text)) return std::move(*found);
    return Failure(bad("this is no address of a repository", text.substr(text.rfind('@') + 1)));
}

}  // namespace forgehouse::git
