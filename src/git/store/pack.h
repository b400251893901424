// Pack: the file of many objects, and the index beside it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "base/result.h"
#include "git/object_id.h"
#include "git/refs.h"
#include "git/store/mapped_file.h"
#include "git/store/pack_index.h"

namespace forgehouse::git {

/// What stands at one place of a pack.
struct PackEntry {
    /// Of an object that is there as a whole; Missing for a delta.
    ObjectType type = ObjectType::Missing;
    std::uint64_t size = 0;  ///< of what `stream` gives: the object, or the delta
    /// Where the object begins that the delta is made from, or its id; one of them for a delta.
    std::optional<std::uint64_t> base_offset = {};
    std::optional<ObjectId> base_id = {};
    std::span<const std::uint8_t> stream = {};  ///< begins with the zlib stream, does not end there

    bool is_delta() const noexcept { return type == ObjectType::Missing; }
};

/// Reads the entry at `offset` of `pack`, the bytes of a pack without the checksum at its end.
/// nullopt for what cannot be one, also for a size that the stream cannot give.
std::optional<PackEntry> parse_pack_entry(std::span<const std::uint8_t> pack, std::uint64_t offset,
                                          ObjectFormat format) noexcept;

/// Threads: const functions may be called from many threads at once.
class Pack {
public:
    /// Opens `STEM.idx` and `STEM.pack`. Errors: those of PackIndex::open(); Corrupt where the two
    /// do not belong together.
    static Result<Pack> open(const std::string& stem, ObjectFormat format);

    const PackIndex& index() const noexcept { return index_; }
    const std::string& stem() const noexcept { return stem_; }
    std::optional<PackEntry> entry(std::uint64_t offset) const noexcept {
        return parse_pack_entry(objects_, offset, format_);
    }

private:
    Pack(std::string stem, ObjectFormat format, PackIndex index, MappedFile file)
        : stem_(std::move(stem)),
          format_(format),
          index_(std::move(index)),
          file_(std::move(file)),
          objects_(file_.bytes().first(file_.bytes().size() - id_size(format))) {}

    std::string stem_;
    ObjectFormat format_;
    PackIndex index_;
    MappedFile file_;
    std::span<const std::uint8_t> objects_;
};

}  // namespace forgehouse::git
