// The head of a request and the decoder of its body, out of raw bytes. Beast's parser stands behind
// this header alone. What two parsers could read differently is refused here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "base/result.h"
#include "net/http_server.h"

namespace forgehouse::net {

/// Turns the bytes behind a head into the body's bytes, chunked or not.
class BodyDecoder {
public:
    struct Step {
        std::size_t consumed;  ///< of the input
        std::size_t produced;  ///< into the output
    };

    virtual ~BodyDecoder() = default;
    /// Decodes what it can. Consumes nothing where it needs more input to go on.
    /// Errc::Invalid for bytes that are no body or a body over the limit.
    virtual Result<Step> decode(std::string_view input, std::span<char> output) = 0;
    virtual bool done() const noexcept = 0;
};

struct HttpHead {
    HttpRequest request;
    bool keep_alive = true;
    bool http_1_0 = false;
    bool expects_continue = false;
    std::optional<std::uint64_t> length;   ///< of the body; nullopt when it is chunked
    std::unique_ptr<BodyDecoder> decoder;  ///< null where there is no body
};

/// An answer to what is no request: sent, then the connection closes.
struct HttpRefusal {
    unsigned status;
    std::string_view reason;
};

/// Looks for the end of a head in `bytes`, of which the first `seen` were looked at before.
/// Returns its length with the empty line, 0 when more is needed, or a refusal over the limits.
ResultOf<std::size_t, HttpRefusal> head_length(std::string_view bytes, std::size_t seen,
                                               const HttpLimits& limits);

/// Reads a whole head.
ResultOf<HttpHead, HttpRefusal> parse_head(std::string_view head, const HttpLimits& limits);

/// `HTTP/1.1 200 OK` without the line's end.
std::string status_line(unsigned status);

}  // namespace forgehouse::net
