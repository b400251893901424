// ByteStream: a connected byte stream whose reads and writes never block, and the waits around it.
// Type-erased, so that TLS is one more class and not one more server.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <memory>
#include <span>

#include "base/result.h"
#include "exec/context.h"
#include "net/patience.h"

namespace forgehouse::net {

enum class IoState : unsigned char { Some, WouldBlock, Closed };

struct IoResult {
    IoState state;
    std::size_t bytes;  ///< 0 unless `Some`
};

/// Threads: one at a time, except fd().
class ByteStream {
public:
    virtual ~ByteStream() = default;
    virtual IoResult read_some(std::span<char> into) = 0;
    virtual IoResult write_some(std::span<const iovec> from) = 0;
    /// No more will be written; the peer sees the end.
    virtual void shut_write() = 0;
    /// What poll() may be asked about. Owned by the stream.
    virtual int fd() const noexcept = 0;
    /// After `WouldBlock`: the events of poll() to wait for, where `wanted` is the plain answer. A
    /// stream inside of another protocol may have to read before it can write.
    virtual short waits_for(short wanted) const noexcept { return wanted; }
};

/// Takes over a connected, non-blocking socket.
std::unique_ptr<ByteStream> plain_stream(int fd);

/// Waits for `events` of poll(). Cancelled by the Context, Unavailable once the patience has ended.
Result<void> wait_for(exec::Context& ctx, int fd, short events, Patience& patience);

/// Writes all of it, waiting while the peer takes nothing.
Result<void> write_all(exec::Context& ctx, ByteStream& stream, std::span<iovec> parts,
                       Patience& patience);

}  // namespace forgehouse::net
