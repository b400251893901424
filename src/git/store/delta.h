// Deltas of packs: how an object is made of another one. Pure functions over foreign bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace forgehouse::git {

/// What a delta says of itself at its beginning.
struct DeltaSizes {
    std::uint64_t base = 0;    ///< bytes of the object that it is made from
    std::uint64_t result = 0;  ///< bytes of the object that it makes
};

/// Takes the sizes off the front of `delta`; nullopt where it does not begin with two.
std::optional<DeltaSizes> take_delta_sizes(std::string_view& delta) noexcept;

/// Follows the instructions behind the sizes: copies from `base`, inserts of its own. False where
/// they leave `base` or `out`, do not fill `out` exactly, or are unknown. `out` and `base` are
/// different memory.
bool apply_delta(std::string_view base, std::string_view instructions,
                 std::span<char> out) noexcept;

}  // namespace forgehouse::git
