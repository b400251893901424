// MultiPackIndex: one index over many packs; git's file `multi-pack-index`, version 1.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "git/object_id.h"
#include "git/store/id_table.h"
#include "git/store/mapped_file.h"

namespace forgehouse::git {

/// Threads: const functions may be called from many threads at once.
class MultiPackIndex {
public:
    struct Place {
        std::uint32_t pack = 0;    ///< a position in packs()
        std::uint64_t offset = 0;  ///< the byte of the pack at which the object begins
    };

    /// Errors: those of MappedFile::open(); Corrupt, with field `file`, for what is no such index;
    /// Invalid for a version or a form that is not known here.
    static Result<MultiPackIndex> open(const std::string& path, ObjectFormat format);
    /// The same over bytes that outlive it; `path` is what errors name.
    static Result<MultiPackIndex> over(std::span<const std::uint8_t> bytes, ObjectFormat format,
                                       const std::string& path);

    /// `pack-….idx`, as the file has them; no name holds a slash.
    const std::vector<std::string_view>& packs() const noexcept { return packs_; }
    std::uint32_t size() const noexcept { return ids_.size(); }
    ObjectId id_at(std::uint32_t position) const noexcept { return ids_.at(position); }
    /// The position of the first id that is not below `id`.
    std::uint32_t lower_bound(const ObjectId& id) const noexcept { return ids_.lower_bound(id); }
    std::optional<Place> find(const ObjectId& id) const noexcept;

private:
    MappedFile file_;
    std::vector<std::string_view> packs_;
    IdTable ids_;
    std::span<const std::uint8_t> places_;
    std::span<const std::uint8_t> large_offsets_;
};

}  // namespace forgehouse::git
