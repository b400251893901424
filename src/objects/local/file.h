// File: an owned descriptor and the few calls on it, with the system's errors as Errors.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace forgehouse::objects {

/// What an errno means to the caller: ENOENT is NotFound, EACCES and EROFS Denied, a full disk
/// Unavailable with a hint, everything else Unavailable with the system's words.
Failure failure_of_system(int error, Literal doing, const std::filesystem::path& path);

/// Threads: one at a time.
class File {
public:
    /// `flags` as for open(2); close-on-exec, mode 0600.
    static Result<File> open(const std::filesystem::path& path, int flags);
    File(File&& other) noexcept
        : fd_(std::exchange(other.fd_, -1)), path_(std::move(other.path_)) {}
    File& operator=(File&& other) noexcept;
    ~File();

    int fd() const noexcept { return fd_; }
    Result<void> write_all(std::string_view bytes);
    Result<std::string> read_all();
    /// Returns once the bytes are on the disk.
    Result<void> flush();

private:
    File(int fd, std::filesystem::path path) : fd_(fd), path_(std::move(path)) {}
    int fd_;
    std::filesystem::path path_;
};

/// Makes the names in a folder durable.
Result<void> flush_folder(const std::filesystem::path& folder);

}  // namespace forgehouse::objects
