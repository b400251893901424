// Requests: from the bytes of a head to the worker that answers, and back.
#include <poll.h>
#include <sys/socket.h>

#include <boost/asio/post.hpp>

#include "net/http_exchange.h"
#include "net/http_server_loop.h"

namespace forgehouse::net {
namespace asio = boost::asio;
namespace {

// Some old clients end a body with an empty line that is not counted. More than a few are no
// mistake.
constexpr std::size_t kBlankLines = 4;

std::string peer_of(int fd) {
    ucred who{};
    socklen_t size = sizeof who;
    if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) == 0 && who.pid != 0)
        return fmt::format("uid={} pid={}", who.uid, who.pid);
    return peer_address(fd);
}

bool write_at_once(ByteStream& stream, std::string_view text) {
    const iovec part{.iov_base = const_cast<char*>(text.data()),  // NOLINT: not written to
                     .iov_len = text.size()};
    return stream.write_some(std::span(&part, 1)).bytes == text.size();
}

HttpRefusal refusal_of(const Error& error) {
    return {error.field("status") == "413" ? 413U : 400U, error.text()};
}

}  // namespace

void HttpServer::Loop::watch(const ConnectionPtr& c) {
    // A handshake may wait for the peer to take something first.
    const bool writes = c->stream->waits_for(POLLIN) == POLLOUT;
    c->ready.async_wait(writes ? asio::posix::stream_descriptor::wait_write
                               : asio::posix::stream_descriptor::wait_read,
                        [this, c](const boost::system::error_code& failure) {
                            if (!failure) readable(c);
                        });
}

void HttpServer::Loop::readable(const ConnectionPtr& c) {
    using State = Connection::State;
    if (c->state != State::Reading && c->state != State::Receiving && c->state != State::Lingering)
        return;
    if (c->state == State::Lingering) return linger_on(c);
    const IoResult got = c->stream->read_some(scratch_);
    if (got.state == IoState::Closed) return close(c);
    if (got.state == IoState::WouldBlock) return watch(c);
    c->buffer.append(scratch_.data(), got.bytes);
    if (c->state == State::Receiving) return take_body(c, got.bytes);
    understand(c);
}

/// Waits for a head until `limit` from now. Nothing that comes before the head's end renews that.
void HttpServer::Loop::wait_for_head(Connection& c, std::chrono::milliseconds limit) {
    c.state = Connection::State::Reading;
    c.since = Steady::now();
    c.deadline = c.since + limit;
    c.seen = 0;
    c.blank_lines = 0;
}

void HttpServer::Loop::understand(const ConnectionPtr& c) {
    // The first bytes after a pause begin the time of their head; that of a fresh connection runs
    // from its beginning.
    if (!c->fresh && c->seen == 0 && c->blank_lines == 0)
        wait_for_head(*c, options_.limits.head_timeout);
    while (take_head(c) == Next::Head) {
    }
}

HttpServer::Loop::Next HttpServer::Loop::take_head(const ConnectionPtr& c) {
    while (c->seen == 0 && c->buffer.starts_with("\r\n")) {
        c->buffer.erase(0, 2);
        if (++c->blank_lines > kBlankLines) {
            refuse(c, {400, "too many empty lines"});
            return Next::Nothing;
        }
    }
    const auto length = head_length(c->buffer, c->seen, options_.limits);
    if (!length) {
        refuse(c, length.error());
        return Next::Nothing;
    }
    if (*length == 0) {
        c->seen = c->buffer.size();
        watch(c);
        return Next::Nothing;
    }
    auto head = parse_head(std::string_view(c->buffer).substr(0, *length), options_.limits);
    if (!head) {
        refuse(c, head.error());
        return Next::Nothing;
    }
    c->buffer.erase(0, *length);
    c->head = std::move(*head);
    return begin_request(c);
}

HttpServer::Loop::Next HttpServer::Loop::begin_request(const ConnectionPtr& c) {
    HttpRequest& request = c->head.request;
    request.listener = c->listener;
    request.peer = peer_of(c->stream->fd());
    request.id = ++last_id_;
    c->fresh = false;
    c->counted = true;
    if (options_.party) c->party = options_.party(request);
    note(+1);
    if (options_.doorman)
        if (const auto answer = options_.doorman(request)) return answer_at_once(c, *answer);
    const auto& limits = options_.limits;
    c->begun.clear();
    c->patience = Patience(limits.body_timeout, limits.body_rate);
    c->state = Connection::State::Receiving;
    c->since = Steady::now();
    if (c->head.expects_continue && c->buffer.empty() &&
        !write_at_once(*c->stream, "HTTP/1.1 100 Continue\r\n\r\n")) {
        close(c);
        return Next::Nothing;
    }
    take_body(c, c->buffer.size());
    return Next::Nothing;
}

HttpServer::Loop::Next HttpServer::Loop::answer_at_once(const ConnectionPtr& c,
                                                        const HttpAnswer& answer) {
    // What follows would be a body that nobody has asked for.
    const bool keep = c->head.keep_alive && !c->head.decoder && !saying_close_;
    const bool written =
        write_at_once(*c->stream, answer_text(answer, keep, c->head.request.method != "HEAD"));
    c->head = HttpHead();
    if (!written || !keep) {
        linger(c);
        return Next::Nothing;
    }
    end_request(*c);
    wait_for_head(*c,
                  c->buffer.empty() ? options_.limits.idle_timeout : options_.limits.head_timeout);
    if (!c->buffer.empty()) return Next::Head;
    watch(c);
    return Next::Nothing;
}

void HttpServer::Loop::take_body(const ConnectionPtr& c, std::size_t arrived) {
    const auto now = Steady::now();
    c->patience.spend(now - c->since);
    c->patience.earn(arrived);
    c->since = now;
    c->deadline = now + c->patience.left();
    const auto gathered = gather(c->head, c->buffer, c->begun, options_.limits.body_buffer);
    if (!gathered) return refuse(c, refusal_of(gathered.error()));
    if (*gathered == Gathered::More) return watch(c);
    c->streams = *gathered != Gathered::Whole;
    if (may_run(*c)) return dispatch(c);
    c->state = Connection::State::Queued;
    c->deadline = now + options_.limits.stream_wait;
    queued_.push_back(c);
}

/// Whether there is a worker for the request, now and by what is kept for others.
bool HttpServer::Loop::may_run(const Connection& c) const {
    constexpr std::size_t kFew = 2;
    if (c.streams && streams_ >= most_streams_) return false;
    if (!options_.party || running_ < options_.workers - options_.workers / 4) return true;
    const auto its = parties_.find(c.party);
    return running_ < options_.workers && (its == parties_.end() || its->second < kFew);
}

void HttpServer::Loop::dispatch(const ConnectionPtr& c) {
    c->state = Connection::State::Running;
    c->stop = std::stop_source();
    c->runs = true;
    streams_ += c->streams ? 1 : 0;
    ++running_;
    if (options_.party) ++parties_[c->party];
    const bool taken = workers_.submit([this, c](const std::stop_token& all) {
        const std::stop_callback hurry(all, [&] { c->stop.request_stop(); });
        const bool keep = run(*c);
        asio::post(io_, [this, c, keep] { answered(c, keep); });
    });
    if (!taken) refuse(c, {503, "too many requests wait: try again in a moment"});
}

/// On a worker: the whole of one request.
bool HttpServer::Loop::run(Connection& c) {
    exec::Context ctx(c.stop.get_token());
    StreamBody body(*c.stream, c.head, c.buffer, c.begun, c.patience);
    StreamResponse response(*c.stream, c.head, options_.limits, c.gone,
                            c.head.keep_alive && !saying_close_);
    options_.handler(ctx, c.head.request, body, response);
    if (!response.started()) {
        response.close_after();
        (void)response.send(ctx, 500, {}, "the handler gave no answer\n");
    }
    // A body that is still on its way is not waited for.
    return response.reusable() && body.arrived() && !c.gone;
}

void HttpServer::Loop::answered(const ConnectionPtr& c, bool keep) {
    c->head = HttpHead();
    c->begun = {};
    if (!keep || saying_close_) return linger(c);
    end_request(*c);
    wait_for_head(*c, options_.limits.idle_timeout);
    if (c->buffer.empty())
        watch(c);
    else
        understand(c);
}

/// The request is over, however it ended: what it held is free for others.
void HttpServer::Loop::end_request(Connection& c) {
    if (std::exchange(c.counted, false)) note(-1);
    const bool streams = std::exchange(c.streams, false);
    if (!std::exchange(c.runs, false)) return;
    streams_ -= streams ? 1 : 0;
    --running_;
    if (const auto its = parties_.find(c.party); its != parties_.end() && --its->second == 0)
        parties_.erase(its);
    begin_queued();
}

/// The first in the queue that may run goes first; those of a party that has many wait.
void HttpServer::Loop::begin_queued() {
    for (auto at = queued_.begin(); at != queued_.end();) {
        const ConnectionPtr next = *at;
        const bool waits = next->state == Connection::State::Queued;
        if (waits && !may_run(*next)) {
            ++at;
            continue;
        }
        at = queued_.erase(at);
        if (waits) dispatch(next);
    }
}

}  // namespace forgehouse::net
