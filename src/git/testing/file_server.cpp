#include "git/testing/file_server.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace forgehouse::git::testing {
namespace {

void send_all(int connection, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto n = ::send(connection, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (n <= 0) return;
        bytes.remove_prefix(static_cast<std::size_t>(n));
    }
}

std::string response(std::string_view status, std::string_view headers, std::string_view body) {
    return fmt::format("HTTP/1.1 {}\r\n{}Content-Length: {}\r\nConnection: close\r\n\r\n{}", status,
                       headers, body.size(), body);
}

}  // namespace

FileServer::FileServer(std::string folder, std::string authorization)
    : folder_(std::move(folder)),
      authorization_(std::move(authorization)),
      listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);  // NOLINT: the sockets API's way
    if (::bind(listener_.get(), any, size) == 0 && ::listen(listener_.get(), 16) == 0 &&
        ::getsockname(listener_.get(), any, &size) == 0)
        port_ = ntohs(address.sin_port);
    thread_ = std::jthread([this] { serve(); });
}

FileServer::~FileServer() {
    ::shutdown(listener_.get(), SHUT_RDWR);
}

void FileServer::serve() {
    for (;;) {
        const exec::Descriptor connection(
            ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (!connection) return;
        answer(connection.get());
    }
}

void FileServer::answer(int connection) {
    std::string request;
    char buffer[4096];
    while (request.find("\r\n\r\n") == std::string::npos) {
        const auto n = ::recv(connection, buffer, sizeof buffer, 0);
        if (n <= 0) return;
        request.append(buffer, static_cast<std::size_t>(n));
    }
    if (request.find("Authorization: " + authorization_ + "\r\n") == std::string::npos) {
        send_all(connection,
                 response("401 Unauthorized", "WWW-Authenticate: Basic realm=\"test\"\r\n", ""));
        return;
    }
    on_request_.with([](const auto& told) {
        if (told) told();
    });
    const auto begin = request.find(' ') + 1;
    const auto path = request.substr(begin, request.find_first_of(" ?", begin) - begin);
    std::error_code ignored;
    const auto file = folder_ + path;
    if (path.find("..") != std::string::npos || !std::filesystem::is_regular_file(file, ignored)) {
        send_all(connection, response("404 Not Found", "", ""));
        return;
    }
    std::ifstream in(file, std::ios::binary);
    send_all(connection,
             response("200 OK", "", std::string(std::istreambuf_iterator<char>(in), {})));
}

}  // namespace forgehouse::git::testing
