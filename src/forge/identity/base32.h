// Base32 of RFC 4648 without padding: what is read aloud, typed in and put into QR codes.
// Threads: from any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace forgehouse::forge {

/// Lower case: `a`…`z`, `2`…`7`.
std::string to_base32(std::span<const std::uint8_t> bytes);

/// Either case, padded or not. nullopt for anything else, also for bits left over that are not 0:
/// one text for some bytes, or two texts would be one token.
std::optional<std::string> from_base32(std::string_view text);

}  // namespace forgehouse::forge
