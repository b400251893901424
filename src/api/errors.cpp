#include "api/errors.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace forgehouse::api {
namespace {

/// `the text (hint)`, with a capital at its beginning, as people read it.
std::string message_of(const Error& error) {
    std::string message(error.text());
    if (!message.empty() && message[0] >= 'a' && message[0] <= 'z')
        message[0] = static_cast<char>(message[0] - 'a' + 'A');
    if (const std::string_view object = error.field("object"); !object.empty())
        message += fmt::format(": {}", text::printable(object));
    return message + ".";
}

json::Writer begin_error(std::string_view message) {
    json::Writer out;
    out.object();
    out.name("type").text("error");
    out.name("error").object();
    out.name("message").text(message);
    return out;
}

/// Each field of the error by the field of the request that it is about.
void add_fields(json::Writer& out, const Error& error) {
    const std::string_view about = error.field("field");
    if (about.empty()) return;
    out.name("fields").object();
    out.name(about).array();
    out.text(error.hint().empty() ? error.text() : error.hint());
    out.end().end();
}

}  // namespace

unsigned status_of(const Error& error) noexcept {
    switch (error.code()) {
        case Errc::Invalid: return error.field("limit").empty() ? 400 : 413;
        case Errc::NotFound: return 404;
        case Errc::Denied: {
            const std::string_view needs = error.field("needs");
            return needs == "sign_in" || needs == "totp" ? 401 : 403;
        }
        case Errc::Conflict: return 409;
        case Errc::RateLimited: return 429;
        case Errc::Unavailable: return 503;
        case Errc::Cancelled: return 503;
        case Errc::Corrupt: return 500;
    }
    return 500;
}

Answer error_answer(const Error& error, std::string_view request_id) {
    const unsigned status = status_of(error);
    Answer answer;
    if (status >= 500) {
        json::Writer out = begin_error(status == 503 ? "The server cannot do this now; try again."
                                                     : "The server could not do this.");
        out.name("id").text(request_id).end().end();
        answer = Answer::json(out.take(), status);
        if (status == 503) answer.headers.emplace_back("Retry-After", "5");
        return answer;
    }
    json::Writer out = begin_error(message_of(error));
    add_fields(out, error);
    if (!error.hint().empty()) out.name("detail").text(error.hint());
    out.name("data").object();
    for (const auto& [key, value] : error.fields())
        // A path of a repository begins with a name; one of this machine is nobody's business.
        if (!value.starts_with('/')) out.name(key.view()).text(value);
    out.end();
    out.name("id").text(request_id);
    out.end().end();
    answer = Answer::json(out.take(), status);
    if (status == 401)
        answer.headers.emplace_back("WWW-Authenticate", "Basic realm=\"Forgehouse\", Bearer");
    if (status == 429) {
        const auto ms = text::to_int(error.field("retry_after_ms")).value_or(1000);
        answer.headers.emplace_back("Retry-After",
                                    std::to_string(std::max<std::int64_t>(1, (ms + 999) / 1000)));
    }
    return answer;
}

Answer scopes_answer(const forge::MissingScopes& missing) {
    json::Writer out = begin_error("Your credentials lack one or more required privilege scopes.");
    out.name("detail").object();
    const auto list = [&](std::string_view name, const std::vector<std::string_view>& scopes) {
        out.name(name).array();
        for (const std::string_view scope : scopes) out.text(scope);
        out.end();
    };
    list("required", missing.required);
    list("granted", missing.granted);
    out.end().end().end();
    return Answer::json(out.take(), 403);
}

}  // namespace forgehouse::api
