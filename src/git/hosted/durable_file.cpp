#include "git/hosted/durable_file.h"

#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>

#include "exec/descriptor.h"

namespace forgehouse::git {
namespace {

std::error_code last_error() {
    return {errno, std::generic_category()};
}

Errc kind_of_failure(const std::error_code& error) {
    if (error == std::errc::permission_denied || error == std::errc::operation_not_permitted ||
        error == std::errc::read_only_file_system)
        return Errc::Denied;
    if (error == std::errc::file_exists || error == std::errc::directory_not_empty)
        return Errc::Conflict;
    if (error == std::errc::no_such_file_or_directory || error == std::errc::not_a_directory)
        return Errc::NotFound;
    return Errc::Unavailable;
}

std::string hint_for(Errc code) {
    switch (code) {
        case Errc::Denied: return "Give this user the right to write there.";
        case Errc::Conflict: return "Choose another name, or remove what is there.";
        case Errc::NotFound: return "Check whether somebody has moved or removed it.";
        default: return "Free some space there.";
    }
}

/// The bytes go to the disk without the journal, if that can be.
bool sync_bytes(int file) noexcept {
    return ::sync_file_range(file, 0, 0,
                             SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE |
                                 SYNC_FILE_RANGE_WAIT_AFTER) == 0;
}

Result<void> fill(const exec::Descriptor& file, const std::string& path, std::string_view bytes,
                  Syncing syncing = Syncing::Whole) {
    for (auto rest = bytes; !rest.empty();) {
        const auto written = ::write(file.get(), rest.data(), rest.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return Failure(disk_failure(path));
        rest.remove_prefix(static_cast<std::size_t>(written));
    }
    if (syncing == Syncing::BytesOnly && sync_bytes(file.get())) return {};
    if (::fsync(file.get()) != 0) return Failure(disk_failure(path));
    return {};
}

std::string folder_of(const std::string& path) {
    const auto slash = path.rfind('/');
    return slash == std::string::npos ? "." : path.substr(0, slash + 1);
}

}  // namespace

Error disk_failure(const std::string& path, const std::error_code& error) {
    const auto code = kind_of_failure(error);
    return Error(code, "a repository's files cannot be written or read")
        .with("path", path)
        .with("reason", error.message())
        .hint(hint_for(code));
}

Error disk_failure(const std::string& path) {
    return disk_failure(path, last_error());
}

bool keeps_order(const std::string& folder) noexcept {
    struct statfs status{};
    return ::statfs(folder.c_str(), &status) == 0 &&
           (status.f_type == EXT4_SUPER_MAGIC || status.f_type == XFS_SUPER_MAGIC);
}

Result<void> write_new_file(const std::string& path, std::string_view bytes, Syncing syncing) {
    const exec::Descriptor file(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644));
    if (!file) return Failure(disk_failure(path));
    return fill(file, path, bytes, syncing);
}

Result<void> replace_file(const std::string& path, std::string_view bytes) {
    auto next = path + ".new-XXXXXX";
    const exec::Descriptor file(::mkostemp(next.data(), O_CLOEXEC));
    if (!file) return Failure(disk_failure(path));
    auto done = fill(file, path, bytes);
    if (done && ::fchmod(file.get(), 0644) != 0) done = Failure(disk_failure(path));
    if (done && ::rename(next.c_str(), path.c_str()) != 0) done = Failure(disk_failure(path));
    if (done) return sync_folder(folder_of(path));
    ::unlink(next.c_str());
    return done;
}

Result<void> sync_folder(const std::string& folder) {
    const exec::Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!opened || ::fsync(opened.get()) != 0) return Failure(disk_failure(folder));
    return {};
}

Result<std::string> read_small_file(const std::string& path) {
    const exec::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat status{};
    if (!file || ::fstat(file.get(), &status) != 0) return Failure(disk_failure(path));
    if (!S_ISREG(status.st_mode))
        return Failure(
            Error(Errc::Corrupt, "a file of the repository is no regular file").with("path", path));
    std::string bytes(static_cast<std::size_t>(status.st_size), '\0');
    std::size_t filled = 0;
    while (filled < bytes.size()) {
        const auto taken = ::read(file.get(), bytes.data() + filled, bytes.size() - filled);
        if (taken < 0 && errno == EINTR) continue;
        if (taken < 0) return Failure(disk_failure(path));
        if (taken == 0) break;
        filled += static_cast<std::size_t>(taken);
    }
    bytes.resize(filled);
    return bytes;
}

}  // namespace forgehouse::git
