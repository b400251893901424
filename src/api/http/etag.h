// Validators: by which a client asks whether what it has is still so, or changes only what it has
// seen (RFC 9110, 8.8 and 13). Times are HTTP's, to the second.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "net/http_server.h"

namespace forgehouse::api {

/// A strong ETag of these very bytes, with its quotes.
std::string etag_of_bytes(std::string_view bytes);
/// A strong ETag of what is determined by these: the commit and the path, the row and its version,
/// who asks. No two lists have the same one.
std::string etag_of(std::initializer_list<std::string_view> parts);

/// `Sun, 06 Nov 1994 08:49:37 GMT`.
std::string http_date(Time time);
/// nullopt for any other form: a condition with such a date is as good as none.
std::optional<Time> parse_http_date(std::string_view text);

struct Validators {
    std::string etag{};  ///< "" where the thing has none
    std::optional<Time> modified{};
    bool exists = true;  ///< `If-Match: *` asks for it, `If-None-Match: *` against it
};

enum class Precondition : std::uint8_t {
    Passed,
    NotModified,  ///< answer 304, with the validators and without a body
    Failed,       ///< answer 412, and change nothing
};

/// Holds a request's conditions against the present state, in RFC 9110's order: If-Match, else
/// If-Unmodified-Since; then If-None-Match, else If-Modified-Since. A list that cannot be read
/// matches nothing.
Precondition check_preconditions(const net::HttpRequest& request, const Validators& present);

}  // namespace forgehouse::api
