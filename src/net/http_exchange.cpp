#include "net/http_exchange.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>

#include "base/check.h"

namespace forgehouse::net {
namespace {

constexpr std::size_t kReadSize = 128 * 1024;

iovec part(std::string_view bytes) {
    return {.iov_base = const_cast<char*>(bytes.data()),  // NOLINT: writev does not write to it
            .iov_len = bytes.size()};
}

/// resize() without filling: each byte of a body passes here, and is overwritten anyway.
void grow(std::string& buffer, std::size_t size) {
    buffer.resize_and_overwrite(size, [](char*, std::size_t n) { return n; });
}

bool is_token(std::string_view name) {
    return !name.empty() && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_';
    });
}

}  // namespace

Result<Gathered> gather(HttpHead& head, std::string& raw, std::string& begun, std::size_t most) {
    if (!head.decoder) return Gathered::Whole;
    for (;;) {
        // Asked even where nothing more is wanted: an end may be there that yields no byte.
        const std::size_t before = begun.size();
        const std::size_t room = std::min(raw.size(), most - std::min(most, before));
        grow(begun, before + std::max<std::size_t>(room, 1));
        const auto step = head.decoder->decode(raw, std::span(begun).subspan(before));
        if (!step) return Failure(step.error());
        begun.resize(before + step->produced);
        raw.erase(0, step->consumed);
        if (head.decoder->done()) return Gathered::Whole;
        if (begun.size() >= most) return Gathered::Full;
        if (step->consumed == 0 && step->produced == 0) return Gathered::More;
    }
}

Result<void> StreamBody::fill(exec::Context& ctx) {
    const std::size_t before = raw_.size();
    grow(raw_, before + kReadSize);
    for (;;) {
        const IoResult got = stream_.read_some(std::span(raw_).subspan(before));
        if (got.state == IoState::Some) {
            raw_.resize(before + got.bytes);
            patience_.earn(got.bytes);
            return {};
        }
        if (got.state == IoState::Closed) {
            raw_.resize(before);
            return Failure(Error(Errc::Unavailable, "the peer hung up in the middle of a body"));
        }
        if (auto waited = wait_for(ctx, stream_.fd(), stream_.waits_for(POLLIN), patience_);
            !waited) {
            raw_.resize(before);
            return waited;
        }
    }
}

Result<std::string_view> StreamBody::read(exec::Context& ctx, std::size_t wanted) {
    wanted = std::max<std::size_t>(wanted, 1);
    if (!begun_.empty()) {
        const std::string_view part = begun_.substr(0, wanted);
        begun_.remove_prefix(part.size());
        return part;
    }
    if (arrived()) return std::string_view();
    if (broken_) return Failure(Error(Errc::Unavailable, "the body broke off before"));
    broken_ = true;  // until proven otherwise: a body that failed once must never look ended
    grow(out_, wanted);
    for (;;) {
        TRY_LET(step, head_.decoder->decode(raw_, out_));
        raw_.erase(0, step.consumed);
        if (step.produced > 0 || head_.decoder->done()) {
            broken_ = false;
            return std::string_view(out_).substr(0, step.produced);
        }
        if (step.consumed == 0) TRY(fill(ctx));
    }
}

std::string head_fields(const ResponseWriter::Headers& headers) {
    std::string text;
    for (const auto& [name, value] : headers) {
        // A value with a line's end in it would end our head: the peer's own text may be in there.
        if (!is_token(name)) continue;
        text += name + ": ";
        for (const char c : value) text += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
        text += "\r\n";
    }
    return text;
}

std::string answer_head(unsigned status, const ResponseWriter::Headers& headers, bool keep_alive) {
    return status_line(status) + "\r\n" + head_fields(headers) +
           (keep_alive ? "Connection: keep-alive\r\n" : "Connection: close\r\n");
}

std::string answer_text(const HttpAnswer& answer, bool keep_alive, bool with_body) {
    return fmt::format("{}Content-Length: {}\r\n\r\n{}",
                       answer_head(answer.status, answer.headers, keep_alive), answer.body.size(),
                       with_body ? std::string_view(answer.body) : std::string_view());
}

Result<void> StreamResponse::put(exec::Context& ctx, std::span<iovec> parts) {
    if (auto written = write_all(ctx, stream_, parts, patience_); !written) {
        state_ = State::Broken;
        return written;
    }
    return {};
}

Result<void> StreamResponse::check_silent() const {
    // An announcement may have found the peer gone.
    if (announced_ && state_ == State::Broken)
        return Failure(Error(Errc::Unavailable, "the peer has hung up"));
    if (!SOUND(state_ == State::Silent))
        return Failure(Error(Errc::Invalid, "the answer was begun before"));
    return {};
}

std::string StreamResponse::rest_of_head(unsigned status, const Headers& headers) const {
    std::string head = answer_head(status, headers, keep_alive_);
    if (announced_) head.erase(0, head.find('\n') + 1);
    return head;
}

Result<void> StreamResponse::announce(exec::Context& ctx, unsigned status, const Headers& headers) {
    TRY(check_silent());
    const std::string text =
        (announced_ ? std::string() : status_line(status) + "\r\n") + head_fields(headers);
    announced_ = true;
    iovec parts[] = {part(text)};
    return put(ctx, parts);
}

Result<void> StreamResponse::send(exec::Context& ctx, unsigned status, const Headers& headers,
                                  std::string_view body) {
    TRY(check_silent());
    std::string head = rest_of_head(status, headers);
    if (status != 204 && status != 304) head += fmt::format("Content-Length: {}\r\n", body.size());
    head += "\r\n";
    iovec parts[] = {part(head), part(bodiless() ? std::string_view() : body)};
    state_ = State::Streaming;
    TRY(put(ctx, parts));
    state_ = State::Whole;
    return {};
}

Result<void> StreamResponse::start(exec::Context&, unsigned status, const Headers& headers) {
    TRY(check_silent());
    if (head_.http_1_0) keep_alive_ = false;  // the end of the connection ends the body
    unsent_ = rest_of_head(status, headers);
    if (!head_.http_1_0) unsent_ += "Transfer-Encoding: chunked\r\n";
    unsent_ += "\r\n";
    state_ = State::Streaming;
    return {};
}

void StreamResponse::reset() noexcept {
    state_ = State::Broken;
    // To connect to nothing dissolves the connection; the kernel sends the reset at once.
    const sockaddr nobody{.sa_family = AF_UNSPEC, .sa_data = {}};
    (void)::connect(stream_.fd(), &nobody, sizeof nobody);
}

Result<void> StreamResponse::write(exec::Context& ctx, std::string_view bytes) {
    if (!SOUND(state_ == State::Streaming || state_ == State::Broken))
        return Failure(Error(Errc::Invalid, "the answer is not open"));
    if (state_ == State::Broken) return Failure(Error(Errc::Unavailable, "the peer has hung up"));
    const bool chunked = !head_.http_1_0;
    if (bodiless()) bytes = {};
    std::string size = chunked && !bytes.empty() ? fmt::format("{:x}\r\n", bytes.size()) : "";
    std::string end = chunked && !bytes.empty() ? "\r\n" : "";
    const std::string head = std::move(unsent_);
    unsent_.clear();
    iovec parts[] = {part(head), part(size), part(bytes), part(end)};
    return put(ctx, parts);
}

Result<void> StreamResponse::finish(exec::Context& ctx) {
    if (!SOUND(state_ == State::Streaming || state_ == State::Broken))
        return Failure(Error(Errc::Invalid, "the answer is not open"));
    if (state_ == State::Broken) return Failure(Error(Errc::Unavailable, "the peer has hung up"));
    const std::string head = std::move(unsent_);
    unsent_.clear();
    iovec parts[] = {part(head),
                     part(head_.http_1_0 || bodiless() ? std::string_view() : "0\r\n\r\n")};
    TRY(put(ctx, parts));
    state_ = State::Whole;
    return {};
}

}  // namespace forgehouse::net
