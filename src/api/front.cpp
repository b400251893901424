#include "api/front.h"

#include <fmt/format.h>

#include <algorithm>

#include "api/errors.h"
#include "api/http/authorization.h"
#include "api/http/etag.h"
#include "api/rest_v2/partial.h"
#include "base/log.h"
#include "base/text.h"
#include "forge/sign_in.h"

namespace forgehouse::api {
namespace {

std::optional<Method> method_named(std::string_view name) {
    if (name == "GET" || name == "HEAD") return Method::Get;
    if (name == "POST") return Method::Post;
    if (name == "PUT") return Method::Put;
    if (name == "DELETE") return Method::Delete;
    return std::nullopt;
}

/// How many segments of the path stand before those of the table; nullopt for other paths.
std::optional<std::size_t> prefix_of(const Path& path) {
    if (path.text(0) == "2.0") return 1;
    if (path.text(0) == "api" && path.text(1) == "2.0") return 2;
    return std::nullopt;
}

Answer refusal(unsigned status, std::string_view message) {
    json::Writer out;
    out.object().name("type").text("error").name("error").object();
    out.name("message").text(message).end().end();
    return Answer::json(out.take(), status);
}

void add_quota(Answer& answer, const Quota::Left& left) {
    if (left.limit == 0) return;
    answer.headers.emplace_back("X-RateLimit-Limit", std::to_string(left.limit));
    answer.headers.emplace_back("X-RateLimit-Remaining", std::to_string(left.left));
    answer.headers.emplace_back("X-RateLimit-Reset", std::to_string(left.seconds));
    answer.headers.emplace_back("RateLimit", fmt::format("limit={}, remaining={}, reset={}",
                                                         left.limit, left.left, left.seconds));
    if (left.is_allowed) return;
    answer.headers.emplace_back("Retry-After", std::to_string(left.seconds));
}

/// Sends it whole, or part by part as it is written.
void send(exec::Context& ctx, const Answer& answer, bool only_head, net::ResponseWriter& response) {
    net::ResponseWriter::Headers headers = answer.headers;
    // There are clients that look into this header of every answer, one without a body too.
    if (answer.status != 304)
        headers.emplace_back("Content-Type",
                             answer.type.empty() ? "text/plain; charset=utf-8" : answer.type);
    headers.emplace_back("X-Content-Type-Options", "nosniff");
    if (!answer.stream || only_head) {
        (void)response.send(ctx, answer.status, headers, only_head ? "" : answer.body);
        return;
    }
    if (!response.start(ctx, answer.status, headers)) return;
    const auto written =
        answer.stream(ctx, [&](std::string_view bytes) { return response.write(ctx, bytes); });
    // Without its last chunk the client sees that it was cut off.
    if (!written) {
        log::warn("api", "an answer was cut off", {{"why", written.error().describe()}});
        return;
    }
    (void)response.finish(ctx);
}

}  // namespace

Front::Front(Services& services, const Router& router, Options options)
    : services_(services),
      router_(router),
      options_(std::move(options)),
      users_(options_.requests_an_hour),
      anonymous_(options_.anonymous_requests_an_hour) {}

std::optional<net::HttpAnswer> Front::greet(const net::HttpRequest& request) const {
    if (request.target != "/healthz") return std::nullopt;
    return net::HttpAnswer{200, {{"Content-Type", "text/plain"}}, "ok\n"};
}

std::string Front::address_of(const net::HttpRequest& request) const {
    if (options_.trusts_proxy) {
        // The last one was written by the proxy that we trust; those before by anybody.
        const auto hops = text::split(request.header("X-Forwarded-For"), ',');
        if (const std::string_view last = text::trim(hops.back()); !last.empty())
            return std::string(last);
    }
    return std::string(net::peer_host(request.peer));
}

std::string Front::origin_of(const net::HttpRequest& request) const {
    if (!options_.origin.empty()) return options_.origin;
    const std::string_view host = request.header("Host");
    const bool is_plain =
        !host.empty() && host.size() <= 255 && std::ranges::all_of(host, [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                   c == '.' || c == '-' || c == ':' || c == '[' || c == ']';
        });
    const bool is_tls = request.listener == "https" ||
                        (options_.trusts_proxy && request.header("X-Forwarded-Proto") == "https");
    return fmt::format("{}://{}", is_tls ? "https" : "http", is_plain ? host : "localhost");
}

Answer Front::probe(const exec::Context& ctx, std::string_view path) {
    if (path == "/metrics")
        return Answer::text(options_.metrics ? options_.metrics() : "",
                            "text/plain; version=0.0.4; charset=utf-8");
    if (leaving_) return {.status = 503, .type = "text/plain", .body = "leaving\n"};
    for (ports::Metadb* database : services_.deps.state.all())
        if (const auto version = database->version(ctx); !version) {
            log::warn("api", "a database does not answer", {{"why", version.error().describe()}});
            return {.status = 503, .type = "text/plain", .body = "the database does not answer\n"};
        }
    return Answer::text("ready\n");
}

Result<forge::Actor> Front::who(const exec::Context& ctx, const net::HttpRequest& request,
                                std::string_view address) const {
    TRY_LET(shown, authorization_of(request));
    if (shown.scheme == Authorization::Scheme::None)
        return forge::Actor{.user = {},
                            .name = {},
                            .uuid = {},
                            .is_admin = false,
                            .token = {},
                            .binding = {},
                            .scopes = forge::Scopes::all(),
                            .address = std::string(address)};
    if (shown.scheme == Authorization::Scheme::Basic)
        return services_.sign_in.with_name(ctx, shown.user, shown.secret, address);
    return services_.sign_in.with_token(ctx, shown.secret, address);
}

void Front::handle(exec::Context& ctx, const net::HttpRequest& request, net::BodyReader& body,
                   net::ResponseWriter& response) {
    ++requests_;
    const std::string id = fmt::format("{:x}", request.id);
    Answer made = answer(ctx, request, body, id);
    made.headers.emplace_back("X-Request-Id", id);
    if (made.status >= 500) ++failures_;
    log::debug("api", "answered",
               {{"id", id}, {"method", request.method}, {"status", std::to_string(made.status)}});
    send(ctx, made, request.method == "HEAD", response);
}

Answer Front::answer(exec::Context& ctx, const net::HttpRequest& request, net::BodyReader& body,
                     const std::string& id) {
    const auto parts = split_target(request.target);
    if (!parts) return error_answer(parts.error(), id);
    if (parts->first == "/readyz" || parts->first == "/metrics") return probe(ctx, parts->first);
    const auto path = Path::parse(parts->first);
    if (!path) return error_answer(path.error(), id);
    const auto from = prefix_of(*path);
    if (!from)
        return refusal(404,
                       "There is nothing here. The API is under /2.0, its description at "
                       "/2.0/swagger.json.");
    const std::string address = address_of(request);
    const auto actor = who(ctx, request, address);
    if (!actor) {
        // Whoever sends wrong credentials asks as nobody, and is counted so.
        const auto left = anonymous_.take(address, services_.deps.clock.now());
        Answer made = left.is_allowed ? error_answer(actor.error(), id)
                                      : refusal(429, "Rate limit exceeded.");
        add_quota(made, left);
        return made;
    }
    Quota& quota = actor->is_nobody() ? anonymous_ : users_;
    const auto left =
        quota.take(actor->is_nobody() ? address : actor->uuid, services_.deps.clock.now());
    Answer made = left.is_allowed
                      ? enter(ctx, request, body, *actor, *path, *from, parts->second, id)
                      : refusal(429, "Rate limit for this resource has been exceeded.");
    add_quota(made, left);
    return made;
}

Answer Front::enter(exec::Context& ctx, const net::HttpRequest& request, net::BodyReader& body,
                    const forge::Actor& actor, const Path& path, std::size_t from,
                    std::string_view query_text, const std::string& id) {
    const auto method = method_named(request.method);
    if (!method) return refusal(405, "There is no such method here.");
    Router::Match match = router_.find(*method, path, from);
    if (!match.route) {
        if (match.allowed.empty()) return refusal(404, "Resource not found.");
        std::string allowed;
        for (const Method one : match.allowed)
            allowed += fmt::format("{}{}", allowed.empty() ? "" : ", ", name_of(one));
        Answer made = refusal(405, "This resource has no such method.");
        made.headers.emplace_back("Allow", allowed);
        return made;
    }
    if (const auto missing = actor.scopes.missing({match.route->scope}))
        return scopes_answer(*missing);
    auto query = QueryString::parse(query_text);
    if (!query) return error_answer(query.error(), id);
    Call call(ctx, services_, request, body, actor);
    const std::string origin = origin_of(request);
    call.set_path(std::move(match.variables), std::move(*query), origin,
                  origin + (from == 1 ? "/2.0" : "/api/2.0"));
    auto made = match.route->enter(call);
    if (made) made = finished(call, std::move(*made));
    if (made) {
        made->headers.emplace_back("X-Accepted-OAuth-Scopes",
                                   std::string(forge::name_of(match.route->scope)));
        return std::move(*made);
    }
    if (status_of(made.error()) >= 500)
        log::error("api", "a request failed",
                   {{"id", id},
                    {"operation", std::string(match.route->operation.view())},
                    {"why", made.error().describe()}});
    return error_answer(made.error(), id);
}

/// The part that was asked for, and nothing where the client has it already.
Result<Answer> Front::finished(Call& call, Answer answer) const {
    if (answer.stream || answer.type != "application/json") return answer;
    TRY_LET(fields, call.query().one("fields"));
    if (fields) {
        TRY_LET(wanted, Partial::parse(*fields));
        TRY_LET(part, wanted.apply(std::move(answer.body)));
        answer.body = std::move(part);
    }
    const bool is_read = call.request().method == "GET" || call.request().method == "HEAD";
    if (!is_read || answer.status != 200) return answer;
    const std::string tag = etag_of_bytes(answer.body);
    answer.headers.emplace_back("ETag", tag);
    // What one may see, another may not.
    answer.headers.emplace_back("Vary", "Authorization");
    answer.headers.emplace_back("Cache-Control", "private, no-cache");
    if (check_preconditions(call.request(), {.etag = tag}) != Precondition::NotModified)
        return answer;
    answer.status = 304;
    answer.body.clear();
    answer.type.clear();
    return answer;
}

}  // namespace forgehouse::api
