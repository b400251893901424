// Fuzzes the counting and the comparing of lines: what the first says of two texts is what the
// plain algorithm says, and what the second shows are as many changes that make one of the other.
// The first byte says how: where one text ends, or what letters stand for, so that few bytes make
// many lines.
#include <string>

#include "base/check.h"
#include "git/line_counts.h"
#include "git/line_diff.h"
#include "git/testing/plain_line_counts.h"

namespace {

using namespace forgehouse;

/// The changes are as many lines as were counted, and what stands between them is the same.
void check_changes(std::string_view before, std::string_view after, const git::LineCounts& counts) {
    static git::LineDiff diff;
    git::LineCounts sum;
    git::LineChange last;
    const auto check_gap = [&](std::size_t old_end, std::size_t new_end) {
        CHECK(diff.before().lines(last.before, old_end) == diff.after().lines(last.after, new_end));
    };
    for (const auto& change : diff.compare(before, after)) {
        CHECK(change.removed + change.added > 0);
        check_gap(change.before, change.after);
        sum.removed += change.removed;
        sum.added += change.added;
        last = {.before = change.before + change.removed, .after = change.after + change.added};
    }
    check_gap(diff.before().size(), diff.after().size());
    CHECK(sum == counts);
}

void compare(std::string_view before, std::string_view after) {
    static git::LineCounter counter;
    const auto counts = counter.count(before, after);
    CHECK(counts == git::testing::plain_line_counts(before, after));
    const auto back = counter.count(after, before);
    CHECK(back.is_binary == counts.is_binary);
    CHECK(back.added + counts.added == back.removed + counts.removed);
    if (!counts.is_binary) check_changes(before, after, counts);
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
