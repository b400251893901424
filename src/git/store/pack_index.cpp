#include "git/store/pack_index.h"

#include <algorithm>
#include <array>
#include <utility>

#include "git/store/big_endian.h"

namespace forgehouse::git {
namespace {

constexpr std::array<std::uint8_t, 8> kSecondVersion{0xff, 't', 'O', 'c', 0, 0, 0, 2};
constexpr std::uint32_t kIsLarge = 0x8000'0000;

Error corrupt(const std::string& path) {
    return Error(Errc::Corrupt, "the index of a pack is damaged")
        .with("file", path)
        .hint("Make it anew with `git index-pack` on the pack beside it.");
}

}  // namespace

Result<PackIndex> PackIndex::open(const std::string& path, ObjectFormat format) {
    TRY_LET(file, MappedFile::open(path));
    TRY_LET(index, over(file.bytes(), format, path));
    index.file_ = std::move(file);
    return std::move(index);
}

Result<PackIndex> PackIndex::over(std::span<const std::uint8_t> bytes, ObjectFormat format,
                                  const std::string& path) {
    const auto id_bytes = id_size(format);
    PackIndex index;
    index.is_first_version_ =
        bytes.size() < kSecondVersion.size() || !std::ranges::equal(kSecondVersion, bytes.first(8));
    const std::size_t header = index.is_first_version_ ? 0 : kSecondVersion.size();
    // At the end: the checksum of the pack, and that of the index.
    if (bytes.size() < header + IdTable::kFanoutBytes + 2 * id_bytes) return Failure(corrupt(path));
    index.pack_checksum_ = bytes.subspan(bytes.size() - 2 * id_bytes, id_bytes);
    const auto fanout = bytes.subspan(header, IdTable::kFanoutBytes);
    auto rest = bytes.subspan(header + IdTable::kFanoutBytes);
    rest = rest.first(rest.size() - 2 * id_bytes);
    const std::uint64_t count = big_endian32(fanout, 255 * 4);

    std::optional<IdTable> ids;
    if (index.is_first_version_) {
        const auto entry = 4 + id_bytes;
        if (rest.size() != count * entry) return Failure(corrupt(path));
        ids = IdTable::over(fanout, rest.empty() ? rest : rest.subspan(4), format, entry);
        index.offsets_ = rest;
    } else {
        // Ids, checksums, offsets, and eight bytes for each offset that does not fit into 31 bits.
        if (rest.size() / (id_bytes + 8) < count) return Failure(corrupt(path));
        ids = IdTable::over(fanout, rest.first(count * id_bytes), format, id_bytes);
        index.offsets_ = rest.subspan(count * (id_bytes + 4), count * 4);
        index.large_offsets_ = rest.subspan(count * (id_bytes + 8));
    }
    if (!ids) return Failure(corrupt(path));
    index.ids_ = *ids;
    return index;
}

std::optional<std::uint64_t> PackIndex::find(const ObjectId& id) const noexcept {
    const auto position = ids_.find(id);
    return position ? offset_at(*position) : std::nullopt;
}

std::optional<std::uint64_t> PackIndex::offset_at(std::uint32_t position) const noexcept {
    if (is_first_version_) return big_endian32(offsets_, position * (4 + pack_checksum_.size()));
    const auto offset = big_endian32(offsets_, std::size_t{position} * 4);
    if ((offset & kIsLarge) == 0) return offset;
    const std::size_t at = std::size_t{offset & ~kIsLarge} * 8;
    if (large_offsets_.size() < 8 || at > large_offsets_.size() - 8) return std::nullopt;
    return big_endian64(large_offsets_, at);
}

}  // namespace forgehouse::git
