// Connections: accepted, watched over, ended.
#include "net/http_server_loop.h"

#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>

#include <boost/asio/post.hpp>
#include <cerrno>

#include "net/http_exchange.h"
#include "net/tls_server.h"

namespace forgehouse::net {
namespace asio = boost::asio;
namespace {

constexpr std::chrono::milliseconds kTick{100};
constexpr std::chrono::milliseconds kLinger{2'000};
// A connection that was made while we drain gets that long for its first bytes.
constexpr std::chrono::milliseconds kFreshPatience{1'000};
constexpr std::size_t kReadSize = 64 * 1024;

std::size_t streams_of(const HttpServer::Options& options) {
    const std::size_t share = options.workers * 3 / 4;
    return std::max<std::size_t>(options.limits.streams > 0 ? options.limits.streams : share, 1);
}

bool has_input(const Connection& c) {
    pollfd p{.fd = c.stream->fd(), .events = POLLIN, .revents = 0};
    return ::poll(&p, 1, 0) > 0;
}

bool has_hung_up(const Connection& c) {
    pollfd p{.fd = c.stream->fd(), .events = POLLRDHUP, .revents = 0};
    return ::poll(&p, 1, 0) > 0 && (p.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

}  // namespace

HttpServer::Loop::Loop(Options options)
    : options_(std::move(options)),
      most_streams_(streams_of(options_)),
      guard_(io_.get_executor()),
      ticker_(io_),
      scratch_(kReadSize),
      workers_(
          {.name = "http", .threads = options_.workers, .queue = options_.limits.connections}) {
    tick();
    thread_ = std::jthread([this] {
        pthread_setname_np(pthread_self(), "net-http");
        io_.run();
    });
}

HttpServer::Loop::~Loop() {
    asio::post(io_, [this] {
        listeners_.clear();
        stop_all();
    });
    workers_.request_stop();
    workers_.drain();
    guard_.reset();
    io_.stop();
    thread_.join();
}

void HttpServer::Loop::add(Listener listener) {
    const int fd = listener.release();
    asio::post(io_, [this, fd, name = listener.name(), tls = listener.tls()] {
        listeners_.push_back(
            std::make_unique<Source>(asio::posix::stream_descriptor(io_, fd), name, tls));
        accept_from(*listeners_.back());
    });
}

bool HttpServer::Loop::drain(std::chrono::milliseconds patience) {
    saying_close_ = true;
    asio::post(io_, [this] { begin_drain(); });
    const bool in_time = wait_until_empty(patience);
    if (!in_time) {
        asio::post(io_, [this] { stop_all(); });
        wait_until_empty(std::chrono::seconds(5));
    }
    return in_time;
}

bool HttpServer::Loop::wait_until_empty(std::chrono::milliseconds patience) {
    exec::Context ctx = exec::Context().with_timeout(patience);
    while (!drained_ || activity().connections > 0)
        if (!ctx.sleep(std::chrono::milliseconds(5))) return false;
    return true;
}

// --- accepting -----------------------------------------------------------------------------

void HttpServer::Loop::accept_from(Source& source) {
    source.descriptor.async_wait(asio::posix::stream_descriptor::wait_read,
                                 [this, &source](const boost::system::error_code& failure) {
                                     if (failure) return;
                                     source.paused = !accept_pending(source);
                                     if (!source.paused) accept_from(source);
                                 });
}

/// False where it must wait for descriptors to become free.
bool HttpServer::Loop::accept_pending(Source& source) {
    for (;;) {
        const int fd = ::accept4(source.descriptor.native_handle(), nullptr, nullptr,
                                 SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            if (errno == EINTR || errno == ECONNABORTED) continue;
            return errno != EMFILE && errno != ENFILE && errno != ENOMEM && errno != ENOBUFS;
        }
        admit(fd, source);
    }
}

void HttpServer::Loop::admit(int fd, const Source& source) {
    auto stream = plain_stream(fd);
    if (source.tls) stream = source.tls->wrap(std::move(stream));
    if (!stream) return;  // without memory: the connection is closed
    auto c = std::make_shared<Connection>(io_, std::move(stream), source.name);
    wait_for_head(*c, draining_ ? kFreshPatience : options_.limits.head_timeout);
    const bool has_room = connections_.size() < options_.limits.connections || make_room();
    // Refusals take a moment too: an endless row of them is not even answered.
    if (!has_room && connections_.size() >= 2 * options_.limits.connections) return;
    connections_.push_back(c);
    count_connections();
    if (has_room)
        watch(c);
    else
        refuse(c, {503, "too many connections: close some of yours, or try again in a moment"});
}

/// Ends the connection that has been silent for longest, where all places are taken.
bool HttpServer::Loop::make_room() {
    std::size_t taken = 0;
    ConnectionPtr oldest;
    for (const ConnectionPtr& c : connections_) {
        taken += c->state == Connection::State::Lingering ? 0 : 1;
        if (c->state == Connection::State::Reading && (!oldest || c->since < oldest->since))
            oldest = c;
    }
    if (taken < options_.limits.connections) return true;
    if (!oldest || Steady::now() - oldest->since < options_.limits.evict_after) return false;
    close(oldest);
    return true;
}

// --- ending --------------------------------------------------------------------------------

void HttpServer::Loop::refuse(const ConnectionPtr& c, const HttpRefusal& refusal) {
    HttpAnswer answer{.status = refusal.status,
                      .headers = {{"Content-Type", "text/plain"}},
                      .body = std::string(refusal.reason) + "\n"};
    if (refusal.status == 503) answer.headers.emplace_back("Retry-After", "1");
    const std::string text = answer_text(answer, false, c->head.request.method != "HEAD");
    const iovec part{.iov_base = const_cast<char*>(text.data()),  // NOLINT: not written to
                     .iov_len = text.size()};
    // A fresh socket's buffer takes that much; a peer that leaves no room gets nothing.
    (void)c->stream->write_some(std::span(&part, 1));
    linger(c);
}

/// Closing at once would reset the connection, and the peer might lose the answer's end.
void HttpServer::Loop::linger(const ConnectionPtr& c) {
    end_request(*c);
    c->state = Connection::State::Lingering;
    c->deadline = Steady::now() + kLinger;
    c->buffer = {};
    c->stream->shut_write();
    linger_on(c);
}

void HttpServer::Loop::linger_on(const ConnectionPtr& c) {
    for (int i = 0; i < 16; ++i) {
        const IoResult got = c->stream->read_some(scratch_);
        if (got.state == IoState::Closed) return close(c);
        if (got.state == IoState::WouldBlock) break;
    }
    watch(c);
}

void HttpServer::Loop::close(const ConnectionPtr& c) {
    end_request(*c);
    c->state = Connection::State::Closed;
    boost::system::error_code ignored;
    (void)c->ready.cancel(ignored);
    connections_.remove(c);
    count_connections();
}

void HttpServer::Loop::begin_drain() {
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

/// Running requests are told to end; those whose body is still on its way are not waited for.
void HttpServer::Loop::stop_all() {
    const std::list<ConnectionPtr> all = connections_;
    for (const ConnectionPtr& c : all) {
        c->stop.request_stop();
        if (c->state == Connection::State::Receiving || c->state == Connection::State::Queued)
            refuse(c, {503, "this server is leaving"});
    }
}

// --- time ----------------------------------------------------------------------------------

void HttpServer::Loop::tick() {
    ticker_.expires_after(kTick);
    ticker_.async_wait([this](const boost::system::error_code& failure) {
        if (failure) return;
        look_after_connections();
        tick();
    });
}

void HttpServer::Loop::look_after_connections() {
    for (const auto& source : listeners_)
        if (std::exchange(source->paused, false)) accept_from(*source);
    const auto now = Steady::now();
    const std::list<ConnectionPtr> all = connections_;
    for (const ConnectionPtr& c : all) look_after(c, now);
}

void HttpServer::Loop::look_after(const ConnectionPtr& c, Steady::time_point now) {
    using State = Connection::State;
    if (c->state == State::Running) {
        if (!c->gone && has_hung_up(*c)) {
            c->gone = true;
            c->stop.request_stop();
        }
        return;
    }
    if (c->state == State::Queued && has_hung_up(*c)) return close(c);
    if (c->state == State::Closed || now < c->deadline) return;
    if (c->state == State::Receiving)
        refuse(c, {408, "the body came too slowly"});
    else if (c->state == State::Queued)
        refuse(c, {503, "too many requests at a time: try again in a moment"});
    else if (c->state == State::Reading && !c->buffer.empty())
        refuse(c, {408, "the request took too long"});
    else
        close(c);
}

void HttpServer::Loop::note(int change) {
    activity_.with([&](Activity& a) {
        a.active += static_cast<std::size_t>(change);
        a.last = Steady::now();
    });
}

void HttpServer::Loop::count_connections() {
    activity_.with([&](Activity& a) { a.connections = connections_.size(); });
}

}  // namespace forgehouse::net
