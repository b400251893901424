// A form, read in two cuts that must agree.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "net/form.h"
#include "net/multipart_stream.h"

namespace {

using namespace forgehouse;

/// A body that comes in pieces of one size.
class Pieces final : public net::BodyReader {
public:
    Pieces(std::string_view text, std::size_t size) : left_(text), size_(size) {}
    Result<std::string_view> read(exec::Context&, std::size_t wanted) override {
        const std::string_view part = left_.substr(0, std::min(wanted, size_));
        left_.remove_prefix(part.size());
        return part;
    }
    std::optional<std::uint64_t> length() const noexcept override { return std::nullopt; }

private:
    std::string_view left_;
    std::size_t size_;
};

std::string all_of(std::string_view text, std::string_view boundary, std::size_t size) {
    Pieces body(text, size);
    net::MultipartStream stream(body, boundary);
    exec::Context ctx;
    std::string out;
    for (;;) {
        const auto part = stream.next(ctx);
        if (!part) return out + "!";
        if (!*part) return out + ".";
        out += "[" + (*part)->name + "|" + (*part)->filename.value_or("-") + "]";
        for (;;) {
            const auto bytes = stream.read(ctx);
            if (!bytes) return out + "!";
            if (bytes->empty()) break;
            out += *bytes;
        }
    }
}

}  // namespace

/// The first line is the Content-Type, the rest the body.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::size_t line = text.find('\n');
    if (line == std::string_view::npos) return 0;
    const std::string boundary = net::form_boundary(text.substr(0, line));
    if (boundary.empty()) return 0;
    const std::string whole = all_of(text.substr(line + 1), boundary, size);
    const std::string pieces = all_of(text.substr(line + 1), boundary, 1);
    if (whole.ends_with('.') != pieces.ends_with('.')) std::abort();
    if (whole.ends_with('.') && whole != pieces) std::abort();
    return 0;
}
