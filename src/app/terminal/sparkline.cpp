#include "app/terminal/sparkline.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace forgehouse::app::terminal {

std::string sparkline(std::span<const std::uint64_t> values, bool unicode) {
    constexpr std::array<std::string_view, 8> bars{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    constexpr std::array<std::string_view, 8> ascii{"_", ".", ":", "-", "=", "+", "*", "#"};
    const std::uint64_t highest = values.empty() ? 0 : std::ranges::max(values);
    std::string out;
    for (const std::uint64_t value : values) {
        // Computed in long double: counts times seven may not fit 64 bits.
        const auto share = static_cast<long double>(value) / static_cast<long double>(highest);
        const std::size_t step =
            value == 0 ? 0 : 1 + std::min<std::size_t>(6, static_cast<std::size_t>(share * 7));
        out += unicode ? bars[step] : ascii[step];
    }
    return out;
}

std::vector<std::uint64_t> condensed(std::span<const std::uint64_t> values, std::size_t most) {
    if (values.size() <= most || most == 0) return {values.begin(), values.end()};
    const std::size_t group = (values.size() + most - 1) / most;
    std::vector<std::uint64_t> out((values.size() + group - 1) / group);
    for (std::size_t i = 0; i < values.size(); ++i)
        out[out.size() - 1 - (values.size() - 1 - i) / group] += values[i];
    return out;
}

}  // namespace forgehouse::app::terminal
