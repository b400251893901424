// The loop thread owns all connections between requests: it accepts, reads heads, keeps deadlines
// and watches for peers that hang up. A request is lent to a worker, which alone touches the
// stream until its answer is out, and then gives the connection back.
#include "net/http_server.h"

#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <list>
#include <stop_token>

#include "base/log.h"
#include "exec/guarded.h"
#include "exec/pool.h"
#include "net/http_exchange.h"

namespace forgehouse::net {
namespace asio = boost::asio;
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kTick{100};
constexpr std::chrono::milliseconds kLinger{2'000};
// A connection that was made while we drain gets that long for its first bytes.
constexpr std::chrono::milliseconds kFreshPatience{1'000};
constexpr std::size_t kReadSize = 64 * 1024;

std::string peer_of(int fd) {
    ucred who{};
    socklen_t size = sizeof who;
    if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) == 0 && who.pid != 0)
        return fmt::format("uid={} pid={}", who.uid, who.pid);
    return "tcp";
}

struct Connection {
    enum class State : unsigned char { Reading, Running, Lingering };

    Connection(asio::io_context& io, int fd, std::string listener_name)
        : stream(plain_stream(fd)), ready(io, fd), listener(std::move(listener_name)) {}
    ~Connection() { ready.release(); }  // the stream owns the descriptor
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    // Touched by the loop thread, except while Running: then by the worker.
    std::unique_ptr<ByteStream> stream;
    std::string buffer;  // bytes that were read and not yet understood
    std::size_t seen = 0;
    HttpHead head;
    std::stop_source stop;

    // Touched by the loop thread only.
    asio::posix::stream_descriptor ready;  // for readiness alone
    std::string listener;
    State state = State::Reading;
    Steady::time_point deadline;
    bool fresh = true;  // no request yet

    std::atomic<bool> gone = false;
};
using ConnectionPtr = std::shared_ptr<Connection>;  // shared by the loop, its waits and a worker

struct Activity {
    std::size_t active = 0;
    Steady::time_point last = Steady::now();
    std::size_t connections = 0;
};

}  // namespace

class HttpServer::Loop {
public:
    explicit Loop(Options options)
        : options_(std::move(options)),
          guard_(io_.get_executor()),
          ticker_(io_),
          workers_(
              {.name = "http", .threads = options_.workers, .queue = options_.limits.connections}) {
        tick();
        thread_ = std::jthread([this] {
            pthread_setname_np(pthread_self(), "net-http");
            io_.run();
        });
    }

    ~Loop() {
        asio::post(io_, [this] {
            listeners_.clear();
            for (const ConnectionPtr& c : connections_) c->stop.request_stop();
        });
        workers_.request_stop();
        workers_.drain();
        guard_.reset();
        io_.stop();
        thread_.join();
    }

    void add(Listener listener) {
        const int fd = listener.release();
        asio::post(io_, [this, fd, name = listener.name()] {
            listeners_.push_back(
                std::make_unique<Source>(asio::posix::stream_descriptor(io_, fd), name));
            accept_from(*listeners_.back());
        });
    }

    void say_close() { saying_close_ = true; }

    bool drain(std::chrono::milliseconds patience) {
        saying_close_ = true;
        asio::post(io_, [this] { begin_drain(); });
        const bool in_time = wait_until_empty(patience);
        if (!in_time) {
            asio::post(io_, [this] {
                for (const ConnectionPtr& c : connections_) c->stop.request_stop();
            });
            wait_until_empty(std::chrono::seconds(5));
        }
        return in_time;
    }

    Activity activity() const {
        return activity_.with([](const Activity& a) { return a; });
    }

private:
    struct Source {
        Source(asio::posix::stream_descriptor d, std::string n)
            : descriptor(std::move(d)), name(std::move(n)) {}
        asio::posix::stream_descriptor descriptor;
        std::string name;
        bool paused = false;
    };

    bool wait_until_empty(std::chrono::milliseconds patience) {
        exec::Context ctx = exec::Context().with_timeout(patience);
        while (!drained_ || activity().connections > 0)
            if (!ctx.sleep(std::chrono::milliseconds(5))) return false;
        return true;
    }

    // --- accepting -------------------------------------------------------------------------

    void accept_from(Source& source) {
        source.descriptor.async_wait(asio::posix::stream_descriptor::wait_read,
                                     [this, &source](const boost::system::error_code& failure) {
                                         if (failure) return;
                                         source.paused = !accept_pending(source);
                                         if (!source.paused) accept_from(source);
                                     });
    }

    /// False where it must wait for descriptors to become free.
    bool accept_pending(Source& source) {
        for (;;) {
            const int fd = ::accept4(source.descriptor.native_handle(), nullptr, nullptr,
                                     SOCK_NONBLOCK | SOCK_CLOEXEC);
            if (fd < 0) {
                if (errno == EINTR || errno == ECONNABORTED) continue;
                return errno != EMFILE && errno != ENFILE && errno != ENOMEM && errno != ENOBUFS;
            }
            admit(fd, source.name);
        }
    }

    void admit(int fd, const std::string& listener) {
        auto c = std::make_shared<Connection>(io_, fd, listener);
        c->deadline = Steady::now() + (draining_ ? kFreshPatience : options_.limits.head_timeout);
        connections_.push_back(c);
        count_connections();
        if (connections_.size() > options_.limits.connections)
            refuse(c, {503, "too many connections"});
        else
            watch(c);
    }

    // --- between requests ------------------------------------------------------------------

    void watch(const ConnectionPtr& c) {
        c->ready.async_wait(asio::posix::stream_descriptor::wait_read,
                            [this, c](const boost::system::error_code& failure) {
                                if (!failure) readable(c);
                            });
    }

    void readable(const ConnectionPtr& c) {
        if (c->state == Connection::State::Running) return;
        if (c->state == Connection::State::Lingering) return linger_on(c);
        const std::size_t before = c->buffer.size();
        c->buffer.resize(before + kReadSize);
        const IoResult got = c->stream->read_some(std::span(c->buffer).subspan(before));
        c->buffer.resize(before + got.bytes);
        if (got.state == IoState::Closed) return close(c);
        if (got.state == IoState::WouldBlock) return watch(c);
        if (before == 0) c->deadline = Steady::now() + options_.limits.head_timeout;
        understand(c);
    }

    void understand(const ConnectionPtr& c) {
        // Some old clients end a body with an empty line that is not counted.
        while (c->buffer.starts_with("\r\n") && c->seen == 0) c->buffer.erase(0, 2);
        const auto length = head_length(c->buffer, c->seen, options_.limits);
        if (!length) return refuse(c, length.error());
        if (*length == 0) {
            c->seen = c->buffer.size();
            return watch(c);
        }
        auto head = parse_head(std::string_view(c->buffer).substr(0, *length), options_.limits);
        if (!head) return refuse(c, head.error());
        c->buffer.erase(0, *length);
        c->seen = 0;
        c->head = std::move(*head);
        c->head.request.listener = c->listener;
        c->head.request.peer = peer_of(c->stream->fd());
        c->head.request.id = ++last_id_;
        dispatch(c);
    }

    void dispatch(const ConnectionPtr& c) {
        c->state = Connection::State::Running;
        c->fresh = false;
        c->stop = std::stop_source();
        note(+1);
        const bool taken = workers_.submit([this, c](const std::stop_token& all) {
            const std::stop_callback hurry(all, [&] { c->stop.request_stop(); });
            const bool keep = run(*c);
            asio::post(io_, [this, c, keep] { answered(c, keep); });
        });
        if (!taken) {
            note(-1);
            c->state = Connection::State::Reading;
            refuse(c, {503, "too many requests wait"});
        }
    }

    /// On a worker: the whole of one request.
    bool run(Connection& c) {
        exec::Context ctx(c.stop.get_token());
        StreamBody body(*c.stream, c.head, c.buffer, options_.limits);
        StreamResponse response(*c.stream, c.head, options_.limits, c.gone,
                                c.head.keep_alive && !saying_close_);
        options_.handler(ctx, c.head.request, body, response);
        if (!response.started()) {
            response.close_after();
            (void)response.send(ctx, 500, {}, "the handler gave no answer\n");
        }
        c.head.decoder = body.at_end() ? nullptr : std::move(c.head.decoder);
        return response.reusable() && (!c.head.decoder || body.skip_rest(ctx)) && !c.gone;
    }

    void answered(const ConnectionPtr& c, bool keep) {
        note(-1);
        c->head = HttpHead();
        if (!keep || saying_close_) return linger(c);
        c->state = Connection::State::Reading;
        c->deadline = Steady::now() + options_.limits.idle_timeout;
        if (c->buffer.empty())
            watch(c);
        else
            understand(c);
    }

    // --- ending ----------------------------------------------------------------------------

    void refuse(const ConnectionPtr& c, const HttpRefusal& refusal) {
        const std::string body = std::string(refusal.reason) + "\n";
        const std::string text = fmt::format(
            "{}\r\nContent-Type: text/plain\r\nContent-Length: {}\r\nConnection: "
            "close\r\n\r\n{}",
            status_line(refusal.status), body.size(), body);
        const iovec part{.iov_base = const_cast<char*>(text.data()),  // NOLINT: not written to
                         .iov_len = text.size()};
        // A fresh socket's buffer takes that much; a peer that leaves no room gets nothing.
        (void)c->stream->write_some(std::span(&part, 1));
        linger(c);
    }

    /// Closing at once would reset the connection, and the peer might lose the answer's end.
    void linger(const ConnectionPtr& c) {
        c->state = Connection::State::Lingering;
        c->deadline = Steady::now() + kLinger;
        c->buffer.clear();
        c->stream->shut_write();
        linger_on(c);
    }

    void linger_on(const ConnectionPtr& c) {
        char dropped[4096];
        for (int i = 0; i < 64; ++i) {
            const IoResult got = c->stream->read_some(dropped);
            if (got.state == IoState::Closed) return close(c);
            if (got.state == IoState::WouldBlock) break;
        }
        watch(c);
    }

    void close(const ConnectionPtr& c) {
        boost::system::error_code ignored;
        c->ready.cancel(ignored);
        connections_.remove(c);
        count_connections();
    }

    void begin_drain() {
        draining_ = true;
        for (const auto& source : listeners_) accept_pending(*source);
        listeners_.clear();
        const std::list<ConnectionPtr> all = connections_;
        for (const ConnectionPtr& c : all) {
            if (c->state != Connection::State::Reading) continue;
            // What has arrived is answered; a connection that never spoke gets a moment to do so.
            if (c->fresh || !c->buffer.empty())
                c->deadline = std::min(c->deadline, Steady::now() + kFreshPatience);
            else if (!has_input(*c))
                close(c);
        }
        drained_ = true;
    }

    static bool has_input(const Connection& c) {
        pollfd p{.fd = c.stream->fd(), .events = POLLIN, .revents = 0};
        return ::poll(&p, 1, 0) > 0;
    }

    // --- time ------------------------------------------------------------------------------

    void tick() {
        ticker_.expires_after(kTick);
        ticker_.async_wait([this](const boost::system::error_code& failure) {
            if (failure) return;
            look_after_connections();
            tick();
        });
    }

    void look_after_connections() {
        for (const auto& source : listeners_)
            if (std::exchange(source->paused, false)) accept_from(*source);
        const auto now = Steady::now();
        const std::list<ConnectionPtr> all = connections_;
        for (const ConnectionPtr& c : all) {
            if (c->state == Connection::State::Running) {
                pollfd p{.fd = c->stream->fd(), .events = POLLRDHUP, .revents = 0};
                if (!c->gone && ::poll(&p, 1, 0) > 0 &&
                    (p.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0) {
                    c->gone = true;
                    c->stop.request_stop();
                }
            } else if (now >= c->deadline) {
                if (c->state == Connection::State::Reading && !c->buffer.empty())
                    refuse(c, {408, "the request took too long"});
                else
                    close(c);
            }
        }
    }

    void note(int change) {
        activity_.with([&](Activity& a) {
            a.active += static_cast<std::size_t>(change);
            a.last = Steady::now();
        });
    }

    void count_connections() {
        activity_.with([&](Activity& a) { a.connections = connections_.size(); });
    }

    const Options options_;
    asio::io_context io_{1};
    asio::executor_work_guard<asio::io_context::executor_type> guard_;
    asio::steady_timer ticker_;
    std::list<std::unique_ptr<Source>> listeners_;  // loop thread
    std::list<ConnectionPtr> connections_;          // loop thread
    std::uint64_t last_id_ = 0;                     // loop thread
    bool draining_ = false;                         // loop thread
    std::atomic<bool> drained_ = false;
    std::atomic<bool> saying_close_ = false;
    exec::Guarded<Activity> activity_;
    exec::Pool workers_;
    std::jthread thread_;
};

HttpServer::HttpServer(Options options) : loop_(std::make_unique<Loop>(std::move(options))) {}
HttpServer::~HttpServer() = default;
void HttpServer::add(Listener listener) {
    loop_->add(std::move(listener));
}
void HttpServer::close_connections_after_answers() {
    loop_->say_close();
}
bool HttpServer::drain(std::chrono::milliseconds patience) {
    return loop_->drain(patience);
}
std::size_t HttpServer::active() const noexcept {
    return loop_->activity().active;
}
std::chrono::steady_clock::time_point HttpServer::last_activity() const noexcept {
    return loop_->activity().last;
}

}  // namespace forgehouse::net
