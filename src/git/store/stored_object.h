// StoredObject: a git object in memory, held for as long as somebody wants it.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "git/refs.h"

namespace forgehouse::git {

/// Cheap to copy; the bytes are shared and do not change.
struct StoredObject {
    ObjectType type = ObjectType::Missing;
    std::shared_ptr<const char[]> bytes;
    std::size_t size = 0;

    std::string_view content() const noexcept { return {bytes.get(), size}; }
};

}  // namespace forgehouse::git
