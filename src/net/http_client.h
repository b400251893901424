// HttpClient: every outbound HTTP request of the program. One thread owns all transfers (and so the
// connections, which are kept and used again, over Unix sockets too); callers block until their
// answer is there, their Context ends, or their own callback gives up.
//
// Callbacks run on the caller's thread and may block: bytes wait for them in a bounded buffer, and
// while it is full the peer is not read from. No callback can hold up another transfer.
//
// Never followed: redirects (a 3xx is an answer like any other), proxies of the environment,
// ~/.netrc. Always checked: TLS certificates and host names.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "exec/context.h"

namespace forgehouse::net {

/// A field of a request's head. A Secret is sent and appears nowhere else.
struct Header {
    std::string name;
    std::variant<std::string, Secret> value;
};

/// A body that lies in memory, in parts that are sent one after the other: nothing is copied
/// together. Borrowed: the bytes must live until the call returns.
using BodyParts = std::vector<std::string_view>;

/// A body that is made while it is sent (chunked): fills the buffer and says how many bytes, 0 at
/// the end. An error cuts the request off and is what the call returns. Cannot be sent again, so a
/// kept connection that turns out to be dead is an Unavailable here.
using BodyProducer = std::function<Result<std::size_t>(std::span<char> buffer)>;

struct Request {
    std::string method = "GET";
    /// `http` or `https`, percent-encoded, without user and password (those are headers).
    std::string url;
    /// Path of a Unix socket to connect to; the URL's host is then only the Host header.
    std::string unix_socket{};
    std::vector<Header> headers{};
    std::variant<std::monostate, BodyParts, BodyProducer> body{};
    /// Offers gzip, brotli and zstd; the answer's body is unpacked on the way.
    bool accept_packed = false;
    /// send() refuses a longer body; see BodySink for stream().
    std::size_t answer_limit = 64 * 1024 * 1024;
};

/// Status and fields of an answer, and its body where it was not streamed.
struct Response {
    int status = 0;
    /// In order, as received; names in lower case.
    std::vector<std::pair<std::string, std::string>> headers{};
    std::string body{};

    bool ok() const noexcept { return status >= 200 && status < 300; }
    /// The first field of that lower-case name, "" where it is not there.
    std::string_view header(std::string_view name) const noexcept;
};

/// Receives the next bytes of a 2xx answer; `head` has no body. An error stops the transfer at once
/// and is what the call returns.
using BodySink = std::function<Result<void>(const Response& head, std::string_view bytes)>;

/// Threads: send() and stream() may be called from many threads at once, also with the same
/// Request. The destructor must not run while a call is inside.
/// Start: the first call starts the thread (`curl`) and loads TLS; building one costs nothing.
class HttpClient {
public:
    struct Settings {
        /// `http://host:port`, `socks5h://…`; empty: none, whatever the environment says.
        std::string proxy{};
        std::string proxy_user{};
        Secret proxy_password{};
        /// A PEM file of the authorities to trust instead of the system's.
        std::string ca_file{};
        /// What we show a server that asks for it, PEM: the certificate with its chain, and the key
        /// (which may stand in the same file; no passphrase).
        std::string client_certificate{};
        std::string client_key{};
        std::string user_agent = "forgehouse";
        std::chrono::milliseconds connect_timeout{30'000};
        /// For so long not a byte may come or go on a connection that was made; 0: for ever, as an
        /// answer may want that takes long to make.
        std::chrono::seconds longest_silence{0};
        /// Connections to one host at a time; further requests wait for one.
        long connections_per_host = 32;
    };

    explicit HttpClient(Settings settings);
    ~HttpClient();
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;

    /// Sends the request and reads the whole answer, whatever its status.
    ///
    /// Errors; those of the network have the field `host` (the path, for a Unix socket) and where
    /// there is more to say `reason`:
    ///   Cancelled    the Context ended; the transfer was dropped at once
    ///   Unavailable  no connection, or one that broke; `stage` is `connect` (nothing was sent) or
    ///                `transfer` (the peer may have acted on it)
    ///   Invalid      the request cannot be right: its URL, a field with a line break, a
    ///                certificate that is not trusted, has expired or is for another host (the text
    ///                says which), a file of ours that is no certificate or no key
    ///   Denied       the server or the proxy wants a certificate or a password that we do not have
    ///   Corrupt      what came is not HTTP, or more than `answer_limit`
    Result<Response> send(exec::Context& ctx, const Request& request);

    /// The same; the body of a 2xx answer goes to `sink` piece by piece, of any length, that of
    /// another one (up to `answer_limit`) into the Response. Bytes that came before the connection
    /// broke are handed over before the error is returned.
    Result<Response> stream(exec::Context& ctx, const Request& request, const BodySink& sink);

private:
    class Loop;  // keeps curl out of this header
    Result<Response> exchange(exec::Context& ctx, const Request& request, const BodySink* sink);
    std::unique_ptr<Loop> loop_;
};

/// What to do about an answer that is not 2xx: 401 and 403 are Denied, 404 and 410 NotFound, 409
/// and 412 Conflict, 429 RateLimited, 408, 425 and 5xx Unavailable, all else (a redirect too)
/// Invalid.
Errc errc_of_status(int status) noexcept;

/// How long the answer asks us to wait (Retry-After, as seconds or as a date); nullopt where it
/// does not say. Never negative.
std::optional<std::chrono::milliseconds> retry_after(const Response& response, Time now);

/// `text` percent-encoded for use as one name or value of a URL's query, or one part of its path.
std::string percent_encoded(std::string_view text);

}  // namespace forgehouse::net
