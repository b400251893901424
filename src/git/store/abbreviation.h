// Objects by the beginning of their ids.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "git/object_id.h"
#include "git/store/object_store.h"

namespace forgehouse::git {

/// The ids of objects that begin with these hex digits, at least two of them, in order, each once
/// and at most `most`: in packs, loose, and borrowed. The folders are looked at again for it.
/// Empty for what are no hex digits, or too many.
std::vector<ObjectId> ids_beginning(ObjectStore& store, ObjectFormat format, std::string_view hex,
                                    std::size_t most = 64);

}  // namespace forgehouse::git
