#include "collect/data_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <system_error>
#include <utility>

#include "base/text.h"

namespace forgehouse::collect {
namespace {

Failure not_usable(int error, const std::filesystem::path& path) {
    const bool denied = error == EACCES || error == EPERM || error == EROFS;
    return Failure(
        Error(denied ? Errc::Denied : Errc::Unavailable, "the data directory cannot be used")
            .with("path", path.string())
            .with("reason", std::generic_category().message(error))
            .hint(error == ENOSPC || error == EDQUOT
                      ? "Make room on that disk, then run the same command again."
                      : "Set FORGEHOUSE_DATA to a folder that this user may write."));
}

/// The process that wrote its id when it took the lock.
std::optional<std::int64_t> named_holder(int fd) {
    std::array<char, 32> text{};
    const ssize_t got = ::pread(fd, text.data(), text.size(), 0);
    if (got <= 0) return std::nullopt;
    return text::to_int(text::trim(std::string_view(text.data(), static_cast<std::size_t>(got))));
}

std::string holder_of(int fd) {
    const auto pid = named_holder(fd);
    return pid ? fmt::to_string(*pid) : std::string("unknown");
}

}  // namespace

Result<DataLock> DataLock::take(const std::filesystem::path& data_dir) {
    std::error_code error;
    std::filesystem::create_directories(data_dir, error);
    if (error) return not_usable(error.value(), data_dir);
    const std::filesystem::path path = data_dir / "collect.lock";
    // Close-on-exec: a child of git that outlives us must not hold our lock.
    DataLock lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (lock.fd_ < 0) return not_usable(errno, path);
    while (::flock(lock.fd_, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EINTR) continue;
        if (errno != EWOULDBLOCK) return not_usable(errno, path);
        return Failure(Error(Errc::Conflict, "another collector works on the same data")
                           .with("pid", holder_of(lock.fd_))
                           .with("path", data_dir.string())
                           .hint("Wait until it has ended, or set FORGEHOUSE_DATA to another "
                                 "folder for this one."));
    }
    const std::string pid = fmt::format("{}\n", ::getpid());
    if (::ftruncate(lock.fd_, 0) != 0 ||
        ::pwrite(lock.fd_, pid.data(), pid.size(), 0) != static_cast<ssize_t>(pid.size()))
        return not_usable(errno, path);
    return lock;
}

// The system's list is read, since to try the lock would send away whoever takes it just then.
std::optional<std::int64_t> DataLock::holder(const std::filesystem::path& data_dir) {
    const std::filesystem::path path = data_dir / "collect.lock";
    const DataLock file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    struct ::stat facts{};
    if (file.fd_ < 0 || ::fstat(file.fd_, &facts) != 0) return std::nullopt;
    const auto pid = named_holder(file.fd_);
    std::ifstream locks("/proc/locks");
    for (std::string line; pid && std::getline(locks, line);)
        if (line.contains(" FLOCK ") && line.contains(fmt::format(" {} ", *pid)) &&
            line.contains(fmt::format(":{} ", facts.st_ino)))
            return pid;
    return std::nullopt;
}

DataLock::DataLock(DataLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

DataLock& DataLock::operator=(DataLock&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
}

DataLock::~DataLock() {
    if (fd_ >= 0) ::close(fd_);
}

}  // namespace forgehouse::collect
