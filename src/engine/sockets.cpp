#include "engine/sockets.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/log.h"
#include "base/text.h"
#include "engine/front.h"
#include "engine/knock.h"

namespace forgehouse::engine {
namespace fs = std::filesystem;
namespace {

constexpr std::chrono::seconds kHandOverPatience{90};
constexpr std::chrono::seconds kAnswerPatience{10};
constexpr std::chrono::milliseconds kLockCheck{10};

}  // namespace

Result<SocketPath> SocketPath::bind(const fs::path& path) {
    const fs::path draft = path.string() + ".next";
    ::unlink(draft.c_str());
    TRY_LET(listener, net::Listener::unix_socket(draft.string(), kUnixListener));
    struct stat made{};
    if (::stat(draft.c_str(), &made) != 0 || ::rename(draft.c_str(), path.c_str()) != 0)
        return Failure(Error(Errc::Denied, "the socket cannot be put in place")
                           .with("path", path.string())
                           .with("reason", std::strerror(errno)));
    return SocketPath(path, std::move(listener), made.st_dev, made.st_ino);
}

bool SocketPath::is_ours() const {
    struct stat found{};
    return ::lstat(path_.c_str(), &found) == 0 && found.st_dev == device_ && found.st_ino == inode_;
}

void SocketPath::remove_name() const {
    if (is_ours()) ::unlink(path_.c_str());
}

bool is_loopback(const std::string& address) {
    const std::string host = address.substr(0, address.rfind(':'));
    return host == "localhost" || host == "[::1]" || host.starts_with("127.");
}

Result<void> check_listen_address(const std::string& address, const Guards& guards) {
    TRY(net::Listener::check_tcp(address));
    if (is_loopback(address) || guards.at_own_risk || (guards.users && guards.tls)) return {};
    if (guards.users)
        return Failure(
            Error(Errc::Invalid, "passwords would cross the network in the clear")
                .with("address", address)
                .hint("set engine.tls_certificate and engine.tls_key, or say --allow-remote where "
                      "something in front speaks TLS"));
    return Failure(Error(Errc::Invalid, "the engine listens beyond loopback for users only")
                       .with("address", address)
                       .hint("set engine.users, engine.tls_certificate and engine.tls_key, take "
                             "127.0.0.1:PORT, or say --allow-remote if the network is trusted"));
}

Result<void> take_over(const DataDir& dir, const LockFile& lock, const Secret& token,
                       const fs::path& old_socket_name) {
    exec::Context ctx = exec::Context().with_timeout(kHandOverPatience);
    if (!old_socket_name.empty()) {
        exec::Context moment = ctx.with_timeout(kAnswerPatience);
        const auto asked = knock(moment, old_socket_name, "POST", kHandOverPath, token);
        if (!asked || asked->status != 200)
            log::warn("engine", "the running engine did not answer; waiting for it to end",
                      {{"reason", asked ? asked->body : asked.error().describe()}});
    }
    while (!lock.try_lock()) {
        if (ctx.sleep(kLockCheck)) continue;
        const auto holder = lock_holder(dir.lock);
        return Failure(Error(Errc::Conflict, "another engine holds the data directory and stays")
                           .with("path", dir.root.string())
                           .with("pid", holder && *holder ? (*holder)->pid : 0)
                           .hint("end that process, then try again"));
    }
    return {};
}

}  // namespace forgehouse::engine
