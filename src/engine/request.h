// What a request asks of the engine, out of its URL and headers: ClickHouse's HTTP parameters.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "engine/chdb.h"
#include "engine/coding.h"
#include "net/http_server.h"

namespace forgehouse::engine {

using Pairs = std::vector<std::pair<std::string, std::string>>;

/// A target in its parts, percent-decoded. Parameters in order, also those named twice.
struct Target {
    std::string path;
    Pairs parameters;
};

/// Errors: Invalid for a target that is no path, a broken percent code, or a NUL.
Result<Target> parse_target(std::string_view target);

/// Which session a request belongs to, by its `session_…` parameters.
struct SessionName {
    std::string id;  ///< "": none
    std::chrono::seconds timeout{60};
    bool must_exist = false;
    bool ends = false;  ///< with this request
};

/// How an answer is wanted.
struct AnswerPacking {
    Coding coding = Coding::None;  ///< Accept-Encoding
    bool in_blocks = false;        ///< `compress=1`, inside of `coding`
};

/// A query as the URL and the headers state it; the body may go on with its text.
struct QueryRequest {
    std::string query;  ///< the parameter, "" where there is none
    std::string database;
    std::string default_format;
    std::string query_id;
    bool wait_end = false;         ///< the answer may only begin when it is certain
    std::uint64_t held_bytes = 0;  ///< it may only begin with so many, or with its end
    bool tells_progress = false;   ///< in the head, while it runs
    std::chrono::milliseconds progress_interval{100};
    Coding of_body = Coding::None;  ///< how the body is packed (Content-Encoding)
    bool body_in_blocks = false;    ///< `decompress=1`, inside of `of_body`
    AnswerPacking packing{};
    SessionName session{};
    std::uint64_t protocol_version = 0;  ///< of an answer in Native; 0: without one
    std::string boundary;                ///< of the form that the body is; "": it is none
    SqlParameters parameters;
    Pairs settings;
};

/// One parameter more, of the URL or of a form. Errors: as parse_query_request().
Result<void> add_parameter(QueryRequest& request, const std::string& name,
                           const std::string& value);

/// That alone, also of a request whose other parameters are refused.
AnswerPacking packing_of(const Target& target, const net::HttpRequest& request);

/// Errors (field `code` as ClickHouse would send it): Invalid for what is not served: roles,
/// unknown packings.
Result<QueryRequest> parse_query_request(const Target& target, const net::HttpRequest& request);

}  // namespace forgehouse::engine
