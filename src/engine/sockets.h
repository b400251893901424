// The engine's sockets before it serves: bound under a name of their own, then moved over the path,
// so that a client finds the old engine or the new one, and never nothing.
#pragma once

#include <filesystem>
#include <optional>

#include "base/result.h"
#include "base/secret.h"
#include "engine/data_dir.h"
#include "net/http_server.h"

namespace forgehouse::engine {

/// The Unix socket of an engine, and the name that leads to it.
class SocketPath {
public:
    /// Binds and puts the name in place. Whoever calls holds the takeover lock.
    static Result<SocketPath> bind(const std::filesystem::path& path);

    net::Listener take_listener() { return std::move(listener_); }
    /// Removes the name, if it still leads to our socket.
    void remove_name() const;
    bool is_ours() const;

private:
    SocketPath(std::filesystem::path path, net::Listener listener, unsigned long device,
               unsigned long inode)
        : path_(std::move(path)), listener_(std::move(listener)), device_(device), inode_(inode) {}
    std::filesystem::path path_;
    net::Listener listener_;
    unsigned long device_;
    unsigned long inode_;
};

/// What stands between an address and whoever can reach it.
struct Guards {
    bool users = false;
    bool tls = false;
    bool at_own_risk = false;  ///< the network, or something in front of us, takes care of that
};

/// Whether `ADDRESS:PORT` can be reached from this machine alone.
bool is_loopback(const std::string& address);

/// `ADDRESS:PORT` checked: beyond loopback it wants users, whose passwords want TLS.
/// Errors: Invalid, field `address`.
Result<void> check_listen_address(const std::string& address, const Guards& guards);

/// Asks the engine that holds the lock to hand over, by another name of its socket ("": it is
/// leaving already), and waits for the lock. Our own socket is in place, so clients queue there
/// meanwhile. Errors: Conflict where the holder does not leave.
Result<void> take_over(const DataDir& dir, const LockFile& lock, const Secret& token,
                       const std::filesystem::path& old_socket_name);

}  // namespace forgehouse::engine
