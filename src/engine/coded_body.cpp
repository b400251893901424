#include "engine/coded_body.h"

#include <algorithm>

namespace forgehouse::engine {
namespace {

constexpr std::size_t kMost = 256 * 1024;

}  // namespace

Result<std::string_view> UnpackedBody::read(exec::Context& ctx, std::size_t wanted) {
    plain_.resize(std::min(wanted, kMost));
    for (;;) {
        // With no input too: the unpacker may hold more than it had room for.
        TRY_LET(n, unpacker_->step(packed_, plain_));
        if (n > 0) return std::string_view(plain_.data(), n);
        if (!packed_.empty()) continue;
        if (ended_) break;
        TRY_LET(bytes, inner_.read(ctx, kMost));
        packed_ = bytes;
        ended_ = bytes.empty();
        empty_ = empty_ && ended_;
        if (ended_) break;
    }
    // No body at all is none in every coding.
    if (!empty_ && !unpacker_->at_end())
        return Failure(Error(Errc::Invalid, "the packed body breaks off"));
    return std::string_view();
}

std::optional<std::uint64_t> UnpackedBody::length() const noexcept {
    // Of the plain bytes nobody can say, except that there are none.
    if (inner_.length() == std::uint64_t{0}) return 0;
    return std::nullopt;
}

net::ResponseWriter::Headers PackedResponse::with_coding(Headers headers) const {
    if (coding_ == Coding::Blocks) return headers;
    headers.emplace_back("Content-Encoding", std::string(name_of(coding_)));
    headers.emplace_back("Vary", "Accept-Encoding");
    return headers;
}

Result<void> PackedResponse::send(exec::Context& ctx, unsigned status, const Headers& headers,
                                  std::string_view body) {
    if (body.empty()) return inner_.send(ctx, status, headers, body);
    std::string packed;
    packer_->pack(body, Packer::End::Finish, packed);
    return inner_.send(ctx, status, with_coding(headers), packed);
}

Result<void> PackedResponse::start(exec::Context& ctx, unsigned status, const Headers& headers) {
    return inner_.start(ctx, status, with_coding(headers));
}

Result<void> PackedResponse::write(exec::Context& ctx, std::string_view bytes) {
    if (bytes.empty()) return {};
    std::string packed;
    packer_->pack(bytes, Packer::End::Flush, packed);
    return inner_.write(ctx, packed);
}

Result<void> PackedResponse::finish(exec::Context& ctx) {
    std::string packed;
    packer_->pack({}, Packer::End::Finish, packed);
    if (!packed.empty()) TRY(inner_.write(ctx, packed));
    return inner_.finish(ctx);
}

}  // namespace forgehouse::engine
