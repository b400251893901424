#include "net/byte_stream.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace forgehouse::net {
namespace {

// A stop is noticed within that time; it is rare, so a wake-up descriptor is not worth its cost.
constexpr std::chrono::milliseconds kStopCheck{50};

class PlainStream final : public ByteStream {
public:
    explicit PlainStream(int fd) : fd_(fd) {}
    ~PlainStream() override { ::close(fd_); }
    PlainStream(const PlainStream&) = delete;
    PlainStream& operator=(const PlainStream&) = delete;

    IoResult read_some(std::span<char> into) override {
        ssize_t n = 0;
        do n = ::recv(fd_, into.data(), into.size(), MSG_DONTWAIT);
        while (n < 0 && errno == EINTR);
        return outcome(n);
    }

    IoResult write_some(std::span<const iovec> from) override {
        msghdr message{};
        // sendmsg does not change the parts; its struct is shared with recvmsg, which does.
        message.msg_iov = const_cast<iovec*>(from.data());  // NOLINT
        message.msg_iovlen = from.size();
        ssize_t n = 0;
        do n = ::sendmsg(fd_, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
        while (n < 0 && errno == EINTR);
        return outcome(n);
    }

    void shut_write() override { ::shutdown(fd_, SHUT_WR); }
    int fd() const noexcept override { return fd_; }

private:
    static IoResult outcome(ssize_t n) {
        if (n > 0) return {IoState::Some, static_cast<std::size_t>(n)};
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return {IoState::WouldBlock, 0};
        return {IoState::Closed, 0};
    }

    int fd_;
};

}  // namespace

std::unique_ptr<ByteStream> plain_stream(int fd) {
    return std::make_unique<PlainStream>(fd);
}

Result<void> wait_for(exec::Context& ctx, int fd, short events, Patience& patience) {
    auto since = exec::Context::Steady::now();
    for (;;) {
        TRY(ctx.check());
        if (patience.ended())
            return Failure(Error(Errc::Unavailable, "the peer was silent or slow for too long"));
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(patience.left());
        pollfd watched{.fd = fd, .events = events, .revents = 0};
        const int ready = ::poll(&watched, 1, static_cast<int>(std::min(left, kStopCheck).count()));
        const auto now = exec::Context::Steady::now();
        patience.spend(now - since);
        since = now;
        if (ready > 0) return {};
    }
}

Result<void> write_all(exec::Context& ctx, ByteStream& stream, std::span<iovec> parts,
                       Patience& patience) {
    while (!parts.empty()) {
        if (parts.front().iov_len == 0) {
            parts = parts.subspan(1);
            continue;
        }
        const IoResult written = stream.write_some(parts);
        if (written.state == IoState::Closed)
            return Failure(Error(Errc::Unavailable, "the peer has hung up"));
        if (written.state == IoState::WouldBlock) {
            TRY(wait_for(ctx, stream.fd(), stream.waits_for(POLLOUT), patience));
            continue;
        }
        std::size_t done = written.bytes;
        patience.earn(done);
        while (!parts.empty() && done >= parts.front().iov_len) {
            done -= parts.front().iov_len;
            parts = parts.subspan(1);
        }
        if (done > 0) {
            parts.front().iov_base = static_cast<char*>(parts.front().iov_base) + done;
            parts.front().iov_len -= done;
        }
    }
    return {};
}

}  // namespace forgehouse::net
