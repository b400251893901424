// The loop thread owns all connections between requests: it accepts, reads heads and the beginning
// of bodies, keeps deadlines and watches for peers that hang up. A request is lent to a worker,
// which alone touches the stream until its answer is out, and then gives the connection back.
#pragma once

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <list>
#include <map>
#include <thread>
#include <vector>

#include "exec/guarded.h"
#include "exec/pool.h"
#include "net/http_connection.h"
#include "net/http_server.h"

namespace forgehouse::net {

class HttpServer::Loop {
public:
    using Steady = Connection::Steady;
    struct Activity {
        std::size_t active = 0;
        Steady::time_point last = Steady::now();
        std::size_t connections = 0;
    };

    explicit Loop(Options options);
    ~Loop();
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    void add(Listener listener);
    void say_close() { saying_close_ = true; }
    bool drain(std::chrono::milliseconds patience);
    Activity activity() const {
        return activity_.with([](const Activity& a) { return a; });
    }

private:
    struct Source {
        Source(boost::asio::posix::stream_descriptor d, std::string n,
               std::shared_ptr<const TlsServer> t)
            : descriptor(std::move(d)), name(std::move(n)), tls(std::move(t)) {}
        boost::asio::posix::stream_descriptor descriptor;
        std::string name;
        std::shared_ptr<const TlsServer> tls;  // shared with whoever made the listener; may be null
        bool paused = false;
    };

    // connections: http_server_loop.cpp
    bool wait_until_empty(std::chrono::milliseconds patience);
    void accept_from(Source& source);
    bool accept_pending(Source& source);
    void admit(int fd, const Source& source);
    bool make_room();
    void refuse(const ConnectionPtr& c, const HttpRefusal& refusal);
    void linger(const ConnectionPtr& c);
    void linger_on(const ConnectionPtr& c);
    void close(const ConnectionPtr& c);
    void begin_drain();
    void stop_all();
    void tick();
    void look_after_connections();
    void look_after(const ConnectionPtr& c, Steady::time_point now);
    void note(int change);
    void count_connections();

    // requests: http_server_requests.cpp
    void watch(const ConnectionPtr& c);
    void readable(const ConnectionPtr& c);
    void understand(const ConnectionPtr& c);
    enum class Next : unsigned char { Head, Nothing };
    Next take_head(const ConnectionPtr& c);
    Next begin_request(const ConnectionPtr& c);
    Next answer_at_once(const ConnectionPtr& c, const HttpAnswer& answer);
    void take_body(const ConnectionPtr& c, std::size_t arrived);
    bool may_run(const Connection& c) const;
    void dispatch(const ConnectionPtr& c);
    bool run(Connection& c);
    void answered(const ConnectionPtr& c, bool keep);
    void begin_queued();
    void wait_for_head(Connection& c, std::chrono::milliseconds limit);
    void end_request(Connection& c);

    const Options options_;
    const std::size_t most_streams_;
    boost::asio::io_context io_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_;
    boost::asio::steady_timer ticker_;
    std::list<std::unique_ptr<Source>> listeners_;  // loop thread
    std::list<ConnectionPtr> connections_;          // loop thread
    std::deque<ConnectionPtr> queued_;              // loop thread; some may have left the state
    std::size_t streams_ = 0;                       // loop thread
    std::size_t running_ = 0;                       // loop thread
    std::map<std::string, std::size_t> parties_;    // loop thread; how many of each run
    std::vector<char> scratch_;                     // loop thread: what a read puts its bytes into
    std::uint64_t last_id_ = 0;                     // loop thread
    bool draining_ = false;                         // loop thread
    std::atomic<bool> drained_ = false;
    std::atomic<bool> saying_close_ = false;
    exec::Guarded<Activity> activity_;
    exec::Pool workers_;
    std::jthread thread_;
};

}  // namespace forgehouse::net
