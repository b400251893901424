#include "git/store/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "exec/descriptor.h"

namespace forgehouse::git {
namespace {

Error cannot_open(const std::string& path, int reason) {
    const auto code = reason == ENOENT || reason == ENOTDIR ? Errc::NotFound
                      : reason == EACCES                    ? Errc::Denied
                                                            : Errc::Unavailable;
    return Error(code, "a file of the repository cannot be read")
        .with("file", path)
        .with("reason", std::string(std::strerror(reason)));
}

}  // namespace

Result<MappedFile> MappedFile::open(const std::string& path) {
    // Not to be kept waiting by a pipe that stands where a file should.
    const exec::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat status{};
    if (!file || ::fstat(file.get(), &status) != 0) return Failure(cannot_open(path, errno));
    if (!S_ISREG(status.st_mode))
        return Failure(
            Error(Errc::Corrupt, "a file of the repository is no regular file").with("file", path));
    const auto size = static_cast<std::size_t>(status.st_size);
    if (size == 0) return MappedFile();
    void* data = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
    if (data == MAP_FAILED) return Failure(cannot_open(path, errno));
    return MappedFile(static_cast<const std::uint8_t*>(data), size);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
}

MappedFile::~MappedFile() {
    if (data_ != nullptr) ::munmap(const_cast<std::uint8_t*>(data_), size_);
}

}  // namespace forgehouse::git
