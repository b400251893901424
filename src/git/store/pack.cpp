#include "git/store/pack.h"

#include <algorithm>
#include <array>
#include <utility>

#include "git/store/big_endian.h"
#include "git/store/inflater.h"

namespace forgehouse::git {
namespace {

constexpr std::size_t kHeaderBytes = 12;  // `PACK`, version, number of objects

/// Bytes of an entry's header, one after the other.
class Cursor {
public:
    Cursor(std::span<const std::uint8_t> bytes, std::size_t at) : bytes_(bytes), at_(at) {}

    std::optional<std::uint8_t> next() noexcept {
        if (at_ >= bytes_.size()) return std::nullopt;
        return bytes_[at_++];
    }
    std::optional<ObjectId> id(ObjectFormat format) noexcept {
        const auto size = id_size(format);
        if (bytes_.size() - at_ < size) return std::nullopt;
        at_ += size;
        return ObjectId::from_bytes(bytes_.subspan(at_ - size, size));
    }
    std::span<const std::uint8_t> rest() const noexcept { return bytes_.subspan(at_); }

private:
    std::span<const std::uint8_t> bytes_;
    std::size_t at_;
};

/// Three bits of type and the size, lowest bits first; false where it does not end.
bool take_type_and_size(Cursor& in, unsigned& type, std::uint64_t& size) noexcept {
    auto byte = in.next();
    if (!byte) return false;
    type = *byte >> 4 & 7;
    size = *byte & 0x0f;
    for (unsigned shift = 4; (*byte & 0x80) != 0; shift += 7) {
        byte = in.next();
        if (!byte || shift > 53) return false;
        size |= std::uint64_t{*byte & 0x7fU} << shift;
    }
    return true;
}

/// How far before this entry its base begins: highest bits first, one added at each further byte.
std::optional<std::uint64_t> take_distance(Cursor& in) noexcept {
    auto byte = in.next();
    if (!byte) return std::nullopt;
    std::uint64_t distance = *byte & 0x7f;
    while ((*byte & 0x80) != 0) {
        byte = in.next();
        if (!byte || distance >= std::uint64_t{1} << 55) return std::nullopt;
        distance = ((distance + 1) << 7) | (*byte & 0x7f);
    }
    return distance;
}

constexpr unsigned kOffsetDelta = 6;
constexpr unsigned kIdDelta = 7;

ObjectType type_of(unsigned number) noexcept {
    switch (number) {
        case 1: return ObjectType::Commit;
        case 2: return ObjectType::Tree;
        case 3: return ObjectType::Blob;
        case 4: return ObjectType::Tag;
        default: return ObjectType::Missing;
    }
}

}  // namespace

std::optional<PackEntry> parse_pack_entry(std::span<const std::uint8_t> pack, std::uint64_t offset,
                                          ObjectFormat format) noexcept {
    if (offset < kHeaderBytes || offset >= pack.size()) return std::nullopt;
    Cursor in(pack, offset);
    unsigned type = 0;
    PackEntry entry;
    if (!take_type_and_size(in, type, entry.size)) return std::nullopt;
    entry.type = type_of(type);
    if (type == kOffsetDelta) {
        const auto distance = take_distance(in);
        if (!distance || *distance == 0 || *distance > offset - kHeaderBytes) return std::nullopt;
        entry.base_offset = offset - *distance;
    } else if (type == kIdDelta) {
        entry.base_id = in.id(format);
        if (!entry.base_id) return std::nullopt;
    } else if (entry.type == ObjectType::Missing) {
        return std::nullopt;
    }
    entry.stream = in.rest();
    if (entry.size > most_inflated(entry.stream.size())) return std::nullopt;
    return entry;
}

Result<Pack> Pack::open(const std::string& stem, ObjectFormat format) {
    TRY_LET(index, PackIndex::open(stem + ".idx", format));
    const auto path = stem + ".pack";
    TRY_LET(file, MappedFile::open(path));
    const auto bytes = file.bytes();
    constexpr std::array<std::uint8_t, 4> kName{'P', 'A', 'C', 'K'};
    const bool is_pack =
        bytes.size() >= kHeaderBytes + id_size(format) &&
        std::ranges::equal(kName, bytes.first(4)) &&
        (big_endian32(bytes, 4) == 2 || big_endian32(bytes, 4) == 3) &&
        big_endian32(bytes, 8) == index.size() &&
        std::ranges::equal(index.pack_checksum(), bytes.last(index.pack_checksum().size()));
    if (!is_pack)
        return Failure(Error(Errc::Corrupt, "a pack and its index do not belong together")
                           .with("file", path)
                           .hint("Look with `git verify-pack`; make the index anew with `git "
                                 "index-pack`, or restore both."));
    return Pack(stem, format, std::move(index), std::move(file));
}

}  // namespace forgehouse::git
