// The one source file that includes Beast.
#include "net/http_message.h"

#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>

#include "base/text.h"

namespace forgehouse::net {
namespace http = boost::beast::http;
namespace {

using Parser = http::request_parser<http::buffer_body>;

// A chunk's size line with extensions, or the trailer: more is nothing but an attack.
constexpr std::size_t kMaxFraming = 16 * 1024;
// Between two chunks at least `0 CRLF CRLF` is to come. Beast asserts that it gets so much at once
// when it is asked again (1.81).
constexpr std::size_t kLeastFraming = 5;

class BeastDecoder final : public BodyDecoder {
public:
    explicit BeastDecoder(std::unique_ptr<Parser> parser) : parser_(std::move(parser)) {}

    Result<Step> decode(std::string_view input, std::span<char> output) override {
        if (input.empty() || (starved_ && input.size() < kLeastFraming))
            return Step{.consumed = 0, .produced = 0};
        auto& body = parser_->get().body();
        body.data = output.data();
        body.size = output.size();
        body.more = true;
        boost::system::error_code failure;
        const std::size_t consumed =
            parser_->put(boost::asio::const_buffer(input.data(), input.size()), failure);
        const std::size_t produced = output.size() - body.size;
        if (failure == http::error::body_limit)
            return Failure(Error(Errc::Invalid, "the body is over the limit").with("status", 413));
        if (failure && failure != http::error::need_more && failure != http::error::need_buffer)
            return Failure(
                Error(Errc::Invalid, "the body is no HTTP body").with("reason", failure.message()));
        starved_ = consumed == 0 && produced == 0;
        if (starved_ && input.size() > kMaxFraming)
            return Failure(Error(Errc::Invalid, "a chunk's head is too long"));
        return Step{.consumed = consumed, .produced = produced};
    }

    bool done() const noexcept override { return parser_->is_done(); }

private:
    std::unique_ptr<Parser> parser_;
    bool starved_ = false;
};

bool same_name(std::string_view a, std::string_view b) {
    return a.size() == b.size() && text::lower_ascii(a) == text::lower_ascii(b);
}

std::size_t count(const HttpRequest& request, std::string_view name) {
    std::size_t n = 0;
    for (const auto& [key, value] : request.headers) n += same_name(key, name) ? 1 : 0;
    return n;
}

bool has_control_characters(std::string_view value) {
    for (const char c : value)
        if ((static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f) return true;
    return false;
}

/// Header lines that continue on the next one were always read in two ways.
bool folds_lines(std::string_view head) {
    return head.find("\r\n ") != std::string_view::npos ||
           head.find("\r\n\t") != std::string_view::npos;
}

std::optional<HttpRefusal> ambiguous(const HttpRequest& request, bool http_1_0, bool chunked) {
    const std::size_t hosts = count(request, "host");
    if (hosts > 1 || (hosts == 0 && !http_1_0))
        return HttpRefusal{400, "exactly one Host header is needed"};
    if (count(request, "content-length") > 1 ||
        (count(request, "content-length") > 0 && count(request, "transfer-encoding") > 0))
        return HttpRefusal{400, "the length of the body is given twice"};
    if (count(request, "transfer-encoding") > 0) {
        if (http_1_0) return HttpRefusal{400, "HTTP/1.0 has no transfer codings"};
        if (count(request, "transfer-encoding") > 1 || !chunked ||
            !same_name(text::trim(request.header("transfer-encoding")), "chunked"))
            return HttpRefusal{501, "the only transfer coding is chunked"};
    }
    for (const auto& [name, value] : request.headers)
        if (has_control_characters(value))
            return HttpRefusal{400, "a header has control characters"};
    return std::nullopt;
}

}  // namespace

std::string_view HttpRequest::header(std::string_view name) const noexcept {
    for (const auto& [key, value] : headers)
        if (same_name(key, name)) return value;
    return {};
}

ResultOf<std::size_t, HttpRefusal> head_length(std::string_view bytes, std::size_t seen,
                                               const HttpLimits& limits) {
    const std::size_t from = seen < 3 ? 0 : seen - 3;
    const std::size_t end = bytes.find("\r\n\r\n", from);
    const std::size_t size = end == std::string_view::npos ? bytes.size() : end + 4;
    const std::size_t line = bytes.substr(0, limits.target + 64).find("\r\n");
    if (line == std::string_view::npos && size > limits.target + 64)
        return FailureOf(HttpRefusal{414, "the URL is too long"});
    if (line != std::string_view::npos && size - line > limits.headers + 4)
        return FailureOf(HttpRefusal{431, "the headers are too large"});
    return end == std::string_view::npos ? 0 : size;
}

ResultOf<HttpHead, HttpRefusal> parse_head(std::string_view head, const HttpLimits& limits) {
    const auto refuse = [](unsigned status, std::string_view reason) {
        return FailureOf(HttpRefusal{status, reason});
    };
    if (folds_lines(head)) return refuse(400, "a header line is folded");
    auto parser = std::make_unique<Parser>();
    parser->header_limit(static_cast<std::uint32_t>(head.size() + 8));
    parser->body_limit(limits.body == UINT64_MAX ? boost::optional<std::uint64_t>()
                                                 : boost::optional<std::uint64_t>(limits.body));
    boost::system::error_code failure;
    const std::size_t used =
        parser->put(boost::asio::const_buffer(head.data(), head.size()), failure);
    if (failure == http::error::body_limit) return refuse(413, "the body is over the limit");
    if (failure && failure != http::error::need_more && failure != http::error::need_buffer)
        return refuse(400, "this is no HTTP request");
    if (!parser->is_header_done() || used != head.size())
        return refuse(400, "this is no HTTP request");

    const auto& message = parser->get();
    HttpHead out;
    out.request.method = std::string(message.method_string());
    out.request.target = std::string(message.target());
    for (const auto& field : message)
        out.request.headers.emplace_back(std::string(field.name_string()),
                                         std::string(field.value()));
    out.http_1_0 = message.version() < 11;
    if (message.version() != 10 && message.version() != 11)
        return refuse(505, "only HTTP/1.1 is spoken here");
    if (const auto refusal = ambiguous(out.request, out.http_1_0, parser->chunked()))
        return FailureOf(*refusal);
    out.keep_alive = parser->keep_alive();
    const std::string_view expect = out.request.header("expect");
    if (!expect.empty() && !same_name(expect, "100-continue"))
        return refuse(417, "only 100-continue can be expected");
    out.expects_continue = !expect.empty() && !out.http_1_0;
    if (!parser->chunked()) out.length = parser->content_length().value_or(0);
    if (out.length != std::uint64_t{0})
        out.decoder = std::make_unique<BeastDecoder>(std::move(parser));
    return out;
}

std::string status_line(unsigned status) {
    const auto reason = http::obsolete_reason(static_cast<http::status>(status));
    return fmt::format("HTTP/1.1 {} {}", status, std::string_view(reason.data(), reason.size()));
}

}  // namespace forgehouse::net
