// HttpServer: HTTP/1.1 on Unix sockets and TCP. One thread watches the sockets and parses heads;
// handlers are plain blocking functions on a pool: they read the body and write the answer as if
// these were files, and wait where the peer is slow.
//
// The parser refuses what two parsers could read differently (two lengths, length and chunked,
// blanks before a colon, bare line feeds, control characters), so that no request hides in another.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "exec/context.h"

namespace forgehouse::net {

/// The head of a request. Views of header values live as long as the request.
struct HttpRequest {
    std::string method;  ///< as sent, e.g. `POST`
    std::string target;  ///< as sent: path and query, percent-encoded
    std::vector<std::pair<std::string, std::string>> headers;  ///< in order, names as sent
    std::string listener;  ///< `name` of the listener that it came in by
    std::string peer;      ///< `127.0.0.1:54321`, or `uid=1000 pid=77` on a Unix socket
    std::uint64_t id = 0;  ///< counts requests of this server

    /// The first header of that name (any case), "" where it is not there.
    std::string_view header(std::string_view name) const noexcept;
};

/// The body of a request, read as it arrives. One thread at a time.
class BodyReader {
public:
    virtual ~BodyReader() = default;
    /// The next bytes, at most `wanted`, valid until the next call; empty at the end. The peer is
    /// not read from while nobody asks. Errors: Invalid for a broken body or one over the limit,
    /// Cancelled by the Context, Unavailable when the peer went away or was silent too long: the
    /// body is then cut, and whatever was read must not count.
    virtual Result<std::string_view> read(exec::Context& ctx, std::size_t wanted) = 0;
    /// Bytes announced by Content-Length; nullopt for a chunked body.
    virtual std::optional<std::uint64_t> length() const noexcept = 0;
};

/// The answer. Either send() once, or start(), write()…, finish(). One thread at a time, except
/// peer_gone().
class ResponseWriter {
public:
    using Headers = std::vector<std::pair<std::string, std::string>>;

    virtual ~ResponseWriter() = default;
    /// A whole answer with its Content-Length.
    virtual Result<void> send(exec::Context& ctx, unsigned status, const Headers& headers,
                              std::string_view body) = 0;
    /// The head of a chunked answer.
    virtual Result<void> start(exec::Context& ctx, unsigned status, const Headers& headers) = 0;
    /// One part of a chunked answer. Waits until the kernel has taken all of it.
    /// Errors: Unavailable when the peer is gone or took nothing for `write_timeout`.
    virtual Result<void> write(exec::Context& ctx, std::string_view bytes) = 0;
    /// The end of a chunked answer. An answer that is not finished when the handler returns is cut:
    /// the connection closes without the last chunk, so that the client sees it as broken.
    virtual Result<void> finish(exec::Context& ctx) = 0;
    /// The connection closes after this answer. Call before send() or start().
    virtual void close_after() noexcept = 0;
    /// Whether start() or send() was called.
    virtual bool started() const noexcept = 0;
    /// Whether the peer has hung up. From any thread. A peer that only closed its sending half
    /// counts as gone: HTTP clients that do so do not wait for the answer.
    virtual bool peer_gone() const noexcept = 0;
};

/// Runs on a pool thread. `ctx` is stopped when the server is told to hurry or the peer has hung
/// up. Must not throw. A handler that answers nothing makes a 500.
using HttpHandler =
    std::function<void(exec::Context& ctx, const HttpRequest&, BodyReader&, ResponseWriter&)>;

struct HttpLimits {
    std::size_t target = 1024 * 1024;                ///< bytes of the request line's target
    std::size_t headers = 64 * 1024;                 ///< bytes of all header fields
    std::uint64_t body = UINT64_MAX;                 ///< bytes of one body
    std::size_t connections = 1024;                  ///< more are answered 503 and closed
    std::chrono::milliseconds head_timeout{30'000};  ///< from the first byte to the end of the head
    std::chrono::milliseconds idle_timeout{60'000};  ///< between two requests
    std::chrono::milliseconds body_timeout{120'000};   ///< between two parts of a body
    std::chrono::milliseconds write_timeout{120'000};  ///< between two parts that the peer takes
};

/// A listening socket, made by listen_unix or listen_tcp, or inherited. Owns the descriptor.
class Listener {
public:
    Listener(int fd, std::string name, std::string address);
    Listener(Listener&&) noexcept;
    Listener& operator=(Listener&&) noexcept;
    ~Listener();

    /// Binds a Unix socket of mode 0600 at `path`, which must not exist. `path` at most 107 bytes.
    static Result<Listener> unix_socket(const std::string& path, std::string name);
    /// Binds `host:port` (`[::1]:0` for IPv6; numeric addresses and `localhost` only; port 0 takes
    /// a free one). Errors: Invalid for no such address, Unavailable where it is in use.
    static Result<Listener> tcp(std::string_view address, std::string name);

    const std::string& name() const noexcept { return name_; }
    /// The path, or `127.0.0.1:8123` with the port that it got.
    const std::string& address() const noexcept { return address_; }
    /// Gives up the descriptor.
    int release() noexcept;

private:
    int fd_ = -1;
    std::string name_;
    std::string address_;
};

/// Threads: `net-http` (one, sockets), `http-N` (`workers`, handlers).
class HttpServer {
public:
    struct Options {
        HttpHandler handler;
        std::size_t workers = 16;
        HttpLimits limits;
    };

    explicit HttpServer(Options options);
    /// As stop() with no time.
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    /// Begins to accept. From any thread.
    void add(Listener listener);
    /// From here on every answer says `Connection: close`.
    void close_connections_after_answers();
    /// Accepts what is pending in the backlogs, then closes the listeners, answers the requests
    /// that have arrived (each `Connection: close`), and waits at most `patience` for the running
    /// ones; after that their Context is stopped. Idle connections are closed. Returns whether all
    /// ended within their patience.
    bool drain(std::chrono::milliseconds patience);

    /// Requests that run or wait for a worker.
    std::size_t active() const noexcept;
    /// When the last request began or ended; start of the server before any.
    std::chrono::steady_clock::time_point last_activity() const noexcept;

private:
    class Loop;  // keeps Asio out of this header
    std::unique_ptr<Loop> loop_;
};

}  // namespace forgehouse::net
