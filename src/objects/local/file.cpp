#include "objects/local/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace forgehouse::objects {

Failure failure_of_system(int error, Literal doing, const std::filesystem::path& path) {
    const auto told = [&](Errc code, Literal text) {
        return Error(code, text)
            .with("doing", std::string(doing.view()))
            .with("path", path.string())
            .with("reason", std::generic_category().message(error));
    };
    switch (error) {
        case ENOENT:
        case ENOTDIR: return Failure(told(Errc::NotFound, "there is no such file"));
        case EACCES:
        case EPERM:
        case EROFS:
            return Failure(told(Errc::Denied, "no right to use a file")
                               .hint("Give this user the right to write there, or set "
                                     "FORGEHOUSE_DATA to a folder that is its own."));
        case ENOSPC:
        case EDQUOT:
            return Failure(
                told(Errc::Unavailable, "the disk is full")
                    .hint("Make room on that disk, or set FORGEHOUSE_DATA to a folder on "
                          "another one; then run the same command again."));
        case EMFILE:
        case ENFILE:
            return Failure(told(Errc::Unavailable, "too many files are open")
                               .hint("Raise the limit with `ulimit -n 4096`."));
        default: return Failure(told(Errc::Unavailable, "a file could not be used"));
    }
}

Result<File> File::open(const std::filesystem::path& path, int flags) {
    for (;;) {
        const int fd = ::open(path.c_str(), flags | O_CLOEXEC, 0600);
        if (fd >= 0) return File(fd, path);
        if (errno != EINTR) return failure_of_system(errno, "open", path);
    }
}

File& File::operator=(File&& other) noexcept {
    std::swap(fd_, other.fd_);
    std::swap(path_, other.path_);
    return *this;
}

File::~File() {
    if (fd_ >= 0) ::close(fd_);
}

Result<void> File::write_all(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(fd_, bytes.data(), bytes.size());
        if (written < 0) {
            if (errno == EINTR) continue;
            return failure_of_system(errno, "write", path_);
        }
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

Result<std::string> File::read_all() {
    struct stat facts;
    if (::fstat(fd_, &facts) != 0) return failure_of_system(errno, "look at", path_);
    if (S_ISDIR(facts.st_mode)) return failure_of_system(ENOENT, "read", path_);
    std::string bytes(static_cast<std::size_t>(facts.st_size), '\0');
    std::size_t have = 0;
    for (;;) {
        if (have == bytes.size()) bytes.resize(bytes.size() + 4096);
        const ssize_t got = ::read(fd_, bytes.data() + have, bytes.size() - have);
        if (got < 0) {
            if (errno == EINTR) continue;
            return failure_of_system(errno, "read", path_);
        }
        if (got == 0) break;
        have += static_cast<std::size_t>(got);
    }
    bytes.resize(have);
    return bytes;
}

Result<void> File::flush() {
    if (::fsync(fd_) != 0) return failure_of_system(errno, "write", path_);
    return {};
}

Result<void> flush_folder(const std::filesystem::path& folder) {
    TRY_LET(file, File::open(folder, O_RDONLY | O_DIRECTORY));
    return file.flush();
}

}  // namespace forgehouse::objects
