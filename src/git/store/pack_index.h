// PackIndex: where in a pack each object begins; the files `*.idx` of git, versions 1 and 2.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "base/result.h"
#include "git/object_id.h"
#include "git/store/id_table.h"
#include "git/store/mapped_file.h"

namespace forgehouse::git {

/// Threads: const functions may be called from many threads at once.
class PackIndex {
public:
    /// Errors: those of MappedFile::open(); Corrupt, with field `file`, for what is no index.
    static Result<PackIndex> open(const std::string& path, ObjectFormat format);
    /// The same over bytes that outlive the index; `path` is what errors name.
    static Result<PackIndex> over(std::span<const std::uint8_t> bytes, ObjectFormat format,
                                  const std::string& path);

    std::uint32_t size() const noexcept { return ids_.size(); }
    /// The byte of the pack at which the object begins; nullopt where the pack does not have it.
    std::optional<std::uint64_t> find(const ObjectId& id) const noexcept;
    /// Of the object at a position below size(); objects stand in the order of their ids.
    ObjectId id_at(std::uint32_t position) const noexcept { return ids_.at(position); }
    /// The position of the first id that is not below `id`.
    std::uint32_t lower_bound(const ObjectId& id) const noexcept { return ids_.lower_bound(id); }
    /// nullopt where the index points outside of itself.
    std::optional<std::uint64_t> offset_at(std::uint32_t position) const noexcept;
    /// What the pack ends with, as the index has it.
    std::span<const std::uint8_t> pack_checksum() const noexcept { return pack_checksum_; }

private:
    MappedFile file_;
    IdTable ids_;
    bool is_first_version_ = false;
    std::span<const std::uint8_t> offsets_;  ///< of version 1: the entries, ids in them
    std::span<const std::uint8_t> large_offsets_;
    std::span<const std::uint8_t> pack_checksum_;
};

}  // namespace forgehouse::git
