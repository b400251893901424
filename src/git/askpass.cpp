#include "git/askpass.h"

#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/text.h"

namespace forgehouse::git {
namespace {

/// What git puts between the quotes of a prompt, without the user: scheme, host and port.
std::string server_of(const RemoteUrl& url) {
    return url.text.substr(0, url.text.find('/', url.text.find("://") + 3));
}

/// All of a descriptor that others read too: without moving its offset.
std::string read_all(int fd) {
    std::string out;
    std::array<char, 4096> buffer{};
    for (;;) {
        const auto n = ::pread(fd, buffer.data(), buffer.size(), static_cast<off_t>(out.size()));
        if (n <= 0) return out;
        out.append(buffer.data(), static_cast<std::size_t>(n));
    }
}

bool write_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto n = ::write(fd, bytes.data(), bytes.size());
        if (n <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
}

}  // namespace

std::optional<int> answer_prompt(int argc, char** argv) {
    const char* const number = std::getenv(std::string(kAskpassVariable).c_str());
    if (number == nullptr) return std::nullopt;
    const auto fd = text::to_int(number);
    if (!fd || *fd < 3 || argc < 2) return 1;
    const auto answer = answer_to(argv[1], read_all(static_cast<int>(*fd)));
    return answer && write_all(STDOUT_FILENO, *answer + "\n") ? 0 : 1;
}

Result<exec::Descriptor> lend_credentials(const RemoteUrl& url, const Credentials& credentials) {
    exec::Descriptor memory(::memfd_create("forgehouse-credentials", MFD_CLOEXEC));
    // NUL separates: neither a host nor what a prompt can carry holds one.
    std::string lent = server_of(url);
    lent.append(1, '\0').append(credentials.user).append(1, '\0');
    lent.append(credentials.password.reveal());
    const bool written = memory && write_all(memory.get(), lent);
    const int error = errno;
    ::explicit_bzero(lent.data(), lent.size());
    if (written) return memory;
    return Failure(Error(Errc::Unavailable, "the credentials cannot be handed over to git")
                       .with("reason", std::string(::strerror(error))));
}

std::optional<std::string> answer_to(std::string_view prompt, std::string_view lent) {
    const auto parts = text::split(lent, '\0');
    const auto begin = prompt.find('\''), end = prompt.rfind('\'');
    if (parts.size() != 3 || begin == std::string_view::npos || begin == end) return std::nullopt;
    std::string server(prompt.substr(begin + 1, end - begin - 1));
    const auto host = server.find("://") + 3;
    if (host < 3 || host > server.size()) return std::nullopt;
    if (const auto at = server.rfind('@'); at != std::string::npos && at >= host)
        server.erase(host, at + 1 - host);
    if (server != parts[0]) return std::nullopt;
    if (prompt.starts_with("Username for ") && !parts[1].empty()) return std::string(parts[1]);
    // A token is often given as the user alone: its password is empty then.
    if (prompt.starts_with("Password for ")) return std::string(parts[2]);
    return std::nullopt;
}

}  // namespace forgehouse::git
