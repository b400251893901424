#include "git/http_access.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/text.h"

namespace forgehouse::git {
namespace {

/// A growing text that holds secrets: wiped when it moves and when it goes.
class SecretText {
public:
    SecretText() { text_.reserve(16 * 1024); }
    ~SecretText() { ::explicit_bzero(text_.data(), text_.size()); }
    SecretText(const SecretText&) = delete;
    SecretText& operator=(const SecretText&) = delete;

    void add(std::string_view more) {
        if (text_.size() + more.size() > text_.capacity()) {
            std::string larger;
            larger.reserve(2 * (text_.size() + more.size()));
            larger = text_;
            std::swap(larger, text_);
            ::explicit_bzero(larger.data(), larger.size());
        }
        text_ += more;
    }
    /// `value` between quotes, as a git configuration reads it back.
    void add_quoted(std::string_view value) {
        add("\"");
        for (const char& c : value) {
            if (c == '"' || c == '\\') add("\\");
            add({&c, 1});
        }
        add("\"");
    }
    void add_setting(std::string_view name, std::string_view value) {
        if (value.empty()) return;
        add("\t");
        add(name);
        add(" = ");
        add_quoted(value);
        add("\n");
    }
    Secret take() const { return Secret(text_); }

private:
    std::string text_;
};

bool is_plain(std::string_view value) {
    return std::ranges::none_of(
        value, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

bool all_plain(const HttpAccess& access) {
    return std::ranges::all_of(access.fields,
                               [](const Secret& field) { return is_plain(field.reveal()); }) &&
           is_plain(access.proxy) && is_plain(access.proxy_user) &&
           is_plain(access.proxy_password.reveal()) && is_plain(access.ca_file) &&
           is_plain(access.client_certificate) && is_plain(access.client_key);
}

std::string server_of(const RemoteUrl& url) {
    return url.text.substr(0, url.text.find('/', url.text.find("://") + 3)) + "/";
}

void add_percent_encoded(SecretText& out, std::string_view value) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    for (const char& c : value) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                           (c >= 'a' && c <= 'z') || c == '-' || c == '_' || c == '.';
        const std::string encoded{'%', kDigits[byte >> 4], kDigits[byte & 15]};
        out.add(plain ? std::string_view(&c, 1) : std::string_view(encoded));
    }
}

/// The proxy's address with the user and the password, as curl inside of git wants it.
void add_proxy(SecretText& out, const HttpAccess& access) {
    if (access.proxy.empty()) return;
    const auto scheme = access.proxy.find("://");
    const std::string whole = scheme == std::string::npos ? "http://" + access.proxy : access.proxy;
    const auto host = whole.find("://") + 3;
    out.add("\tproxy = \"");
    out.add(whole.substr(0, host));
    if (!access.proxy_user.empty()) {
        add_percent_encoded(out, access.proxy_user);
        out.add(":");
        add_percent_encoded(out, access.proxy_password.reveal());
        out.add("@");
    }
    for (const char& c : std::string_view(whole).substr(host)) {
        if (c == '"' || c == '\\') out.add("\\");
        out.add({&c, 1});
    }
    out.add("\"\n");
}

}  // namespace

bool HttpAccess::empty() const noexcept {
    return !is_given && fields.empty() && proxy.empty() && ca_file.empty() &&
           client_certificate.empty();
}

Result<Secret> configuration_with(std::string_view base, const RemoteUrl& url,
                                  const HttpAccess& access) {
    if (!all_plain(access))
        return Failure(Error(Errc::Invalid,
                             "a header or an address has characters that git cannot "
                             "be told")
                           .with("host", url.host)
                           .hint("remove line breaks from the configured value"));
    SecretText out;
    out.add(base);
    out.add("[http ");
    out.add_quoted(server_of(url));
    out.add("]\n");
    if (!access.fields.empty()) out.add("\tfollowRedirects = false\n");
    for (const Secret& field : access.fields) out.add_setting("extraHeader", field.reveal());
    add_proxy(out, access);
    out.add_setting("sslCAInfo", access.ca_file);
    out.add_setting("sslCert", access.client_certificate);
    out.add_setting("sslKey", access.client_key);
    return out.take();
}

Result<exec::Descriptor> lend_configuration(std::string_view base, const RemoteUrl& url,
                                            const HttpAccess& access) {
    TRY_LET(text, configuration_with(base, url, access));
    exec::Descriptor memory(::memfd_create("forgehouse-git-config", MFD_CLOEXEC));
    std::string_view rest = text.reveal();
    while (memory && !rest.empty()) {
        const auto n = ::write(memory.get(), rest.data(), rest.size());
        if (n <= 0) break;
        rest.remove_prefix(static_cast<std::size_t>(n));
    }
    if (memory && rest.empty()) return memory;
    const int error = errno;
    return Failure(Error(Errc::Unavailable, "the credentials cannot be handed over to git")
                       .with("reason", std::string(::strerror(error))));
}

}  // namespace forgehouse::git
