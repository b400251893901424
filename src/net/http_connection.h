// Connection: one client of the server, from its first byte to its last.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <chrono>
#include <memory>
#include <stop_token>
#include <string>

#include "net/byte_stream.h"
#include "net/http_message.h"

namespace forgehouse::net {

struct Connection {
    using Steady = std::chrono::steady_clock;

    enum class State : unsigned char {
        Reading,    ///< waits for a head
        Receiving,  ///< the head is there, the body's beginning is not
        Queued,     ///< waits for a worker
        Running,    ///< lent to a worker
        Lingering,  ///< answered for the last time
        Closed
    };

    Connection(boost::asio::io_context& io, std::unique_ptr<ByteStream> bytes,
               std::string listener_name)
        : stream(std::move(bytes)), ready(io, stream->fd()), listener(std::move(listener_name)) {}
    ~Connection() { ready.release(); }  // the stream owns the descriptor
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    // Touched by the loop thread, except while Running: then by the worker.
    std::unique_ptr<ByteStream> stream;
    std::string buffer;  // bytes that were read and not yet understood
    std::size_t seen = 0;
    HttpHead head;
    std::string begun;  // the body's beginning, decoded
    Patience patience;  // with the body
    std::stop_source stop;

    // Touched by the loop thread only.
    boost::asio::posix::stream_descriptor ready;  // for readiness alone
    std::string listener;
    State state = State::Reading;
    Steady::time_point since;  // when we began to wait for what we wait for
    Steady::time_point deadline;
    std::size_t blank_lines = 0;
    bool fresh = true;     // no request yet
    bool counted = false;  // its request is active
    bool runs = false;     // its request has a worker, or is about to
    bool streams = false;  // its request has a long body
    std::string party;     // of its request: HttpServer::Options::party

    std::atomic<bool> gone = false;
};
using ConnectionPtr = std::shared_ptr<Connection>;  // shared by the loop, its waits and a worker

}  // namespace forgehouse::net
