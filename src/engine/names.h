// Lists of names, written where they are known, and whether one is among them.
#pragma once

#include <algorithm>
#include <span>
#include <string_view>

namespace forgehouse::engine {

using Names = std::span<const std::string_view>;

inline bool contains(Names names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

}  // namespace forgehouse::engine
