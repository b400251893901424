// Loose objects: those that git keeps in a file each.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/result.h"
#include "git/object_id.h"
#include "git/store/inflater.h"
#include "git/store/stored_object.h"

namespace forgehouse::git {

/// Where it lies beneath a folder of objects.
std::string loose_path(const std::string& objects, const ObjectId& id);

/// Reads the bytes of such a file. Errors: Corrupt for what is none; Invalid
/// for an object of more than `most_bytes`.
Result<StoredObject> parse_loose_object(std::span<const std::uint8_t> file, Inflater& inflater,
                                        std::size_t most_bytes);

}  // namespace forgehouse::git
