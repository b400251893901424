#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/text.h"
#include "net/http_server.h"

namespace forgehouse::net {
namespace {

constexpr int kBacklog = 4096;

struct Address {
    sockaddr_storage storage{};
    socklen_t size = 0;
};

Result<Address> parse_address(std::string_view text) {
    const auto refuse = [&] {
        return Failure(Error(Errc::Invalid, "this is no address to listen on")
                           .with("address", std::string(text))
                           .hint("write ADDRESS:PORT, such as 127.0.0.1:8123 or [::1]:8123"));
    };
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) return refuse();
    const auto port = text::to_int(text.substr(colon + 1));
    std::string host(text.substr(0, colon));
    if (!port || *port < 0 || *port > 65535) return refuse();
    if (host == "localhost") host = "127.0.0.1";
    Address out;
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
        auto& in6 = reinterpret_cast<sockaddr_in6&>(out.storage);
        if (inet_pton(AF_INET6, host.substr(1, host.size() - 2).c_str(), &in6.sin6_addr) != 1)
            return refuse();
        in6.sin6_family = AF_INET6;
        in6.sin6_port = htons(static_cast<std::uint16_t>(*port));
        out.size = sizeof in6;
        return out;
    }
    auto& in4 = reinterpret_cast<sockaddr_in&>(out.storage);
    if (inet_pton(AF_INET, host.c_str(), &in4.sin_addr) != 1) return refuse();
    in4.sin_family = AF_INET;
    in4.sin_port = htons(static_cast<std::uint16_t>(*port));
    out.size = sizeof in4;
    return out;
}

std::string text_of(const sockaddr_storage& storage) {
    char text[INET6_ADDRSTRLEN] = {};
    if (storage.ss_family == AF_INET6) {
        const auto& in6 = reinterpret_cast<const sockaddr_in6&>(storage);
        inet_ntop(AF_INET6, &in6.sin6_addr, text, sizeof text);
        return fmt::format("[{}]:{}", text, ntohs(in6.sin6_port));
    }
    const auto& in4 = reinterpret_cast<const sockaddr_in&>(storage);
    inet_ntop(AF_INET, &in4.sin_addr, text, sizeof text);
    return fmt::format("{}:{}", text, ntohs(in4.sin_port));
}

std::string bound_address(int fd) {
    sockaddr_storage storage{};
    socklen_t size = sizeof storage;
    if (getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return "?";
    return text_of(storage);
}

Error system_error(Literal text, std::string_view address, int code) {
    return Error(code == EACCES || code == EPERM ? Errc::Denied : Errc::Unavailable, text)
        .with("address", std::string(address))
        .with("reason", std::strerror(code));
}

}  // namespace

std::string_view peer_host(std::string_view peer) noexcept {
    const auto bracket = peer.rfind(']');
    const auto colon = peer.rfind(':');
    const bool has_port =
        colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
    return has_port ? peer.substr(0, colon) : peer;
}

std::string peer_address(int fd) {
    sockaddr_storage storage{};
    socklen_t size = sizeof storage;
    if (getpeername(fd, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return "?";
    return text_of(storage);
}

Listener::Listener(int fd, std::string name, std::string address)
    : fd_(fd), name_(std::move(name)), address_(std::move(address)) {}

Listener::Listener(Listener&& other) noexcept
    : fd_(other.release()),
      name_(std::move(other.name_)),
      address_(std::move(other.address_)),
      tls_(std::move(other.tls_)) {}

Listener& Listener::operator=(Listener&& other) noexcept {
    std::swap(fd_, other.fd_);
    std::swap(name_, other.name_);
    std::swap(address_, other.address_);
    std::swap(tls_, other.tls_);
    return *this;
}

Listener::~Listener() {
    if (fd_ >= 0) ::close(fd_);
}

int Listener::release() noexcept {
    return std::exchange(fd_, -1);
}

Result<Listener> Listener::unix_socket(const std::string& path, std::string name) {
    sockaddr_un where{};
    where.sun_family = AF_UNIX;
    if (path.size() >= sizeof where.sun_path)
        return Failure(
            Error(Errc::Invalid, "the path of the socket is too long").with("path", path));
    std::memcpy(where.sun_path, path.c_str(), path.size());
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return Failure(system_error("no socket can be made", path, errno));
    Listener out(fd, std::move(name), path);
    // The mode of the descriptor becomes the mode of the path: no moment in which others may
    // connect.
    ::fchmod(fd, 0600);
    if (::bind(fd, reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0)
        return Failure(system_error("the socket cannot be bound", path, errno));
    ::chmod(path.c_str(), 0600);
    if (::listen(fd, kBacklog) != 0)
        return Failure(system_error("the socket cannot listen", path, errno));
    return out;
}

Result<void> Listener::check_tcp(std::string_view address) {
    TRY(parse_address(address));
    return {};
}

Result<Listener> Listener::tcp(std::string_view address, std::string name) {
    TRY_LET(where, parse_address(address));
    const int fd = ::socket(where.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return Failure(system_error("no socket can be made", address, errno));
    Listener out(fd, std::move(name), std::string(address));
    const int on = 1;
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (where.storage.ss_family == AF_INET6)
        ::setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);  // accepted sockets inherit it
    if (::bind(fd, reinterpret_cast<const sockaddr*>(&where.storage), where.size) != 0)
        return Failure(system_error("the address cannot be bound", address, errno)
                           .hint("another program listens there: take another port, or 0 for any"));
    if (::listen(fd, kBacklog) != 0)
        return Failure(system_error("the socket cannot listen", address, errno));
    out.address_ = bound_address(fd);
    return out;
}

}  // namespace forgehouse::net
