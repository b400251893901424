// MultipartStream: the parts of a form (multipart/form-data, RFC 7578) as they arrive, for those
// that are too large to be kept: no more than a piece of a part is in memory.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/http_server.h"

namespace forgehouse::net {

/// Threads: one at a time. Errors of all: Invalid for what is no such form, has too many parts or
/// too long a head of one, or breaks off; those of BodyReader.
class MultipartStream {
public:
    struct Part {
        std::string name;                     ///< of the field; "" where it says none
        std::optional<std::string> filename;  ///< as the client calls it; nullopt: no file
    };

    /// `boundary`: see form_boundary() of net/form.h. `body` lives longer.
    MultipartStream(BodyReader& body, std::string_view boundary);

    /// The next part; what was not read of the one before is passed over. nullopt at the end.
    Result<std::optional<Part>> next(exec::Context& ctx);
    /// The next bytes of the part, valid until the next call; empty at its end.
    Result<std::string_view> read(exec::Context& ctx);

    static constexpr std::size_t kMostParts = 100;
    static constexpr std::size_t kMostHead = std::size_t{16} * 1024;

private:
    Result<void> fill(exec::Context& ctx);
    Result<bool> is_last(exec::Context& ctx);
    Result<Part> head(exec::Context& ctx);

    BodyReader& body_;
    std::string delimiter_;
    std::string buffer_ = "\r\n";  ///< so that the first delimiter is as the others
    std::size_t at_ = 0;           ///< what lies before it was handed out
    std::size_t parts_ = 0;
    bool in_part_ = true;  ///< what stands before the first delimiter is passed over
    bool at_end_ = false;
};

}  // namespace forgehouse::net
