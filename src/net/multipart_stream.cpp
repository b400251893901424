#include "net/multipart_stream.h"

#include "base/text.h"
#include "net/form.h"

namespace forgehouse::net {
namespace {

constexpr std::size_t kPiece = std::size_t{64} * 1024;

Failure broken(const char* why) {
    return Failure(Error(Errc::Invalid, "the body is no form that can be read")
                       .with("reason", why)
                       .hint("send multipart/form-data, as `curl -F files=@NAME` does"));
}

}  // namespace

MultipartStream::MultipartStream(BodyReader& body, std::string_view boundary)
    : body_(body), delimiter_("\r\n--" + std::string(boundary)) {}

Result<void> MultipartStream::fill(exec::Context& ctx) {
    buffer_.erase(0, at_);
    at_ = 0;
    TRY_LET(more, body_.read(ctx, kPiece));
    if (more.empty()) return broken("it breaks off");
    buffer_ += more;
    return {};
}

Result<std::string_view> MultipartStream::read(exec::Context& ctx) {
    while (in_part_) {
        const std::size_t found = buffer_.find(delimiter_, at_);
        const std::size_t from = at_;
        if (found != std::string::npos) {
            in_part_ = false;
            at_ = found + delimiter_.size();
            if (found > from) return std::string_view(buffer_).substr(from, found - from);
            break;
        }
        // The end of the buffer may be the beginning of a delimiter.
        const std::size_t kept = delimiter_.size() - 1;
        if (buffer_.size() - from > kept) {
            at_ = buffer_.size() - kept;
            return std::string_view(buffer_).substr(from, at_ - from);
        }
        TRY(fill(ctx));
    }
    return std::string_view();
}

/// Behind a delimiter: `--` at the end of all, else the end of the line.
Result<bool> MultipartStream::is_last(exec::Context& ctx) {
    std::size_t blanks = 0;
    for (;;) {
        while (buffer_.size() - at_ < 2) TRY(fill(ctx));
        const std::string_view two = std::string_view(buffer_).substr(at_, 2);
        if (blanks == 0 && two == "--") return true;
        if (two == "\r\n") {
            at_ += 2;
            return false;
        }
        if ((two[0] != ' ' && two[0] != '\t') || ++blanks > kMostHead)
            return broken("a boundary does not end its line");
        ++at_;
    }
}

Result<MultipartStream::Part> MultipartStream::head(exec::Context& ctx) {
    Part part;
    for (std::size_t bytes = 0;;) {
        const std::size_t end = buffer_.find("\r\n", at_);
        if (end == std::string::npos) {
            if (bytes + buffer_.size() - at_ > kMostHead) return broken("a head is too long");
            TRY(fill(ctx));
            continue;
        }
        const std::string_view line = std::string_view(buffer_).substr(at_, end - at_);
        at_ = end + 2;
        bytes += line.size() + 2;
        if (bytes > kMostHead) return broken("a head is too long");
        if (line.empty()) return part;
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos) return broken("a line of a head has no colon");
        if (text::lower_ascii(line.substr(0, colon)) != "content-disposition") continue;
        part.name = form_parameter(line.substr(colon + 1), "name").value_or("");
        part.filename = form_parameter(line.substr(colon + 1), "filename");
    }
}

Result<std::optional<MultipartStream::Part>> MultipartStream::next(exec::Context& ctx) {
    if (at_end_) return std::nullopt;
    for (;;) {
        TRY_LET(passed, read(ctx));
        if (passed.empty()) break;
    }
    TRY_LET(last, is_last(ctx));
    if (last) {
        at_end_ = true;
        // What stands behind the end is nothing: it is read so that the connection can go on.
        for (std::size_t passed = 0; passed < kPiece;) {
            TRY_LET(more, body_.read(ctx, kPiece));
            if (more.empty()) break;
            passed += more.size();
        }
        return std::nullopt;
    }
    if (++parts_ > kMostParts) return broken("it has too many parts");
    TRY_LET(made, head(ctx));
    in_part_ = true;
    return std::optional(std::move(made));
}

}  // namespace forgehouse::net
