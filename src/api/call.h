// Call and Answer: one request as the functions of the API see it, and what they give back. They
// know nothing of sockets.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/http/query_string.h"
#include "base/json.h"
#include "base/result.h"
#include "exec/context.h"
#include "forge/actor.h"

namespace forgehouse::net {
struct HttpRequest;
class BodyReader;
}  // namespace forgehouse::net

namespace forgehouse::api {

struct Services;

/// An answer. Either `body` is all of it, or `stream` writes it.
struct Answer {
    using Headers = std::vector<std::pair<std::string, std::string>>;
    /// Takes the next bytes of a body that is written as it comes.
    using Take = std::function<Result<void>(std::string_view)>;

    unsigned status = 200;
    std::string type = "application/json";
    std::string body = {};
    Headers headers = {};
    /// Once it has given bytes, an error cuts the answer off.
    std::function<Result<void>(const exec::Context&, const Take&)> stream = {};

    static Answer json(std::string text, unsigned status = 200) {
        return {.status = status, .body = std::move(text)};
    }
    static Answer nothing() { return {.status = 204, .type = {}}; }
    static Answer text(std::string text, std::string type = "text/plain; charset=utf-8") {
        return {.type = std::move(type), .body = std::move(text)};
    }
    static Answer redirect(std::string address, unsigned status = 302) {
        return {.status = status, .type = {}, .headers = {{"Location", std::move(address)}}};
    }
};

/// One thread, one request. What it refers to lives as long as the request.
class Call {
public:
    /// Variables of the route's path by name.
    using Variables = std::vector<std::pair<std::string_view, std::string>>;

    Call(exec::Context& ctx, Services& services, const net::HttpRequest& request,
         net::BodyReader& body, const forge::Actor& actor)
        : ctx_(ctx), services_(services), request_(request), body_(body), actor_(actor) {}

    exec::Context& ctx() const noexcept { return ctx_; }
    Services& services() const noexcept { return services_; }
    const net::HttpRequest& request() const noexcept { return request_; }
    const forge::Actor& actor() const noexcept { return actor_; }

    /// A variable of the path, decoded. One that the route lacks is a programming error: aborts.
    const std::string& path(std::string_view name) const;
    const QueryString& query() const noexcept { return query_; }
    /// `https://forge.example.org`, without a slash at its end: where the client reached us.
    const std::string& origin() const noexcept { return origin_; }
    /// The address of the API that was called: the origin with `/2.0`.
    const std::string& base() const noexcept { return base_; }

    /// The whole body, at most `most` bytes. Errors: Invalid where there is more, field `limit`;
    /// those of BodyReader.
    Result<std::string> body(std::size_t most = kMostBody);
    /// The body as a JSON object. Errors: Invalid where it is none.
    Result<json::Document> json();
    /// The body as it comes, for what is too large to be kept; instead of body() and json().
    net::BodyReader& body_reader() const noexcept { return body_; }
    std::string_view header(std::string_view name) const;

    static constexpr std::size_t kMostBody = 1024 * 1024;

    void set_path(Variables variables, QueryString query, std::string origin, std::string base) {
        variables_ = std::move(variables);
        query_ = std::move(query);
        origin_ = std::move(origin);
        base_ = std::move(base);
    }

private:
    exec::Context& ctx_;
    Services& services_;
    const net::HttpRequest& request_;
    net::BodyReader& body_;
    const forge::Actor& actor_;
    Variables variables_;
    QueryString query_;
    std::string origin_, base_;
};

}  // namespace forgehouse::api
