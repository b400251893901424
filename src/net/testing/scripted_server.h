// ScriptedServer: for tests of whatever speaks HTTP. A plain-socket server that does exactly what
// the test says, right or wrong: half an answer, a reset, silence.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/check.h"
#include "base/text.h"
#include "exec/monitor.h"

namespace forgehouse::net::testing {

struct SeenRequest {
    std::string line;  ///< `POST /?x=1 HTTP/1.1`
    std::string head;  ///< the fields, as sent
    std::string body;
    int connection = 0;  ///< which one it came by, from 0
};

/// One accepted connection, on a thread of its own.
class Peer {
public:
    Peer(int fd, int number) : fd_(fd), number_(number) {}

    int number() const noexcept { return number_; }
    /// The next whole request; nullopt once the client has hung up.
    std::optional<SeenRequest> read() {
        while (!buffer_.contains("\r\n\r\n"))
            if (!fill()) return std::nullopt;
        SeenRequest seen;
        seen.connection = number_;
        const auto line_end = buffer_.find("\r\n");
        const auto head_end = buffer_.find("\r\n\r\n");
        seen.line = buffer_.substr(0, line_end);
        seen.head = buffer_.substr(line_end + 2, head_end - line_end);
        buffer_.erase(0, head_end + 4);
        const std::string fields = text::lower_ascii(seen.head);
        const bool whole = fields.contains("transfer-encoding: chunked")
                               ? read_chunks(seen.body)
                               : take(content_length(fields), seen.body);
        return whole ? std::optional(std::move(seen)) : std::nullopt;
    }
    /// False once the client has hung up.
    bool write(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (n <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(n));
        }
        return true;
    }
    /// A whole answer with its length. `fields` are whole lines.
    bool answer(int status, std::string_view body, std::string_view fields = "") {
        return write(fmt::format("HTTP/1.1 {} X\r\nContent-Length: {}\r\n{}\r\n", status,
                                 body.size(), fields)) &&
               write(body);
    }
    bool start_chunks(int status, std::string_view fields = "") {
        return write(
            fmt::format("HTTP/1.1 {} X\r\nTransfer-Encoding: chunked\r\n{}\r\n", status, fields));
    }
    bool chunk(std::string_view bytes) {
        return write(fmt::format("{:x}\r\n{}\r\n", bytes.size(), bytes));
    }
    bool end_chunks() { return write("0\r\n\r\n"); }
    /// Waits until the client hangs up.
    void wait_for_hangup() {
        while (fill()) buffer_.clear();
    }
    /// The connection will end by a reset instead of a goodbye.
    void reset_on_close() {
        const linger hard{.l_onoff = 1, .l_linger = 0};
        ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    }

private:
    bool fill() {
        char bytes[65536];
        const ssize_t n = ::recv(fd_, bytes, sizeof bytes, 0);
        if (n > 0) buffer_.append(bytes, static_cast<std::size_t>(n));
        return n > 0;
    }
    bool take(std::size_t size, std::string& out) {
        while (buffer_.size() < size)
            if (!fill()) return false;
        out += buffer_.substr(0, size);
        buffer_.erase(0, size);
        return true;
    }
    bool read_chunks(std::string& out) {
        for (;;) {
            while (!buffer_.contains("\r\n"))
                if (!fill()) return false;
            const auto size = std::strtoull(buffer_.c_str(), nullptr, 16);
            buffer_.erase(0, buffer_.find("\r\n") + 2);
            std::string line_end;
            if (!take(size, out) || !take(2, line_end)) return false;
            if (size == 0) return true;
        }
    }
    static std::size_t content_length(const std::string& fields) {
        const auto at = fields.find("content-length: ");
        return at == std::string::npos ? 0 : std::strtoull(fields.c_str() + at + 16, nullptr, 10);
    }

    int fd_;
    int number_;
    std::string buffer_;
};

/// Accepts until it is destroyed; runs `script` for each connection, then closes it.
class ScriptedServer {
public:
    using Script = std::function<void(Peer&)>;
    enum class Over : unsigned char { Unix, Tcp };

    explicit ScriptedServer(Script script, Over over = Over::Unix) : script_(std::move(script)) {
        over == Over::Unix ? bind_unix() : bind_tcp();
        CHECK(::listen(listener_, 64) == 0);
        acceptor_ = std::jthread([this] { accept_all(); });
    }
    ~ScriptedServer() {
        ::shutdown(listener_, SHUT_RDWR);
        acceptor_.join();
        open_.with([](auto& fds) {
            for (const int fd : fds) ::shutdown(fd, SHUT_RDWR);
        });
        threads_.clear();
        ::close(listener_);
        if (!folder_.empty()) std::filesystem::remove_all(folder_);
    }
    ScriptedServer(const ScriptedServer&) = delete;
    ScriptedServer& operator=(const ScriptedServer&) = delete;

    /// "" over TCP.
    const std::string& socket() const noexcept { return socket_; }
    /// `http://127.0.0.1:PORT`, or `http://localhost` over the Unix socket.
    const std::string& url() const noexcept { return url_; }
    int connections() {
        return open_.with([](auto& fds) { return static_cast<int>(fds.size()); });
    }

private:
    void bind_unix() {
        std::string name = "/tmp/scripted-XXXXXX";
        CHECK(::mkdtemp(name.data()) != nullptr);
        folder_ = name;
        socket_ = name + "/s";
        url_ = "http://localhost";
        listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        socket_.copy(address.sun_path, sizeof address.sun_path - 1);
        bind_to(address);
    }
    void bind_tcp() {
        listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        bind_to(address);
        socklen_t size = sizeof address;
        CHECK(::getsockname(listener_, as_sockaddr(address), &size) == 0);
        url_ = fmt::format("http://127.0.0.1:{}", ntohs(address.sin_port));
    }
    template <class Address>
    static sockaddr* as_sockaddr(Address& address) {
        return static_cast<sockaddr*>(static_cast<void*>(&address));
    }
    template <class Address>
    void bind_to(Address& address) {
        CHECK(listener_ >= 0);
        CHECK(::bind(listener_, as_sockaddr(address), sizeof address) == 0);
    }
    void accept_all() {
        for (int number = 0;; ++number) {
            const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
            if (fd < 0) return;
            open_.with([&](auto& fds) { fds.push_back(fd); });
            threads_.emplace_back([this, fd, number] {
                Peer peer(fd, number);
                script_(peer);
                open_.with([&](auto& fds) { std::ranges::replace(fds, fd, -1); });
                ::close(fd);
            });
        }
    }

    Script script_;
    std::filesystem::path folder_;
    std::string socket_;
    std::string url_;
    int listener_ = -1;
    exec::Monitor<std::vector<int>> open_;  ///< of each connection so far; -1 = closed
    std::vector<std::jthread> threads_;     ///< by the acceptor, then by the destructor
    std::jthread acceptor_;
};

}  // namespace forgehouse::net::testing
