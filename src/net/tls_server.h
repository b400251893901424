// TlsServer: TLS on the accepting side, as one more ByteStream (byte_stream.h). OpenSSL stays
// behind this header. TLS 1.2 and newer, no renegotiation, no compression; ALPN offers http/1.1.
//
// The handshake is part of the first reads and writes, so whoever bounds these bounds it: the
// server gives a connection its head_timeout for handshake and head together.
#pragma once

#include <memory>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"
#include "net/byte_stream.h"

namespace forgehouse::net {

/// A certificate with its key. Threads: wrap() from many at once.
class TlsServer {
public:
    /// Both as PEM: the certificate followed by those that lead to its authority, and its key,
    /// which must not be encrypted. Touches no file then or later. Errors: Invalid where one cannot
    /// be read, or they do not belong together; with a hint.
    static Result<std::shared_ptr<const TlsServer>> from_pem(std::string_view certificates,
                                                             const Secret& key);
    ~TlsServer();
    TlsServer(const TlsServer&) = delete;
    TlsServer& operator=(const TlsServer&) = delete;

    /// The stream of what the peer says inside of TLS. It must be given at least 16 KiB to read
    /// into, or bytes may wait in it unseen by poll(). nullptr without memory.
    std::unique_ptr<ByteStream> wrap(std::unique_ptr<ByteStream> wire) const;

    struct Context;  // keeps OpenSSL out of this header

private:
    explicit TlsServer(std::unique_ptr<Context> context);
    std::unique_ptr<Context> context_;
};

}  // namespace forgehouse::net
