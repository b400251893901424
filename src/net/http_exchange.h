// One request and its answer over a stream, as the handler's thread sees them.
#pragma once

#include <atomic>
#include <string>

#include "net/byte_stream.h"
#include "net/http_message.h"
#include "net/http_server.h"

namespace forgehouse::net {

/// Reads the body: first what came with the head, then from the stream.
class StreamBody final : public BodyReader {
public:
    /// `raw` holds the bytes after the head; what belongs to the next request is left in it.
    StreamBody(ByteStream& stream, HttpHead& head, std::string& raw, const HttpLimits& limits)
        : stream_(stream), head_(head), raw_(raw), limits_(limits) {}

    Result<std::string_view> read(exec::Context& ctx, std::size_t wanted) override;
    std::optional<std::uint64_t> length() const noexcept override { return head_.length; }

    bool at_end() const noexcept { return !head_.decoder || head_.decoder->done(); }
    /// Reads on to the end, so that the connection can be kept; false where that would take long.
    bool skip_rest(exec::Context& ctx);

private:
    Result<void> fill(exec::Context& ctx);

    ByteStream& stream_;
    HttpHead& head_;
    std::string& raw_;
    const HttpLimits& limits_;
    std::string out_;
    bool continued_ = false;
    bool broken_ = false;
};

class StreamResponse final : public ResponseWriter {
public:
    StreamResponse(ByteStream& stream, const HttpHead& head, const HttpLimits& limits,
                   const std::atomic<bool>& gone, bool keep_alive)
        : stream_(stream), head_(head), limits_(limits), gone_(gone), keep_alive_(keep_alive) {}

    Result<void> send(exec::Context& ctx, unsigned status, const Headers& headers,
                      std::string_view body) override;
    Result<void> start(exec::Context& ctx, unsigned status, const Headers& headers) override;
    Result<void> write(exec::Context& ctx, std::string_view bytes) override;
    Result<void> finish(exec::Context& ctx) override;
    void close_after() noexcept override { keep_alive_ = false; }
    bool started() const noexcept override { return state_ != State::Silent; }
    bool peer_gone() const noexcept override { return gone_.load(std::memory_order_relaxed); }

    /// Whether the answer is whole and the connection may carry another request.
    bool reusable() const noexcept { return state_ == State::Whole && keep_alive_; }
    bool whole() const noexcept { return state_ == State::Whole; }

private:
    enum class State : unsigned char { Silent, Streaming, Whole, Broken };

    std::string head_text(unsigned status, const Headers& headers) const;
    Result<void> put(exec::Context& ctx, std::span<iovec> parts);
    bool bodiless() const { return head_.request.method == "HEAD"; }

    ByteStream& stream_;
    const HttpHead& head_;
    const HttpLimits& limits_;
    const std::atomic<bool>& gone_;
    bool keep_alive_;
    State state_ = State::Silent;
    std::string unsent_;  // the head, until the first part goes with it
};

}  // namespace forgehouse::net
