// MappedFile: a file in memory, read-only, for as long as the object lives.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/result.h"

namespace forgehouse::git {

/// Threads: const functions may be called from many threads at once.
/// Files of git's that are mapped never change: they are replaced by others and removed, which ends
/// no mapping. Who cuts one short under us is somebody with the right to do so, and ends us.
class MappedFile {
public:
    /// Errors: NotFound where there is no such file, Denied, Corrupt for what is no regular file,
    /// Unavailable where the system has no room for it.
    static Result<MappedFile> open(const std::string& path);

    MappedFile() = default;
    MappedFile(MappedFile&& other) noexcept;
    MappedFile& operator=(MappedFile&& other) noexcept;
    ~MappedFile();

    std::span<const std::uint8_t> bytes() const noexcept { return {data_, size_}; }

private:
    MappedFile(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}
    const std::uint8_t* data_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace forgehouse::git
