// What git compares as the content of a file, and when it takes it for binary.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "git/object_access.h"
#include "git/object_id.h"
#include "git/tree_entry.h"

namespace forgehouse::git {

/// git's core.bigFileThreshold: what is larger is binary to it.
inline constexpr std::uint64_t kMostTextBytes = std::uint64_t{512} << 20;
/// git looks for a NUL in so many bytes.
inline constexpr std::size_t kSeenForBinary = 8000;

inline bool is_binary(std::string_view content) noexcept {
    return content.size() > kMostTextBytes ||
           content.substr(0, kSeenForBinary).find('\0') != std::string_view::npos;
}

/// What git compares in place of a submodule: `Subproject commit ID`.
StoredObject submodule_line(const ObjectId& commit);

/// One side of a changed file: nothing for a null id, a line for a submodule, else the blob.
/// Errors: those of ObjectAccess::read_own().
Result<StoredObject> content_of(ObjectAccess& objects, const ObjectId& blob, std::uint32_t mode);
/// The same with git's help. Errors: Invalid where the blob is larger than the store's limits
/// allow; NotFound where it is not there; those of ObjectAccess::read().
Result<StoredObject> content_of(const exec::Context& ctx, ObjectAccess& objects,
                                const ObjectId& blob, std::uint32_t mode);

}  // namespace forgehouse::git
