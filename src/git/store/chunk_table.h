// ChunkTable: the parts of a chunked file of git's (multi-pack-index, commit-graph), by their
// names.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace forgehouse::git {

/// Four letters as a number: `chunk_name("OIDF")`.
constexpr std::uint32_t chunk_name(const char (&letters)[5]) noexcept {
    std::uint32_t name = 0;
    for (int i = 0; i < 4; ++i) name = name << 8 | static_cast<std::uint8_t>(letters[i]);
    return name;
}

class ChunkTable {
public:
    /// Reads the table of `count` chunks that begins at `at` of the whole file. nullopt where a
    /// chunk is not within the file, or begins before the one before it ends.
    static std::optional<ChunkTable> over(std::span<const std::uint8_t> file, std::size_t at,
                                          std::size_t count);

    /// Empty where the file has no such chunk.
    std::span<const std::uint8_t> find(std::uint32_t name) const noexcept;

private:
    std::vector<std::pair<std::uint32_t, std::span<const std::uint8_t>>> chunks_;
};

}  // namespace forgehouse::git
