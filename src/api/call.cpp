#include "api/call.h"

#include <algorithm>

#include "base/check.h"
#include "net/http_server.h"

namespace forgehouse::api {

const std::string& Call::path(std::string_view name) const {
    const auto found = std::ranges::find(variables_, name, &Variables::value_type::first);
    CHECK(found != variables_.end());
    return found->second;
}

std::string_view Call::header(std::string_view name) const {
    return request_.header(name);
}

Result<std::string> Call::body(std::size_t most) {
    const auto too_long = [&] {
        return Failure(Error(Errc::Invalid, "the body is too long")
                           .with("limit", static_cast<std::int64_t>(most)));
    };
    if (const auto length = body_.length(); length && *length > most) return too_long();
    std::string all;
    for (;;) {
        TRY_LET(part, body_.read(ctx_, 64 * 1024));
        if (part.empty()) return all;
        if (all.size() + part.size() > most) return too_long();
        all += part;
    }
}

Result<json::Document> Call::json() {
    TRY_LET(text, body());
    auto document = json::Document::parse(text);
    if (!document)
        return Failure(Error(Errc::Invalid, "the body is no JSON")
                           .with("reason", document.error().describe())
                           .hint("send a JSON object with Content-Type: application/json"));
    if (document->root().kind() != json::Kind::Object)
        return Failure(Error(Errc::Invalid, "the body is no JSON object"));
    return std::move(*document);
}

}  // namespace forgehouse::api
