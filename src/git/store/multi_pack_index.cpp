#include "git/store/multi_pack_index.h"

#include <utility>

#include "git/store/big_endian.h"
#include "git/store/chunk_table.h"

namespace forgehouse::git {
namespace {

constexpr std::size_t kHeaderBytes = 12;
constexpr std::uint32_t kIsLarge = 0x8000'0000;

Error corrupt(const std::string& path) {
    return Error(Errc::Corrupt, "a multi-pack-index is damaged")
        .with("file", path)
        .hint("Make it anew with `git multi-pack-index write`.");
}

/// `count` names that each end with a NUL; empty where there are fewer, or one is no file's name.
std::vector<std::string_view> names_in(std::span<const std::uint8_t> chunk, std::size_t count) {
    std::string_view rest(reinterpret_cast<const char*>(chunk.data()), chunk.size());
    std::vector<std::string_view> names;
    while (names.size() < count) {
        const auto end = rest.find('\0');
        if (end == std::string_view::npos || end == 0) return {};
        const auto name = rest.substr(0, end);
        if (name.find('/') != std::string_view::npos) return {};
        names.push_back(name);
        rest.remove_prefix(end + 1);
    }
    return names;
}

}  // namespace

Result<MultiPackIndex> MultiPackIndex::open(const std::string& path, ObjectFormat format) {
    TRY_LET(file, MappedFile::open(path));
    TRY_LET(index, over(file.bytes(), format, path));
    index.file_ = std::move(file);
    return std::move(index);
}

Result<MultiPackIndex> MultiPackIndex::over(std::span<const std::uint8_t> bytes,
                                            ObjectFormat format, const std::string& path) {
    if (bytes.size() < kHeaderBytes || big_endian32(bytes, 0) != chunk_name("MIDX"))
        return Failure(corrupt(path));
    // Version, kind of ids, chunks, files that this one builds upon.
    if (bytes[4] != 1 || bytes[5] != (format == ObjectFormat::Sha1 ? 1 : 2) || bytes[7] != 0)
        return Failure(Error(Errc::Invalid, "a multi-pack-index is of a form that is not known")
                           .with("file", path));
    const auto chunks = ChunkTable::over(bytes, kHeaderBytes, bytes[6]);
    if (!chunks) return Failure(corrupt(path));
    const std::size_t packs = big_endian32(bytes, 8);
    const auto fanout = chunks->find(chunk_name("OIDF"));
    if (packs > bytes.size() || fanout.size() != IdTable::kFanoutBytes)
        return Failure(corrupt(path));

    MultiPackIndex index;
    index.packs_ = names_in(chunks->find(chunk_name("PNAM")), packs);
    const auto ids =
        IdTable::over(fanout, chunks->find(chunk_name("OIDL")), format, id_size(format));
    index.places_ = chunks->find(chunk_name("OOFF"));
    index.large_offsets_ = chunks->find(chunk_name("LOFF"));
    if (index.packs_.size() != packs || !ids || index.places_.size() / 8 < ids->size())
        return Failure(corrupt(path));
    index.ids_ = *ids;
    return index;
}

std::optional<MultiPackIndex::Place> MultiPackIndex::find(const ObjectId& id) const noexcept {
    const auto position = ids_.find(id);
    if (!position) return std::nullopt;
    const auto at = std::size_t{*position} * 8;
    Place place{.pack = big_endian32(places_, at), .offset = big_endian32(places_, at + 4)};
    if (place.pack >= packs_.size()) return std::nullopt;
    // Without large offsets all 32 bits are the offset.
    if ((place.offset & kIsLarge) == 0 || large_offsets_.empty()) return place;
    const auto large = (place.offset & ~std::uint64_t{kIsLarge}) * 8;
    if (large_offsets_.size() < 8 || large > large_offsets_.size() - 8) return std::nullopt;
    place.offset = big_endian64(large_offsets_, large);
    return place;
}

}  // namespace forgehouse::git
