#include "sources/bitbucket_server/refusal.h"

#include <fmt/format.h>

#include <array>

#include "base/json.h"
#include "base/text.h"

namespace forgehouse::sources::bitbucket_server {
namespace {

constexpr std::size_t kLongestSaying = 300;

/// What the body of a refusal says.
struct Saying {
    bool is_ours = false;   ///< in this product's shape
    bool is_web = false;    ///< a page for people
    std::string message;    ///< for people, of the first error; cut
    std::string exception;  ///< the product's own class of error
};

bool looks_like_web(const ApiAnswer& answer) {
    if (text::lower_ascii(answer.content_type).contains("html")) return true;
    return text::trim(answer.body.substr(0, 200)).starts_with('<');
}

Saying saying_of(const ApiAnswer& answer) {
    Saying out;
    out.is_web = looks_like_web(answer);
    const auto document = json::Document::parse(answer.body);
    if (!document) return out;
    const auto errors = document->root().find("errors");
    const auto items = errors ? errors->items() : Result<std::vector<json::Value>>();
    if (!items || items->empty()) return out;
    const auto text = [&](std::string_view name) -> std::string {
        const auto member = items->front().find(name);
        const auto value = member ? member->text() : Result<std::string_view>();
        return member && value ? text::fit(text::printable(*value), kLongestSaying) : std::string();
    };
    out.message = text("message");
    out.exception = text("exceptionName");
    out.is_ours = !out.message.empty();
    return out;
}

Error with_facts(Error error, const Call& call, const ApiAnswer& answer, const Saying& saying) {
    error.with("status", std::int64_t(answer.status)).with("target", call.target);
    if (!saying.message.empty()) error.with("server_says", saying.message);
    return error;
}

Error wrong_address(Literal what, std::string_view address) {
    return Error(Errc::Invalid, what)
        .hint(fmt::format("Check the server's address {}: it must be that of Bitbucket's start "
                          "page, with its context path if it has one.",
                          address));
}

Error unauthorized(const Call& call, const Saying& saying, std::string_view address) {
    if (saying.exception.ends_with("AuthorisationException") && !call.repo.repo_slug.empty())
        return Error(Errc::Denied, "no right to read this repository")
            .hint(fmt::format("Give the account read permission on {}, or leave it out.",
                              full_name(call.repo)));
    if (saying.exception.contains("Captcha"))
        return Error(Errc::Denied, "the server wants a CAPTCHA to be solved first")
            .hint(fmt::format("Sign in at {} with a browser once, or use a token.", address));
    if (saying.is_web)
        return Error(Errc::Denied, "a gateway before the server wants credentials of its own")
            .hint("Configure the header that the gateway asks for.");
    return Error(Errc::Denied, "the server does not accept the credentials")
        .hint("Check the token, or user and password; a token may have expired.");
}

Error forbidden(const Call& call, const Saying& saying, std::string_view address) {
    if (saying.exception.contains("Captcha") || saying.message.contains("CAPTCHA"))
        return Error(Errc::Denied, "the server wants a CAPTCHA to be solved first")
            .hint(fmt::format("Sign in at {} with a browser once, or use a token.", address));
    if (!saying.is_ours)
        return Error(Errc::Denied, "a gateway before the server refuses the request")
            .hint(
                "Configure the header that the gateway asks for, or ask its administrators to "
                "let the API through.");
    if (!call.repo.repo_slug.empty())
        return Error(Errc::Denied, "no right to read this repository")
            .hint(fmt::format("Give the account read permission on {}, or leave it out.",
                              full_name(call.repo)));
    return Error(Errc::Denied, "the account has no right to this list")
        .hint("Give the account the permission to use Bitbucket, or use another one.");
}

Error not_found(const Call& call, const Saying& saying, std::string_view address) {
    // The product names the class of each of its errors; a path that it does not know has the
    // framework's.
    if (saying.is_ours && saying.exception.starts_with("com.atlassian."))
        return Error(Errc::NotFound, "the server does not have it")
            .hint(call.repo.repo_slug.empty()
                      ? std::string("It may have been removed, or the account may not see it.")
                      : fmt::format("{} or what was asked of it may have been removed or renamed, "
                                    "or the account may not see it.",
                                    full_name(call.repo)));
    if (saying.is_web)
        return wrong_address("there is a web server, but no Bitbucket at this address", address);
    return wrong_address("what answers at this address is not Bitbucket Server's API", address);
}

Error failed(const ApiAnswer& answer, const Saying& saying) {
    if (answer.status == 502 || answer.status == 504 || !saying.is_ours)
        return Error(Errc::Unavailable, "a proxy before the server cannot reach it")
            .hint("Try again later; if it stays so, ask the server's administrators.");
    if (answer.status == 503)
        return Error(Errc::Unavailable, "the server is starting, or is in maintenance")
            .hint("Try again later.");
    return Error(Errc::Unavailable, "the server failed at this request")
        .hint("Try again later; the server's log says more.");
}

Error refused(const Call& call, const ApiAnswer& answer, const Saying& saying,
              std::string_view address) {
    switch (answer.status) {
        case 400:
            return Error(Errc::Invalid, "the server does not understand the request")
                .hint("Its version may be too old or too new; please report this.");
        case 401: return unauthorized(call, saying, address);
        case 403: return forbidden(call, saying, address);
        case 404: return not_found(call, saying, address);
        case 407:
            return Error(Errc::Denied, "the HTTP proxy wants credentials")
                .hint("Check proxy_user and proxy_password of the source.");
        case 408:
            return Error(Errc::Unavailable, "the server waited too long for the request")
                .hint("Try again later.");
        case 409:
            return Error(Errc::Conflict, "it changed while the server read it")
                .hint("Read it again.");
        case 429:
            return Error(Errc::RateLimited, "the server limits how often it may be asked")
                .hint("Wait, use fewer workers, or ask its administrators for an exemption.");
        default: break;
    }
    if (answer.status >= 500) return failed(answer, saying);
    if (answer.status >= 300 && answer.status < 400)
        return wrong_address("the server sends the request elsewhere, to a sign-in page perhaps",
                             address);
    return wrong_address("the answer is none that Bitbucket Server gives", address);
}

bool is_sign_in(std::string_view page) {
    constexpr std::array<std::string_view, 6> kSigns{
        "j_password", "type=\"password\"", "login", "saml", "sign in", "single sign-on"};
    const std::string lower = text::lower_ascii(page.substr(0, 65536));
    for (const std::string_view sign : kSigns)
        if (lower.contains(sign)) return true;
    return false;
}

}  // namespace

std::optional<Error> refusal(const Call& call, const ApiAnswer& answer, std::string_view address) {
    if (answer.status < 200 || answer.status > 299) {
        const Saying saying = saying_of(answer);
        return with_facts(refused(call, answer, saying, address), call, answer, saying);
    }
    const std::string_view body = text::trim(answer.body);
    if (body.starts_with('{')) return std::nullopt;
    const Saying none;
    if (looks_like_web(answer)) {
        if (is_sign_in(body))
            return with_facts(
                Error(Errc::Denied, "a sign-in page came instead of data")
                    .hint("Check the credentials; where a gateway stands before the server, "
                          "configure the header that it asks for."),
                call, answer, none);
        return with_facts(wrong_address("a web page came instead of data", address), call, answer,
                          none);
    }
    if (body.empty())
        return with_facts(Error(Errc::Unavailable, "the answer is empty").hint("Try again later."),
                          call, answer, none);
    return with_facts(
        wrong_address("what answers at this address is not Bitbucket Server's API", address), call,
        answer, none);
}

Result<std::string> read_hello(std::string_view body) {
    const auto wrong = [] {
        return Failure(Error(Errc::Invalid, "another product answers at this address")
                           .hint("Give the address of Bitbucket Server's or Data Center's start "
                                 "page."));
    };
    const auto document = json::Document::parse(body);
    if (!document) return Failure(document.error());
    const auto name = document->root().find("displayName");
    const auto version = document->root().find("version");
    if (!name || !version || !name->text() || !version->text()) return wrong();
    // Stash is its name before version 4.
    if (*name->text() != "Bitbucket" && *name->text() != "Stash") return wrong();
    return fmt::format("{} {}", *name->text(), *version->text());
}

}  // namespace forgehouse::sources::bitbucket_server
