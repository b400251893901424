#include "git/line_bytes.h"

#include <algorithm>

namespace forgehouse::git {
namespace {

constexpr std::size_t kStride = 32;

bool same_stride(const char* left, const char* right) noexcept {
    std::uint64_t a[kStride / 8], b[kStride / 8];
    std::memcpy(a, left, kStride);
    std::memcpy(b, right, kStride);
    return ((a[0] ^ b[0]) | (a[1] ^ b[1]) | (a[2] ^ b[2]) | (a[3] ^ b[3])) == 0;
}

}  // namespace

std::size_t common_beginning(std::string_view left, std::string_view right) noexcept {
    const auto limit = std::min(left.size(), right.size());
    std::size_t same = 0;
    while (same + kStride <= limit && same_stride(left.data() + same, right.data() + same))
        same += kStride;
    while (same < limit && left[same] == right[same]) ++same;
    return same;
}

std::size_t common_end(std::string_view left, std::string_view right) noexcept {
    const auto limit = std::min(left.size(), right.size());
    const char* const left_end = left.data() + left.size();
    const char* const right_end = right.data() + right.size();
    std::size_t same = 0;
    while (same + kStride <= limit &&
           same_stride(left_end - same - kStride, right_end - same - kStride))
        same += kStride;
    while (same < limit && left[left.size() - same - 1] == right[right.size() - same - 1]) ++same;
    return same;
}

TrimmedTexts trim_shared_lines(std::string_view before, std::string_view after) noexcept {
    auto same = common_beginning(before, after);
    if (same == before.size() && same == after.size())
        return {.head = before, .tail = {}, .before = {}, .after = {}};
    // The line in which they part (be it by ending) is not shared: back to where it begins.
    same = before.substr(0, same).rfind('\n') + 1;
    TrimmedTexts texts{.head = before.substr(0, same),
                       .tail = {},
                       .before = before.substr(same),
                       .after = after.substr(same)};
    same = common_end(texts.before, texts.after);
    const auto begins_line = [same](std::string_view text) {
        return same == text.size() || text[text.size() - same - 1] == '\n';
    };
    texts.tail = before.substr(before.size() - same);
    if (!begins_line(texts.before) || !begins_line(texts.after)) {
        const auto end = texts.tail.find('\n');
        texts.tail.remove_prefix(end == std::string_view::npos ? same : end + 1);
    }
    texts.before.remove_suffix(texts.tail.size());
    texts.after.remove_suffix(texts.tail.size());
    return texts;
}

}  // namespace forgehouse::git
