#include "net/http_client.h"

#include <curl/curl.h>

#include <algorithm>

#include "base/text.h"
#include "net/http_client_loop.h"

namespace forgehouse::net {
namespace {

constexpr std::string_view kTokenMarks = "!#$%&'*+-.^_`|~";

bool is_token(std::string_view name) {
    const auto fits = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
               kTokenMarks.contains(c);
    };
    return !name.empty() && std::ranges::all_of(name, fits);
}

bool is_field_value(std::string_view value) {
    return std::ranges::none_of(value, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

Result<void> check_fields(const Request& request) {
    if (!is_token(request.method))
        return Failure(Error(Errc::Invalid, "this is no HTTP method")
                           .hint("use a method such as GET or POST"));
    for (const Header& field : request.headers) {
        const auto* open = std::get_if<std::string>(&field.value);
        const std::string_view value =
            open != nullptr ? std::string_view(*open) : std::get<Secret>(field.value).reveal();
        if (!is_token(field.name) || !is_field_value(value))
            return Failure(Error(Errc::Invalid, "a header field has characters that cannot be sent")
                               .with("field", text::printable(field.name))
                               .hint("remove line breaks from the configured value"));
    }
    return {};
}

/// What the calling thread has to do next.
struct Turn {
    bool has_bytes = false;
    bool resume = false;
    bool produce = false;
};

/// The calling thread's half of an exchange.
class Caller {
public:
    Caller(exec::Context& ctx, Exchange& exchange, const BodySink* sink)
        : ctx_(ctx), exchange_(exchange), sink_(sink) {}

    /// Whether another turn is due: false once the exchange is over. Sets `turn`.
    Result<bool> next(Turn& turn) {
        const auto ready = [](const Exchange::State& s) {
            return s.over || !s.inbound.empty() || s.outbound_wanted;
        };
        const auto take = [&](Exchange::State& s) {
            turn = {.has_bytes = !s.inbound.empty(),
                    .resume = std::exchange(s.inbound_full, false),
                    .produce = !s.over && s.outbound_wanted};
            if (turn.has_bytes && head_.status == 0)
                head_ = {.status = s.response.status, .headers = s.response.headers, .body = {}};
            bytes_.clear();
            std::swap(bytes_, s.inbound);
            return turn.has_bytes || !s.over;
        };
        return exchange_.state.when(ctx_, ready, take);
    }

    Result<void> hand_over() { return (*sink_)(head_, bytes_); }

    /// Asks the producer for the next bytes and puts them where the curl thread finds them.
    Result<void> produce() {
        chunk_.resize(kExchangeBuffer / 4);
        TRY_LET(made, std::get<BodyProducer>(exchange_.request.body)(chunk_));
        const std::string_view fresh(chunk_.data(), std::min(made, chunk_.size()));
        exchange_.state.with([&](Exchange::State& s) {
            s.outbound += fresh;
            s.outbound_ended = fresh.empty();
            s.outbound_wanted = false;
        });
        return {};
    }

private:
    exec::Context& ctx_;
    Exchange& exchange_;
    const BodySink* sink_;
    Response head_;
    std::string bytes_;
    std::vector<char> chunk_;
};

/// Runs the exchange to its end on this thread. On an error the exchange may still be under way.
Result<void> converse(exec::Context& ctx, Exchange& exchange, const BodySink* sink,
                      const std::function<void()>& resume) {
    Caller caller(ctx, exchange, sink);
    for (Turn turn;;) {
        TRY_LET(more, caller.next(turn));
        if (!more) return {};
        if (turn.resume) resume();
        if (turn.has_bytes) TRY(caller.hand_over());
        if (turn.produce) {
            TRY(caller.produce());
            resume();
        }
    }
}

}  // namespace

Result<std::string> checked_host(const Request& request) {
    const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> url(curl_url(), &curl_url_cleanup);
    const auto invalid = [](Literal text) {
        return Failure(
            Error(Errc::Invalid, text).hint("write it as https://host/path or http://host/path"));
    };
    if (curl_url_set(url.get(), CURLUPART_URL, request.url.c_str(), 0) != CURLUE_OK)
        return invalid("this is no http or https URL");
    const auto part = [&](CURLUPart what) -> std::optional<std::string> {
        char* value = nullptr;
        if (curl_url_get(url.get(), what, &value, 0) != CURLUE_OK) return std::nullopt;
        const std::unique_ptr<char, decltype(&curl_free)> owned(value, &curl_free);
        return std::string(value);
    };
    const auto scheme = part(CURLUPART_SCHEME);
    if (scheme != "http" && scheme != "https") return invalid("this is no http or https URL");
    if (part(CURLUPART_USER) || part(CURLUPART_PASSWORD))
        return Failure(
            Error(Errc::Invalid, "a URL with a user or password in it is not accepted")
                .hint("name them in the configuration instead, by reference to a secret"));
    return part(CURLUPART_HOST).value_or("");
}

std::string_view Response::header(std::string_view name) const noexcept {
    for (const auto& [key, value] : headers)
        if (key == name) return value;
    return {};
}

HttpClient::HttpClient(Settings settings) : loop_(std::make_unique<Loop>(std::move(settings))) {}
HttpClient::~HttpClient() = default;

Result<Response> HttpClient::send(exec::Context& ctx, const Request& request) {
    return exchange(ctx, request, nullptr);
}

Result<Response> HttpClient::stream(exec::Context& ctx, const Request& request,
                                    const BodySink& sink) {
    return exchange(ctx, request, &sink);
}

Result<Response> HttpClient::exchange(exec::Context& ctx, const Request& request,
                                      const BodySink* sink) {
    TRY(check_fields(request));
    TRY_LET(host, checked_host(request));
    TRY(ctx.check());
    Exchange exchange{.request = request,
                      .streaming = sink != nullptr,
                      .host = request.unix_socket.empty() ? host : request.unix_socket};
    loop_->post(Loop::Order::Start, exchange);
    const auto talked =
        converse(ctx, exchange, sink, [&] { loop_->post(Loop::Order::Resume, exchange); });
    if (!talked) {
        loop_->post(Loop::Order::Drop, exchange);
        exchange.state.await([](const Exchange::State& s) { return s.over; });
        return Failure(talked.error());
    }
    return exchange.state.with([](Exchange::State& s) -> Result<Response> {
        if (s.error) return Failure(std::move(*s.error));
        return std::move(s.response);
    });
}

Errc errc_of_status(int status) noexcept {
    switch (status) {
        case 401:
        case 403: return Errc::Denied;
        case 404:
        case 410: return Errc::NotFound;
        case 409:
        case 412: return Errc::Conflict;
        case 429: return Errc::RateLimited;
        case 408:
        case 425: return Errc::Unavailable;
        default: return status >= 500 && status < 600 ? Errc::Unavailable : Errc::Invalid;
    }
}

std::optional<std::chrono::milliseconds> retry_after(const Response& response, Time now) {
    using std::chrono::milliseconds;
    constexpr std::int64_t kYear = 366 * 24 * 3600;  // more means the same: not from here
    const std::string value(response.header("retry-after"));
    if (value.empty()) return std::nullopt;
    if (const auto seconds = text::to_int(value))
        return milliseconds(std::clamp<std::int64_t>(*seconds, 0, kYear) * 1000);
    const time_t date = curl_getdate(value.c_str(), nullptr);
    if (date == -1) return std::nullopt;
    return std::max(Time::from_seconds(date) - now, milliseconds(0));
}

std::string percent_encoded(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                           (c >= 'a' && c <= 'z') || c == '-' || c == '_' || c == '.' || c == '~';
        if (plain)
            out += c;
        else
            fmt::format_to(std::back_inserter(out), "%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

}  // namespace forgehouse::net
