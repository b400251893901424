#include "engine/testing/live.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <iterator>

#include "base/text.h"
#include "engine/data_dir.h"
#include "engine/environment.h"
#include "engine/library.h"

extern char** environ;

namespace forgehouse::engine::live {
namespace fs = std::filesystem;
namespace {

constexpr int kPatienceMs = 30'000;

bool readable(int fd, int ms) {
    pollfd p{.fd = fd, .events = POLLIN, .revents = 0};
    return ::poll(&p, 1, ms) > 0;
}

std::string read_file(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TempFolder::TempFolder() {
    char name[] = "/tmp/fh-XXXXXX";
    path_ = ::mkdtemp(name);
}
TempFolder::~TempFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

// --- the wire --------------------------------------------------------------------------------

Wire::Wire(const std::string& where) {
    sockaddr_storage storage{};
    socklen_t size = 0;
    if (where.starts_with('/')) {
        auto& to = reinterpret_cast<sockaddr_un&>(storage);
        to.sun_family = AF_UNIX;
        std::memcpy(to.sun_path, where.c_str(), std::min(where.size(), sizeof to.sun_path - 1));
        size = sizeof to;
    } else {
        auto& to = reinterpret_cast<sockaddr_in&>(storage);
        to.sin_family = AF_INET;
        const auto colon = where.find(':');
        to.sin_port =
            htons(static_cast<std::uint16_t>(text::to_int(where.substr(colon + 1)).value_or(0)));
        ::inet_pton(AF_INET, where.substr(0, colon).c_str(), &to.sin_addr);
        size = sizeof to;
    }
    fd_ = ::socket(storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::connect(fd_, reinterpret_cast<const sockaddr*>(&storage), size) != 0) close();
}

Wire::~Wire() {
    close();
}

void Wire::close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
}

bool Wire::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (n <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
}

bool Wire::fill() {
    char bytes[65536];
    if (!readable(fd_, kPatienceMs)) return false;
    const ssize_t n = ::recv(fd_, bytes, sizeof bytes, 0);
    if (n <= 0) return false;
    buffer_.append(bytes, static_cast<std::size_t>(n));
    return true;
}

Reply Wire::receive() {
    Reply reply;
    std::size_t end = std::string::npos;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos)
        if (!fill()) return reply;
    const std::string head = buffer_.substr(0, end);
    buffer_.erase(0, end + 4);
    reply.status = static_cast<int>(text::to_int(std::string_view(head).substr(9, 3)).value_or(0));
    for (const std::string_view line : text::split(head, '\n'))
        if (const auto colon = line.find(':'); colon != std::string_view::npos)
            reply.headers[text::lower_ascii(line.substr(0, colon))] =
                text::trim(line.substr(colon + 1));
    if (reply.status == 100) return receive();
    if (reply.headers["transfer-encoding"] == "chunked") {
        for (;;) {
            std::size_t line = std::string::npos;
            while ((line = buffer_.find("\r\n")) == std::string::npos)
                if (!fill()) return reply;
            const auto size = static_cast<std::size_t>(::strtoull(buffer_.c_str(), nullptr, 16));
            while (buffer_.size() < line + 2 + size + 2)
                if (!fill()) return reply;
            reply.body += buffer_.substr(line + 2, size);
            buffer_.erase(0, line + 2 + size + 2);
            if (size == 0) break;
        }
    } else {
        const auto length =
            static_cast<std::size_t>(text::to_int(reply.headers["content-length"]).value_or(0));
        while (buffer_.size() < length)
            if (!fill()) return reply;
        reply.body = buffer_.substr(0, length);
        buffer_.erase(0, length);
    }
    reply.whole = true;
    return reply;
}

Reply request(const std::string& where, std::string_view method, std::string_view target,
              const Headers& headers, std::string_view body) {
    Wire wire(where);
    if (!wire.connected()) return {};
    std::string text = fmt::format("{} {} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n",
                                   method, target, body.size());
    for (const auto& [name, value] : headers) text += name + ": " + value + "\r\n";
    // A refusal may come before the body is out: what was sent by then does not matter.
    (void)wire.send(text + "\r\n");
    (void)wire.send(body);
    return wire.receive();
}

std::string percent_encoded(std::string_view text) {
    std::string out;
    for (const char c : text) out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    return out;
}

std::string library() {
    const auto found = find_library(LibrarySearch::here({}, Environment::of(environ)));
    if (found) return found->string();
    ADD_FAILURE() << found.error().describe() << "\n" << found.error().hint();
    return {};
}

// --- the child -------------------------------------------------------------------------------

Child::Child(const fs::path& folder, std::vector<std::string> more) : folder_(folder) {
    ::mkdir((folder / "run").c_str(), 0700);
    std::vector<std::string> words{FORGEHOUSE_ENGINE_CHILD, "--data", (folder / "data").string()};
    if (std::find(more.begin(), more.end(), "--idle") == more.end())
        more.insert(more.end(), {"--idle", "60"});
    words.insert(words.end(), more.begin(), more.end());
    std::vector<std::string> variables{"XDG_RUNTIME_DIR=" + (folder / "run").string()};
    for (char** v = environ; *v != nullptr; ++v)
        if (!std::string_view(*v).starts_with("XDG_RUNTIME_DIR=")) variables.emplace_back(*v);
    std::vector<char*> argv, envp;
    for (std::string& word : words) argv.push_back(word.data());
    for (std::string& variable : variables) envp.push_back(variable.data());
    argv.push_back(nullptr);
    envp.push_back(nullptr);

    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return;
    const int log =
        ::open((folder / "stderr").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    pid_ = ::fork();
    if (pid_ == 0) {
        ::dup2(ends[1], STDOUT_FILENO);
        ::dup2(log, STDERR_FILENO);
        ::execve(argv[0], argv.data(), envp.data());
        ::_exit(127);
    }
    ::close(ends[1]);
    ::close(log);
    out_ = ends[0];
    char c = 0;
    while (readable(out_, 2 * kPatienceMs) && ::read(out_, &c, 1) == 1 && c != '\n') ready_ += c;
}

Child::~Child() {
    if (ended_ == -2) {
        signal(SIGKILL);
        wait();
    }
    ::close(out_);
}

std::string Child::tcp() const {
    const auto at = ready_.find("http://");
    return at == std::string::npos ? "" : ready_.substr(at + 7);
}

std::string Child::socket() const {
    for (const auto& entry : fs::recursive_directory_iterator(folder_ / "run" / "forgehouse"))
        if (entry.path().extension() == ".sock") return entry.path().string();
    return {};
}

std::string Child::token() const {
    return std::string(text::trim(read_file(folder_ / "data" / "engine.token")));
}

void Child::signal(int number) {
    if (pid_ > 0) ::kill(pid_, number);
}

int Child::wait() {
    if (ended_ != -2) return ended_;
    // A pipe's end closes when the process is gone: a wait with a limit, without polling.
    char rest[256];
    while (readable(out_, 2 * kPatienceMs))
        if (::read(out_, rest, sizeof rest) <= 0) {
            int status = 0;
            ::waitpid(pid_, &status, 0);
            return ended_ = WIFSIGNALED(status) ? 1000 + WTERMSIG(status) : WEXITSTATUS(status);
        }
    return -1;
}

std::string Child::errors() const {
    return read_file(folder_ / "stderr");
}

Reply Child::as_reader(std::string_view sql) const {
    return request(socket(), "POST", "/", {}, sql);
}

Reply Child::as_writer(std::string_view sql, std::string_view parameters) const {
    return request(socket(), "POST", fmt::format("/?{}", parameters),
                   {{"X-Forgehouse-Writer", token()}}, sql);
}

std::string Child::must(std::string_view sql, std::string_view parameters) const {
    const Reply reply = as_writer(sql, parameters);
    EXPECT_EQ(reply.status, 200) << sql << "\n" << reply.body << errors();
    return reply.body;
}

Reply Child::as_client(std::string_view sql) const {
    return request(tcp(), "POST", "/", {}, sql);
}

}  // namespace forgehouse::engine::live
