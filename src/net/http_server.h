// HttpServer: HTTP/1.1 on Unix sockets and TCP. One thread watches the sockets, reads heads and the
// beginning of bodies; handlers are plain blocking functions on a pool: they read the body and
// write the answer as if these were files.
//
// A slow client holds a connection and no worker: a request goes to a worker when its body is
// there, whole or `body_buffer` bytes of it. Bodies that are longer still are read by their handler
// as they come; only `streams` of the workers may do so at a time, and each of these clients has to
// keep to a least rate.
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
    /// Cancelled by the Context, Unavailable when the peer went away or was too slow: the body is
    /// then cut, and whatever was read must not count.
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
    /// Sends a part of the head ahead: the first call the status and fields, each later one fields
    /// more. start() or send() has to follow; it ends the head with its own fields, and its status
    /// is not told any more. Errors: as write().
    virtual Result<void> announce(exec::Context& ctx, unsigned status, const Headers& headers) = 0;
    /// The head of a chunked answer.
    virtual Result<void> start(exec::Context& ctx, unsigned status, const Headers& headers) = 0;
    /// One part of a chunked answer. Waits until the kernel has taken all of it.
    /// Errors: Unavailable when the peer is gone or takes too little.
    virtual Result<void> write(exec::Context& ctx, std::string_view bytes) = 0;
    /// The end of a chunked answer. An answer that is not finished when the handler returns is cut:
    /// the connection closes without the last chunk, so that the client sees it as broken.
    virtual Result<void> finish(exec::Context& ctx) = 0;
    /// The connection closes after this answer. Call before send() or start().
    virtual void close_after() noexcept = 0;
    /// Breaks the connection off: the peer of a TCP connection sees a reset. For servers that
    /// stand in for broken ones; nothing else may be called afterwards.
    virtual void reset() noexcept = 0;
    /// Whether start(), send() or reset() was called.
    virtual bool started() const noexcept = 0;
    /// Whether the peer has hung up. From any thread. A peer that only closed its sending half
    /// counts as gone: HTTP clients that do so do not wait for the answer.
    virtual bool peer_gone() const noexcept = 0;
};

/// A whole answer that needs no worker.
struct HttpAnswer {
    unsigned status;
    ResponseWriter::Headers headers;
    std::string body;
};

/// Looks at each head first, on the thread of the sockets: must not block. nullopt: the request is
/// for the handler. An answer that it gives before the body was sent closes the connection.
using HttpDoorman = std::function<std::optional<HttpAnswer>(const HttpRequest&)>;

/// Runs on a pool thread. `ctx` is stopped when the server is told to hurry or the peer has hung
/// up. Must not throw. A handler that answers nothing makes a 500.
using HttpHandler =
    std::function<void(exec::Context& ctx, const HttpRequest&, BodyReader&, ResponseWriter&)>;

/// Waiting times of bodies and answers are a stock: waiting uses it up, each byte fills it again
/// (at most to its beginning). So a peer may pause for the whole of it, and not drip for ever.
struct HttpLimits {
    std::size_t target = 1024 * 1024;      ///< bytes of the request line's target
    std::size_t headers = 64 * 1024;       ///< bytes of all header fields
    std::uint64_t body = UINT64_MAX;       ///< bytes of one body
    std::size_t body_buffer = 256 * 1024;  ///< bytes of a body that wait for a worker
    std::size_t streams = 0;               ///< longer bodies at a time; 0: ¾ of the workers
    std::size_t connections = 1024;        ///< more are answered 503 and closed
    std::uint64_t body_rate = 4096;        ///< bytes a second that fill `body_timeout` again
    std::uint64_t write_rate = 256;        ///< the same for `write_timeout`
    std::chrono::milliseconds head_timeout{30'000};    ///< to the end of the head, whatever comes
    std::chrono::milliseconds idle_timeout{60'000};    ///< between two requests
    std::chrono::milliseconds body_timeout{60'000};    ///< stock of waiting for a body
    std::chrono::milliseconds write_timeout{120'000};  ///< stock of waiting for who reads
    std::chrono::milliseconds stream_wait{60'000};     ///< for a worker; then 503
    /// Where connections are short, one that has been silent that long makes room for a new one.
    std::chrono::milliseconds evict_after{1'000};
};

class TlsServer;

/// A listening socket, made by unix_socket() or tcp(), or inherited. Owns the descriptor.
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

    /// Whether tcp() could understand the address. Errors: Invalid, field `address`.
    static Result<void> check_tcp(std::string_view address);

    const std::string& name() const noexcept { return name_; }
    /// The path, or `127.0.0.1:8123` with the port that it got.
    const std::string& address() const noexcept { return address_; }
    /// Gives up the descriptor.
    int release() noexcept;

    /// Its connections speak TLS. Shared with the server that accepts from it.
    void speak_tls(std::shared_ptr<const TlsServer> tls) { tls_ = std::move(tls); }
    const std::shared_ptr<const TlsServer>& tls() const noexcept { return tls_; }

private:
    int fd_ = -1;
    std::string name_;
    std::string address_;
    std::shared_ptr<const TlsServer> tls_;
};

/// `127.0.0.1:54321`: who is at the other end of a TCP connection; `?` where it is gone.
std::string peer_address(int fd);
/// A peer without its port: `127.0.0.1`, `[::1]`; one of a Unix socket as it is.
std::string_view peer_host(std::string_view peer) noexcept;

/// Threads: `net-http` (one, sockets), `http-N` (`workers`, handlers).
class HttpServer {
public:
    struct Options {
        HttpHandler handler;
        HttpDoorman doorman{};  ///< may be empty
        /// Whose a request is. A quarter of the workers is kept for parties that have few requests
        /// running, so that none takes them all. On the thread of the sockets; may be empty.
        std::function<std::string(const HttpRequest&)> party{};
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

    /// Requests whose head is there and whose answer is not.
    std::size_t active() const noexcept;
    /// When the last request began or ended; start of the server before any.
    std::chrono::steady_clock::time_point last_activity() const noexcept;

private:
    class Loop;  // keeps Asio out of this header
    std::unique_ptr<Loop> loop_;
};

}  // namespace forgehouse::net
