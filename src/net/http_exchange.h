// One request and its answer over a stream, as the handler's thread sees them.
#pragma once

#include <atomic>
#include <string>

#include "net/byte_stream.h"
#include "net/http_message.h"
#include "net/http_server.h"

namespace forgehouse::net {

/// How far the beginning of a body has come.
enum class Gathered : unsigned char { Whole, Full, More };

/// Decodes into `begun` what of a body lies in `raw`, up to `most` bytes in all. What belongs to
/// the next request is left in `raw`. Errors: those of BodyDecoder.
Result<Gathered> gather(HttpHead& head, std::string& raw, std::string& begun, std::size_t most);

/// Reads the body: first what was gathered, then from the stream.
class StreamBody final : public BodyReader {
public:
    /// `raw` holds bytes that are not decoded yet; what belongs to the next request is left in it.
    StreamBody(ByteStream& stream, HttpHead& head, std::string& raw, std::string_view begun,
               Patience& patience)
        : stream_(stream), head_(head), raw_(raw), begun_(begun), patience_(patience) {}

    Result<std::string_view> read(exec::Context& ctx, std::size_t wanted) override;
    std::optional<std::uint64_t> length() const noexcept override { return head_.length; }

    /// Whether the peer has sent all of it.
    bool arrived() const noexcept { return !head_.decoder || head_.decoder->done(); }

private:
    Result<void> fill(exec::Context& ctx);

    ByteStream& stream_;
    HttpHead& head_;
    std::string& raw_;
    std::string_view begun_;  // what of it was not read yet
    Patience& patience_;
    std::string out_;
    bool broken_ = false;
};

/// Fields of a head, a line each. What has no token for a name is left out.
std::string head_fields(const ResponseWriter::Headers& headers);

/// The head of an answer, up to the fields that say its length.
std::string answer_head(unsigned status, const ResponseWriter::Headers& headers, bool keep_alive);

/// A whole answer.
std::string answer_text(const HttpAnswer& answer, bool keep_alive, bool with_body);

class StreamResponse final : public ResponseWriter {
public:
    StreamResponse(ByteStream& stream, const HttpHead& head, const HttpLimits& limits,
                   const std::atomic<bool>& gone, bool keep_alive)
        : stream_(stream),
          head_(head),
          patience_(limits.write_timeout, limits.write_rate),
          gone_(gone),
          keep_alive_(keep_alive) {}

    Result<void> send(exec::Context& ctx, unsigned status, const Headers& headers,
                      std::string_view body) override;
    Result<void> announce(exec::Context& ctx, unsigned status, const Headers& headers) override;
    Result<void> start(exec::Context& ctx, unsigned status, const Headers& headers) override;
    Result<void> write(exec::Context& ctx, std::string_view bytes) override;
    Result<void> finish(exec::Context& ctx) override;
    void close_after() noexcept override { keep_alive_ = false; }
    void reset() noexcept override;
    bool started() const noexcept override { return state_ != State::Silent; }
    bool peer_gone() const noexcept override { return gone_.load(std::memory_order_relaxed); }

    /// Whether the answer is whole and the connection may carry another request.
    bool reusable() const noexcept { return state_ == State::Whole && keep_alive_; }
    bool whole() const noexcept { return state_ == State::Whole; }

private:
    enum class State : unsigned char { Silent, Streaming, Whole, Broken };

    Result<void> put(exec::Context& ctx, std::span<iovec> parts);
    Result<void> check_silent() const;
    std::string rest_of_head(unsigned status, const Headers& headers) const;
    bool bodiless() const { return head_.request.method == "HEAD"; }

    ByteStream& stream_;
    const HttpHead& head_;
    Patience patience_;
    const std::atomic<bool>& gone_;
    bool keep_alive_;
    State state_ = State::Silent;
    bool announced_ = false;  // the status and some fields are out
    std::string unsent_;      // the head, until the first part goes with it
};

}  // namespace forgehouse::net
