// Front: what the engine's sockets answer. Decides who asks (by listener, token, name and
// password), what is asked, and that no web page is behind it.
#pragma once

#include <atomic>
#include <functional>

#include "base/secret.h"
#include "engine/client_session.h"
#include "engine/database.h"
#include "engine/logins.h"
#include "net/http_server.h"

namespace forgehouse::engine {

/// Names of the listeners.
inline constexpr const char* kUnixListener = "unix";
inline constexpr const char* kTcpListener = "tcp";

/// `POST` to one of these with the writer's token: finish what runs and leave. The second leaves
/// the socket's path alone: it belongs to the one who asks.
inline constexpr const char* kLeavePath = "/forgehouse/leave";
inline constexpr const char* kHandOverPath = "/forgehouse/hand-over";

class Front {
public:
    struct Options {
        Secret token;
        std::vector<User> users{};  ///< of the TCP listener; empty: whoever connects
        bool tcp_writable = false;  ///< without users
        bool tcp_remote = false;    ///< any Host is ours then
        std::function<void(bool hand_over)> leave;
    };

    Front(Database& database, Options options);

    /// A net::HttpDoorman: health checks and refusals, which need no worker.
    std::optional<net::HttpAnswer> greet(const net::HttpRequest& request) const;
    /// Whose a request is, for net::HttpServer::Options::party: of a user, where there are users,
    /// from one address. Does not block.
    std::string party_of(const net::HttpRequest& request) const;
    /// A net::HttpHandler, for what greet() has let in. Threads: from many at once.
    void handle(exec::Context& ctx, const net::HttpRequest& request, net::BodyReader& body,
                net::ResponseWriter& response);
    /// Drops the sessions of clients that have not come back in time.
    void forget_old_sessions() { sessions_.forget_old(); }
    /// Closes what clients have kept open. No request may run.
    void end_sessions() { sessions_.end_all(); }

private:
    struct Refusal {
        unsigned status;
        std::string text;
    };
    struct Visitor {
        Role role;  ///< of one who need not log in
        std::string path;
    };
    ResultOf<Visitor, Refusal> visitor_of(const net::HttpRequest& request) const;
    ResultOf<Role, Refusal> role_of(const net::HttpRequest& request) const;
    std::optional<Refusal> from_web_page(const net::HttpRequest& request) const;
    struct Exception {
        SqlError error;
        unsigned status;
        net::ResponseWriter::Headers headers{};
    };
    ResultOf<Asker, Exception> asker_of(const exec::Context& ctx, const net::HttpRequest& request,
                                        const Target& target, const Visitor& visitor);
    ResultOf<Asker, Exception> log_in(const exec::Context& ctx, const net::HttpRequest& request,
                                      const Credentials& credentials);
    void query(exec::Context& ctx, const net::HttpRequest& request, const Target& target,
               const Visitor& visitor, net::BodyReader& body, net::ResponseWriter& response);
    /// Runs the query over bodies that are plain for it, whatever they are on the wire.
    void unpacked(exec::Context& ctx, Asker asker, QueryRequest asked, net::BodyReader& body,
                  net::ResponseWriter& response);
    void leave(exec::Context& ctx, const net::HttpRequest& request, const Visitor& visitor,
               net::ResponseWriter& response);
    std::string fresh_id();

    Database& database_;
    Options options_;
    std::optional<Logins> logins_;  // where there are users
    Sessions sessions_;
    std::atomic<std::uint64_t> last_id_ = 0;
};

}  // namespace forgehouse::engine
