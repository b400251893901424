#include "config/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/name_pattern.h"
#include "base/text.h"
#include "config/options.h"

namespace forgehouse::config {
namespace {

/// An address with a password between `//` and `@`.
bool holds_password(std::string_view url) {
    const auto scheme = url.find("://");
    if (scheme == url.npos) return false;
    const auto authority = url.substr(scheme + 3, url.find('/', scheme + 3) - scheme - 3);
    const auto user_end = authority.rfind('@');
    return user_end != authority.npos && authority.find(':') < user_end;
}

Error password_in_address(const std::string& key) {
    return Error(Errc::Invalid, "an address must not hold a password")
        .with("key", key)
        .hint(
            "write the address without it and refer to it by the key password: {env: NAME}; and "
            "change a password that was written here");
}

bool has_scheme(std::string_view url, std::initializer_list<std::string_view> schemes) {
    return std::ranges::any_of(schemes,
                               [&](std::string_view scheme) { return url.starts_with(scheme); });
}

bool fits(SourceUse use, SourceKind kind) {
    switch (use) {
        case SourceUse::All: return true;
        case SourceUse::PlainGit: return kind == SourceKind::PlainGit;
        case SourceUse::Forges: return kind != SourceKind::PlainGit;
    }
    return false;
}

/// One source of the list.
class SourceCheck {
public:
    SourceCheck(Loaded& loaded, std::size_t index, const std::string& place)
        : loaded_(loaded),
          source_(loaded.settings.sources[index]),
          key_(fmt::format("sources[{}]", index)),
          place_(place) {}

    void check() {
        check_uses();
        if (source_.kind == SourceKind::PlainGit)
            check_plain_git();
        else
            check_forge();
        for (const std::string& url : source_.urls)
            if (holds_password(url)) problem(password_in_address(key_));
    }

private:
    void problem(Error error) { loaded_.problems.push_back(std::move(error).with("at", place_)); }

    void problem_at(std::string_view member, Error error) {
        const std::string key = fmt::format("{}.{}", key_, member);
        const auto origin = loaded_.origins.find(key);
        loaded_.problems.push_back(
            std::move(error)
                .with("key", key)
                .with("at", origin == loaded_.origins.end() ? place_ : origin->second));
    }

    bool is_given(std::string_view member) const {
        return loaded_.origins.contains(fmt::format("{}.{}", key_, member));
    }

    /// Whether something in this source was refused already: one message is enough then.
    bool had_problem() const {
        return std::ranges::any_of(loaded_.problems, [&](const Error& e) {
            return e.field("key").starts_with(key_ + ".");
        });
    }

    void check_uses() {
        for (const auto& option : source_options())
            if (!fits(option.declared.use, source_.kind) && is_given(option.declared.key))
                problem_at(option.declared.key,
                           Error(Errc::Invalid, "this key is for another kind of source")
                               .with("kind", show_value(source_.kind))
                               .hint(option.declared.use == SourceUse::PlainGit
                                         ? "paths and urls name repositories one by one, for "
                                           "kind: plain_git; a server has a url, and chooses by "
                                           "projects and repositories"
                                         : "add kind: bitbucket_server, or remove the key"));
    }

    void check_plain_git() {
        if (!source_.paths.empty() || !source_.urls.empty() || had_problem()) return;
        problem(Error(Errc::Invalid, "a source names no repository")
                    .with("key", key_)
                    .hint("add paths: [PATH, …] or urls: [URL, …]"));
    }

    void check_forge() {
        check_address();
        check_credentials();
        check_gateway();
        check_proxy();
        check_patterns("projects", source_.projects);
        check_patterns("exclude_projects", source_.exclude_projects);
        check_patterns("repositories", source_.repositories);
        check_patterns("exclude_repositories", source_.exclude_repositories);
    }

    void check_address() {
        std::string& url = source_.url;
        if (url.empty()) {
            if (!had_problem())
                problem(Error(Errc::Invalid, "a source of this kind needs the server's address")
                            .with("key", key_)
                            .hint("add url: https://HOST, the address of its start page"));
            return;
        }
        if (holds_password(url)) return problem(password_in_address(fmt::format("{}.url", key_)));
        while (url.ends_with('/')) url.pop_back();
        if (!has_scheme(url, {"http://", "https://"}) || url.find_first_of("?# ") != url.npos)
            problem_at("url", Error(Errc::Invalid, "this is no address of a server")
                                  // A query may hold a token.
                                  .with("url", url.substr(0, url.find_first_of("?#")))
                                  .hint("write the address of its start page, such as "
                                        "https://bitbucket.example.org"));
        else if (url.ends_with("/rest") || url.find("/rest/") != url.npos)
            problem_at("url", Error(Errc::Invalid, "this is the address of the API")
                                  .with("url", url)
                                  .hint(fmt::format("write that of the start page: {}",
                                                    url.substr(0, url.find("/rest")))));
    }

    void check_credentials() {
        if (source_.tokens.empty() && is_given("tokens") && !had_problem())
            problem_at("tokens", Error(Errc::Invalid, "tokens names none")
                                     .hint("write [{env: NAME}, {env: OTHER}], or remove it"));
        if (!source_.tokens.empty() && !source_.token.empty())
            problem_at("tokens", Error(Errc::Conflict, "token and tokens say the same twice")
                                     .hint("keep tokens alone, with all of them"));
        const bool has_token = !source_.token.empty() || !source_.tokens.empty();
        if (has_token && (!source_.user.empty() || !source_.password.empty()))
            problem_at(source_.token.empty() ? "tokens" : "token",
                       Error(Errc::Conflict,
                             "a token and a user are two ways to say who "
                             "we are")
                           .hint("keep token alone, or user and password"));
        else if (source_.user.empty() != source_.password.empty() && !had_problem())
            problem_at(source_.user.empty() ? "password" : "user",
                       Error(Errc::Invalid, "a user and a password belong together")
                           .hint("add the other one; an access token alone is token: {env: NAME}"));
    }

    void check_gateway() {
        if (source_.header.empty() != source_.header_value.empty() && !had_problem())
            problem_at(source_.header.empty() ? "header_value" : "header",
                       Error(Errc::Invalid, "a header has a name and a value")
                           .hint("write header: NAME and header_value: {command: [PROGRAM, …]}"));
        if (text::lower_ascii(source_.header) == "authorization" &&
            (!source_.token.empty() || !source_.tokens.empty() || !source_.user.empty()))
            problem_at("header", Error(Errc::Conflict, "the header Authorization is set twice")
                                     .hint("remove token, user and password, or the header"));
        if (!source_.client_key.empty() && source_.client_certificate.empty())
            problem_at("client_key", Error(Errc::Invalid, "a key belongs to a certificate")
                                         .hint("add client_certificate: PATH"));
    }

    void check_proxy() {
        const std::string& proxy = source_.proxy;
        if (holds_password(proxy))
            return problem_at("proxy", Error(Errc::Invalid, "an address must not hold a password")
                                           .hint("write proxy_user: NAME and proxy_password: {env: "
                                                 "NAME}; and change a password that was written "
                                                 "here"));
        if (!proxy.empty() &&
            !has_scheme(proxy, {"http://", "https://", "socks5://", "socks5h://"}))
            problem_at("proxy", Error(Errc::Invalid, "this is no address of a proxy")
                                    .with("proxy", proxy)
                                    .hint("write for example http://proxy.example.org:3128"));
        if (proxy.empty() && (!source_.proxy_user.empty() || !source_.proxy_password.empty()))
            problem_at(source_.proxy_user.empty() ? "proxy_password" : "proxy_user",
                       Error(Errc::Invalid, "there is no proxy that this could be for")
                           .hint("add proxy: http://HOST:PORT, or remove this"));
    }

    void check_patterns(std::string_view member, const std::vector<std::string>& patterns) {
        for (const std::string& pattern : patterns)
            if (auto parsed = NamePattern::parse(pattern); !parsed)
                problem_at(member, std::move(parsed).error());
    }

    Loaded& loaded_;
    SourceSettings& source_;
    const std::string key_;
    const std::string& place_;
};

/// Rows are told apart by their data source alone: those of two servers would replace each other.
void check_data_sources(Loaded& loaded, const std::vector<std::string>& places) {
    std::map<std::string, std::string> urls;  // '' of plain git
    for (std::size_t i = 0; i < loaded.settings.sources.size(); ++i) {
        const SourceSettings& source = loaded.settings.sources[i];
        const bool is_plain = source.kind == SourceKind::PlainGit;
        if (!is_plain && source.url.empty()) continue;
        // As sources/registry.cpp names them where nobody does; source_access_test.cpp holds it.
        const std::string usual =
            is_plain ? "insight_git" : fmt::format("insight_{}", show_value(source.kind));
        const auto [first, is_first] =
            urls.emplace(source.data_source.empty() ? usual : source.data_source, source.url);
        if (is_first || first->second == source.url) continue;
        loaded.problems.push_back(
            Error(Errc::Conflict, "two servers have the same data source")
                .with("key", fmt::format("sources[{}]", i))
                .with("data_source", first->first)
                .hint("rows of both would replace each other: give one of them a data_source of "
                      "its own, such as data_source: other_bitbucket")
                .with("at", places[i]));
    }
}

}  // namespace

void check_sources(Loaded& loaded, const std::vector<std::string>& places) {
    std::set<std::string> names;
    for (std::size_t i = 0; i < loaded.settings.sources.size(); ++i) {
        const std::string& name = loaded.settings.sources[i].name;
        const std::string key = fmt::format("sources[{}]", i);
        if (name.empty())
            loaded.problems.push_back(Error(Errc::Invalid, "a source has no name")
                                          .with("key", key)
                                          .hint("add a line such as name: work")
                                          .with("at", places[i]));
        else if (!names.insert(name).second)
            loaded.problems.push_back(Error(Errc::Conflict, "two sources have the same name")
                                          .with("key", key)
                                          .with("name", name)
                                          .hint("give each source a name of its own")
                                          .with("at", places[i]));
        SourceCheck(loaded, i, places[i]).check();
    }
    check_data_sources(loaded, places);
}

void check_warehouse(Loaded& loaded) {
    const auto& warehouse = loaded.settings.warehouse;
    const std::string& at = loaded.origins["warehouse.url"];
    if (holds_password(warehouse.url))
        loaded.problems.push_back(password_in_address("warehouse.url").with("at", at));
    // Who writes a file into this folder must not learn what the environment holds.
    const std::string& password_at = loaded.origins["warehouse.password"];
    if (at.starts_with(".env:") && !warehouse.password.empty() && !password_at.starts_with(".env:"))
        loaded.problems.push_back(
            Error(Errc::Denied, "an address of .env gets no password from elsewhere")
                .with("key", "warehouse.password")
                .with("from", password_at)
                .hint("set the address and the password in the same place")
                .with("at", at));
}

}  // namespace forgehouse::config
