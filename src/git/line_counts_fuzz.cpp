// Fuzzes the counting of lines: what it says of two texts is what the plain algorithm says. The
// first byte says how: where one text ends, or what letters stand for, so that few bytes make many
// lines.
#include <string>

#include "base/check.h"
#include "git/line_counts.h"
#include "git/testing/plain_line_counts.h"

namespace {

using namespace forgehouse;

void compare(std::string_view before, std::string_view after) {
    static git::LineCounter counter;
    const auto counts = counter.count(before, after);
    CHECK(counts == git::testing::plain_line_counts(before, after));
    const auto back = counter.count(after, before);
    CHECK(back.is_binary == counts.is_binary);
    CHECK(back.added + counts.added == back.removed + counts.removed);
}

/// Each byte is a line, and how often it stands there: 1 to 4 times.
std::string lines_of(std::string_view bytes) {
    std::string text;
    for (const char byte : bytes) {
        const auto value = static_cast<unsigned char>(byte);
        for (int times = value >> 6; times >= 0; --times) {
            text += std::to_string(value % 64);
            text += '\n';
        }
    }
    return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    // The plain algorithm is slow; this is enough for git's approximations.
    if (size < 2 || size > 500) return 0;
    const std::string bytes(data + 1, data + size);
    const auto half = bytes.find('\xff');
    const auto before = std::string_view(bytes).substr(0, half);
    const auto after =
        half == std::string::npos ? std::string_view() : std::string_view(bytes).substr(half + 1);
    if (data[0] % 2 == 0)
        compare(before, after);
    else
        compare(lines_of(before), lines_of(after));
    return 0;
}
