#include "git/stream.h"

#include <algorithm>
#include <cstring>

namespace forgehouse::git {
namespace {

constexpr std::size_t kBufferBytes = 128u << 10;
constexpr std::size_t kKeptBytes = 4u << 20;

}  // namespace

Result<bool> Stream::fill(const exec::Context& ctx) {
    if (begin_ == end_) begin_ = end_ = 0;
    if (end_ == buffer_.size() && begin_ > 0) {
        std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
    }
    if (end_ == buffer_.size()) buffer_.resize(std::max(kBufferBytes, 2 * buffer_.size()));
    TRY_LET(n, process_.read(ctx, std::span(buffer_).subspan(end_)));
    end_ += n;
    return n > 0;
}

Result<std::optional<std::string_view>> Stream::until(const exec::Context& ctx, char delimiter) {
    std::size_t searched = 0;
    for (;;) {
        const auto seen = rest();
        if (const auto at = seen.find(delimiter, searched); at != std::string_view::npos) {
            begin_ += at + 1;
            return seen.substr(0, at);
        }
        searched = seen.size();
        TRY_LET(more, fill(ctx));
        if (!more) return std::nullopt;
    }
}

Result<std::optional<std::string_view>> Stream::exactly(const exec::Context& ctx,
                                                        std::size_t size) {
    while (end_ - begin_ < size) {
        TRY_LET(more, fill(ctx));
        if (!more) return std::nullopt;
    }
    const auto bytes = rest().substr(0, size);
    begin_ += size;
    return bytes;
}

void Stream::release() {
    const auto kept = rest();
    if (buffer_.size() <= kKeptBytes || kept.size() > kKeptBytes) return;
    std::vector<char> smaller(std::max(kBufferBytes, kept.size()));
    std::ranges::copy(kept, smaller.begin());
    end_ = kept.size();
    begin_ = 0;
    buffer_ = std::move(smaller);
}

Result<std::optional<char>> Stream::peek(const exec::Context& ctx) {
    if (begin_ == end_) {
        TRY_LET(more, fill(ctx));
        if (!more) return std::nullopt;
    }
    return buffer_[begin_];
}

}  // namespace forgehouse::git
