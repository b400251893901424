#include "engine/early_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "base/text.h"
#include "exec/descriptor.h"

namespace forgehouse::engine {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMostBytes = 4 * 1024 * 1024;

struct Wanted {
    const fs::path& path;
    bool secret;
};

std::array<Wanted, 3> wanted(const EarlyPaths& paths) {
    return {{{paths.users, true}, {paths.certificate, false}, {paths.key, true}}};
}

Result<exec::Descriptor> open_file(const Wanted& file, int flags) {
    exec::Descriptor fd(::open(file.path.c_str(), O_RDONLY | O_NOCTTY | flags));
    if (fd.get() < 0)
        return Failure(
            Error(errno == ENOENT ? Errc::NotFound : Errc::Denied, "a file cannot be opened")
                .with("path", file.path.string())
                .with("reason", std::strerror(errno)));
    struct stat found{};
    if (::fstat(fd.get(), &found) != 0 || !S_ISREG(found.st_mode))
        return Failure(Error(Errc::Invalid, "this is no file").with("path", file.path.string()));
    if (file.secret && (found.st_mode & (S_IROTH | S_IWOTH)) != 0)
        return Failure(Error(Errc::Denied, "others may read this file, which is secret")
                           .with("path", file.path.string())
                           .hint("chmod 600 it"));
    return fd;
}

Result<std::string> read_all(const exec::Descriptor& fd, const fs::path& path) {
    std::string out;
    char buffer[16384];
    while (out.size() <= kMostBytes) {
        const ssize_t n = ::pread(fd.get(), buffer, sizeof buffer, static_cast<off_t>(out.size()));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0)
            return Failure(Error(Errc::Denied, "a file cannot be read")
                               .with("path", path.string())
                               .with("reason", std::strerror(errno)));
        if (n == 0) return out;
        out.append(buffer, static_cast<std::size_t>(n));
    }
    return Failure(Error(Errc::Invalid, "a file is too large").with("path", path.string()));
}

/// `7,-,9`: the descriptors of the three, in order.
Result<std::array<std::string, 3>> read_texts(const EarlyPaths& paths, std::string_view inherited) {
    const auto numbers = text::split(inherited, ',');
    std::array<std::string, 3> out;
    std::size_t i = 0;
    for (const Wanted& file : wanted(paths)) {
        const auto number =
            i < numbers.size() ? text::to_int(numbers[i]) : std::optional<std::int64_t>();
        if (!file.path.empty()) {
            exec::Descriptor fd(number ? static_cast<int>(*number) : -1);
            if (!number) {
                TRY_LET(opened, open_file(file, O_CLOEXEC));
                fd = std::move(opened);
            }
            TRY_LET(text, read_all(fd, file.path));
            out[i] = std::move(text);
        }
        ++i;
    }
    return out;
}

}  // namespace

Result<EarlyFiles> read_early(const EarlyPaths& paths, std::string_view inherited) {
    if (paths.certificate.empty() != paths.key.empty())
        return Failure(Error(Errc::Invalid, "TLS wants a certificate and its key")
                           .hint("set engine.tls_certificate and engine.tls_key"));
    TRY_LET(texts, read_texts(paths, inherited));
    const Secret key(std::move(texts[2]));
    EarlyFiles out;
    if (!paths.users.empty()) {
        auto users = parse_users(texts[0]);
        if (!users) return Failure(std::move(users.error()).with("path", paths.users.string()));
        out.users = std::move(*users);
    }
    if (!paths.certificate.empty()) {
        auto tls = net::TlsServer::from_pem(texts[1], key);
        if (!tls)
            return Failure(std::move(tls.error())
                               .with("certificate", paths.certificate.string())
                               .with("key", paths.key.string()));
        out.tls = std::move(*tls);
    }
    return out;
}

Result<std::string> pass_on(const EarlyPaths& paths) {
    std::string out;
    for (const Wanted& file : wanted(paths)) {
        if (!out.empty()) out += ',';
        if (file.path.empty()) {
            out += '-';
            continue;
        }
        // Without O_CLOEXEC: it is to live on in the next program, which closes it.
        TRY_LET(fd, open_file(file, 0));
        out += std::to_string(fd.release());
    }
    return out;
}

}  // namespace forgehouse::engine
