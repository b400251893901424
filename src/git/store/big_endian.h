// Numbers as git's files have them: most significant byte first. The caller has checked the room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace forgehouse::git {

inline std::uint32_t big_endian32(std::span<const std::uint8_t> bytes, std::size_t at) noexcept {
    return std::uint32_t{bytes[at]} << 24 | std::uint32_t{bytes[at + 1]} << 16 |
           std::uint32_t{bytes[at + 2]} << 8 | std::uint32_t{bytes[at + 3]};
}

inline std::uint64_t big_endian64(std::span<const std::uint8_t> bytes, std::size_t at) noexcept {
    return std::uint64_t{big_endian32(bytes, at)} << 32 | big_endian32(bytes, at + 4);
}

}  // namespace forgehouse::git
