// The path of a request's bytes: the head, then its body, in two cuts that must agree.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "net/http_message.h"

namespace {

using forgehouse::net::BodyDecoder;

struct Decoded {
    std::string bytes;
    bool good = false;
    bool done = false;
};

Decoded decode(BodyDecoder& decoder, std::string_view input, std::size_t slice) {
    Decoded out;
    std::string pending;
    char buffer[64];
    while (!decoder.done()) {
        const auto step = decoder.decode(pending, buffer);
        if (!step) return out;
        if (step->consumed > pending.size() || step->produced > sizeof buffer) std::abort();
        out.bytes.append(buffer, step->produced);
        pending.erase(0, step->consumed);
        if (step->consumed == 0 && step->produced == 0) {
            if (input.empty()) break;
            pending += input.substr(0, slice);
            input.remove_prefix(std::min(slice, input.size()));
        }
    }
    out.good = true;
    out.done = decoder.done();
    return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace forgehouse::net;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const HttpLimits limits{.target = 512, .headers = 1024, .body = 4096};
    const auto length = head_length(text, 0, limits);
    if (!length || *length == 0) return 0;
    const std::string_view head = text.substr(0, *length), rest = text.substr(*length);
    auto once = parse_head(head, limits);
    if (!once) return 0;
    (void)once->request.header("host");
    if (!once->decoder) return 0;
    auto twice = parse_head(head, limits);
    const Decoded whole = decode(*once->decoder, rest, rest.size() + 1);
    const Decoded pieces = decode(*twice->decoder, rest, 1);
    if (whole.good && pieces.good && whole.done && (whole.bytes != pieces.bytes || !pieces.done))
        std::abort();
    if (whole.bytes.size() > limits.body) std::abort();
    return 0;
}
