#include "git/store/chunk_table.h"

#include "git/store/big_endian.h"

namespace forgehouse::git {

std::optional<ChunkTable> ChunkTable::over(std::span<const std::uint8_t> file, std::size_t at,
                                           std::size_t count) {
    constexpr std::size_t kRow = 12;  // a name and the byte at which the chunk begins
    if (at > file.size() || (file.size() - at) / kRow < count + 1) return std::nullopt;
    ChunkTable table;
    for (std::size_t i = 0; i < count; ++i, at += kRow) {
        const auto begin = big_endian64(file, at + 4);
        const auto end = big_endian64(file, at + kRow + 4);  // where the next one begins
        if (begin > end || end > file.size()) return std::nullopt;
        table.chunks_.emplace_back(big_endian32(file, at), file.subspan(begin, end - begin));
    }
    return table;
}

std::span<const std::uint8_t> ChunkTable::find(std::uint32_t name) const noexcept {
    for (const auto& [known, bytes] : chunks_)
        if (known == name) return bytes;
    return {};
}

}  // namespace forgehouse::git
