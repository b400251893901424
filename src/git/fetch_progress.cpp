#include "git/fetch_progress.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/text.h"

namespace forgehouse::git {
namespace {

constexpr std::size_t kLongestLine = 4096;

/// The number at the front of `text`, which is taken off.
std::optional<std::uint64_t> take_number(std::string_view& text) noexcept {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc()) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return value;
}

/// `1.20 MiB` and its like as bytes; 0 for anything else.
std::uint64_t bytes_in(std::string_view text) noexcept {
    constexpr std::array<std::pair<std::string_view, double>, 4> kUnits{
        {{" bytes", 1}, {" KiB", 1024.0}, {" MiB", 1048576.0}, {" GiB", 1073741824.0}}};
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || value < 0 || value > 1e9) return 0;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    for (const auto& [unit, factor] : kUnits)
        if (text.starts_with(unit)) return static_cast<std::uint64_t>(value * factor);
    return 0;
}

}  // namespace

std::optional<ProgressLine> parse_progress(std::string_view line) noexcept {
    constexpr std::string_view kRemote = "remote: ";
    if (line.starts_with(kRemote)) line.remove_prefix(kRemote.size());
    const auto colon = line.find(": ");
    if (colon == std::string_view::npos || colon == 0) return std::nullopt;
    ProgressLine out{.phase = line.substr(0, colon), .done = 0, .total = 0, .bytes = 0};
    auto rest = text::trim(line.substr(colon + 2));
    const auto number = take_number(rest);
    if (!number) return std::nullopt;
    out.done = *number;
    // `45% (123/456), 1.20 MiB | 3 MiB/s`, or `123, done.` where the total is not known.
    if (rest.starts_with("% (")) {
        rest.remove_prefix(3);
        const auto done = take_number(rest);
        if (!done || !rest.starts_with('/')) return std::nullopt;
        rest.remove_prefix(1);
        const auto total = take_number(rest);
        if (!total || !rest.starts_with(')')) return std::nullopt;
        rest.remove_prefix(1);
        out.done = *done;
        out.total = *total;
    } else if (!rest.empty() && !rest.starts_with(',')) {
        return std::nullopt;
    }
    if (rest.starts_with(", ")) out.bytes = bytes_in(rest.substr(2));
    return out;
}

void ProgressReader::add(std::string_view text) {
    while (!text.empty()) {
        const auto end = text.find_first_of("\r\n");
        open_.append(text.substr(0, end));
        // A line without end is no progress: it is not kept.
        if (open_.size() > kLongestLine) open_.clear();
        if (end == std::string_view::npos) return;
        if (const auto line = parse_progress(open_)) hear_(*line);
        open_.clear();
        text.remove_prefix(end + 1);
    }
}

}  // namespace forgehouse::git
