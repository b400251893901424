#include "engine/knock.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/text.h"
#include "engine/launcher.h"

namespace forgehouse::engine {
namespace {

constexpr std::size_t kMaxAnswer = 64 * 1024;
constexpr std::chrono::milliseconds kStopCheck{20};

struct Socket {
    explicit Socket(int number) : fd(number) {}
    ~Socket() {
        if (fd >= 0) ::close(fd);
    }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;
    int fd;
};

Result<void> wait(exec::Context& ctx, int fd, short events) {
    for (;;) {
        TRY(ctx.check());
        pollfd watched{.fd = fd, .events = events, .revents = 0};
        const auto slice = std::min(ctx.remaining(kStopCheck), kStopCheck);
        if (::poll(&watched, 1, static_cast<int>(slice.count()) + 1) > 0) return {};
    }
}

Result<void> connect_to(exec::Context& ctx, int fd, const std::filesystem::path& socket) {
    sockaddr_un where{};
    where.sun_family = AF_UNIX;
    const std::string path = socket.string();
    if (path.empty() || path.size() >= sizeof where.sun_path)
        return Failure(Error(Errc::NotFound, "no engine listens").with("socket", path));
    std::memcpy(where.sun_path, path.c_str(), path.size());
    for (;;) {
        if (::connect(fd, reinterpret_cast<const sockaddr*>(&where), sizeof where) == 0) return {};
        if (errno == EINTR) continue;
        // A Unix socket says so when the backlog is full; there is nothing to poll for.
        if (errno == EAGAIN) {
            TRY(ctx.sleep(kStopCheck));
            continue;
        }
        const Errc code = errno == EACCES || errno == EPERM ? Errc::Denied : Errc::NotFound;
        return Failure(Error(code, "no engine listens")
                           .with("socket", path)
                           .with("reason", std::strerror(errno)));
    }
}

Result<KnockAnswer> parse(const std::string& text) {
    const auto end = text.find("\r\n\r\n");
    const auto status = text.size() > 12 ? text::to_int(std::string_view(text).substr(9, 3))
                                         : std::optional<std::int64_t>();
    if (!text.starts_with("HTTP/1.") || end == std::string::npos || !status)
        return Failure(Error(Errc::Unavailable, "the engine hung up before it answered"));
    return KnockAnswer{.status = static_cast<unsigned>(*status), .body = text.substr(end + 4)};
}

}  // namespace

Result<KnockAnswer> knock(exec::Context& ctx, const std::filesystem::path& socket,
                          std::string_view method, std::string_view path, const Secret& token) {
    const Socket s(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (s.fd < 0)
        return Failure(
            Error(Errc::Unavailable, "no socket can be made").with("reason", std::strerror(errno)));
    TRY(connect_to(ctx, s.fd, socket));
    std::string request = fmt::format(
        "{} {} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 0\r\n", method,
        path);
    if (!token.empty()) request += fmt::format("{}: {}\r\n", kWriterHeader, token.reveal());
    request += "\r\n";
    // It fits into any socket's empty buffer.
    if (::send(s.fd, request.data(), request.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(request.size()))
        return Failure(Error(Errc::Unavailable, "the engine hung up before it answered"));
    std::string answer;
    char buffer[4096];
    while (answer.size() < kMaxAnswer) {
        TRY(wait(ctx, s.fd, POLLIN));
        const ssize_t n = ::recv(s.fd, buffer, sizeof buffer, 0);
        if (n < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (n <= 0) break;
        answer.append(buffer, static_cast<std::size_t>(n));
    }
    return parse(answer);
}

}  // namespace forgehouse::engine
