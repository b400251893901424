// Descriptor: owns one open file descriptor and closes it.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <utility>

namespace forgehouse::exec {

class Descriptor {
public:
    Descriptor() = default;
    /// Takes ownership; a negative number is no descriptor.
    explicit Descriptor(int fd) noexcept : fd_(fd) {}
    Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        if (this != &other) {
            close();
            fd_ = std::exchange(other.fd_, -1);
        }
        return *this;
    }
    ~Descriptor() { close(); }

    /// A copy, closed on exec, with a number of at least `floor`; none where none is left.
    static Descriptor copy_above(int fd, int floor) noexcept {
        return Descriptor(::fcntl(fd, F_DUPFD_CLOEXEC, floor));
    }
    Descriptor above(int floor) const noexcept { return copy_above(fd_, floor); }

    int get() const noexcept { return fd_; }
    explicit operator bool() const noexcept { return fd_ >= 0; }
    int release() noexcept { return std::exchange(fd_, -1); }
    void close() noexcept {
        if (fd_ >= 0) ::close(fd_);
        fd_ = -1;
    }

private:
    int fd_ = -1;
};

}  // namespace forgehouse::exec
