#include "engine/request.h"

#include <algorithm>

#include "base/text.h"
#include "engine/exceptions.h"
#include "net/form.h"

namespace forgehouse::engine {
namespace {

Result<std::string> percent_decoded(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+') {
            out += ' ';
        } else if (text[i] == '%') {
            const auto byte = text::from_hex(text.substr(i + 1, 2));
            if (!byte || byte->size() != 1)
                return Failure(Error(Errc::Invalid, "the URL has a broken percent code"));
            out += static_cast<char>(byte->front());
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

Error refused(Literal text, Code code, const std::string& name) {
    return Error(Errc::Invalid, text)
        .with("code", std::int64_t{static_cast<int>(code)})
        .with("parameter", name);
}

bool is_off(std::string_view value) {
    return value.empty() || value == "0" || value == "false";
}

/// Parameters that concern the transport. True when `name` was one of them.
Result<bool> take_transport(QueryRequest& out, const std::string& name, const std::string& value) {
    if (name == "query") {
        out.query += value;
    } else if (name == "database") {
        out.database = value;
    } else if (name == "default_format") {
        out.default_format = value;
    } else if (name == "query_id") {
        out.query_id = value;
    } else if (name == "wait_end_of_query" || name == "http_wait_end_of_query") {
        out.wait_end = !is_off(value);
    } else if (name == "buffer_size" || name == "http_response_buffer_size") {
        out.held_bytes = static_cast<std::uint64_t>(std::max<std::int64_t>(
            text::to_int(value).value_or(0), static_cast<std::int64_t>(out.held_bytes)));
    } else if (name == "send_progress_in_http_headers") {
        out.tells_progress = !is_off(value);
    } else if (name == "http_headers_progress_interval_ms") {
        out.progress_interval = std::chrono::milliseconds(
            std::clamp<std::int64_t>(text::to_int(value).value_or(100), 10, 60'000));
    } else if (name == "user" || name == "password") {
        // Those of the URL were looked at (credentials.h); in a form they mean nothing.
    } else if (name == "compress") {
        out.packing.in_blocks = !is_off(value);
    } else if (name == "decompress") {
        out.body_in_blocks = !is_off(value);
    } else if (name == "enable_http_compression") {
        if (is_off(value)) out.packing.coding = Coding::None;
    } else if (name == "session_id") {
        out.session.id = value;
    } else if (name == "session_check") {
        out.session.must_exist = !is_off(value);
    } else if (name == "session_timeout") {
        out.session.timeout = std::chrono::seconds(text::to_int(value).value_or(0));
    } else if (name == "close_session") {
        out.session.ends = !is_off(value);
    } else if (name == "client_protocol_version") {
        out.protocol_version = static_cast<std::uint64_t>(text::to_int(value).value_or(0));
    } else if (name == "role" && !value.empty()) {
        return Failure(refused("there are no roles here; leave the parameter out",
                               Code::NotImplemented, name));
    } else {
        // These change nothing that a client could miss in an answer that is right without them.
        return name == "quota_key" || name == "stacktrace" || name == "role" ||
               name == "add_http_cors_header" ||
               name == "cancel_http_readonly_queries_on_client_close" ||
               name == "http_zlib_compression_level" ||
               name == "http_write_exception_in_output_format";
    }
    return true;
}

}  // namespace

Result<Target> parse_target(std::string_view target) {
    // The absolute form is what proxies are sent.
    if (target.starts_with("http://")) {
        const auto path = target.find('/', 7);
        target = path == std::string_view::npos ? "/" : target.substr(path);
    }
    if (!target.starts_with('/'))
        return Failure(Error(Errc::Invalid, "the request's target is no path"));
    const auto question = target.find('?');
    Target out;
    TRY_LET(path, percent_decoded(target.substr(0, question)));
    out.path = path;
    if (question == std::string_view::npos) return out;
    for (const std::string_view pair : text::split(target.substr(question + 1), '&')) {
        if (pair.empty()) continue;
        const auto equals = pair.find('=');
        TRY_LET(name, percent_decoded(pair.substr(0, equals)));
        TRY_LET(value, percent_decoded(equals == std::string_view::npos ? std::string_view()
                                                                        : pair.substr(equals + 1)));
        if (name.find('\0') != std::string::npos)
            return Failure(Error(Errc::Invalid, "the URL has a NUL in a name"));
        out.parameters.emplace_back(name, value);
    }
    return out;
}

Result<void> add_parameter(QueryRequest& request, const std::string& name,
                           const std::string& value) {
    TRY_LET(taken, take_transport(request, name, value));
    if (taken) return {};
    if (name.starts_with("param_"))
        request.parameters.emplace_back(name.substr(6), value);
    else
        request.settings.emplace_back(name, value);
    return {};
}

AnswerPacking packing_of(const Target& target, const net::HttpRequest& request) {
    QueryRequest out;
    out.packing.coding = accepted_coding(request.header("accept-encoding"));
    for (const auto& [name, value] : target.parameters)
        if (name == "compress" || name == "enable_http_compression")
            (void)take_transport(out, name, value);
    return out.packing;
}

Result<QueryRequest> parse_query_request(const Target& target, const net::HttpRequest& request) {
    QueryRequest out;
    out.database = request.header("x-clickhouse-database");
    out.default_format = request.header("x-clickhouse-format");
    out.packing.coding = accepted_coding(request.header("accept-encoding"));
    const auto of_body = coding_named(request.header("content-encoding"));
    if (!of_body)
        return Failure(
            refused("the body is packed in a way that is not known here; use gzip, "
                    "deflate, br, zstd or lz4",
                    Code::UnknownCompressionMethod, "Content-Encoding"));
    out.of_body = *of_body;
    out.boundary = net::form_boundary(request.header("content-type"));
    for (const auto& [name, value] : target.parameters) TRY(add_parameter(out, name, value));
    return out;
}

}  // namespace forgehouse::engine
