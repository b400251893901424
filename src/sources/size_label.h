// The size of a pull request in one word, by the lines that it adds and removes: for forges whose
// labels do not say it.
#pragma once

#include <cstdint>
#include <string_view>

namespace forgehouse::sources {

constexpr std::string_view size_label(std::uint64_t lines) noexcept {
    if (lines < 10) return "XS";
    if (lines < 30) return "S";
    if (lines < 100) return "M";
    if (lines < 500) return "L";
    return lines < 1000 ? "XL" : "XXL";
}

}  // namespace forgehouse::sources
