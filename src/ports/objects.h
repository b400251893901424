// Objects: small and large byte strings by key, as object stores keep them. Interface only;
// adapters live in src/objects. Checkpoints stand on it today, the raw archive next.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "exec/context.h"

namespace forgehouse::ports {

struct ObjectInfo {
    std::string key;
    std::uint64_t size;
    bool operator==(const ObjectInfo&) const = default;
};

struct Object {
    std::string bytes;
    std::string etag;  ///< names the content: equal bytes, equal etag, whenever they were written
};

/// Keys: parts joined by `/`, each of 1 to 200 characters of `A-Z a-z 0-9 . _ - = % ~ @ +`, not
/// beginning with a dot; at most 1,000 in all. No key is the folder of another (`a` and `a/b`).
/// object_key_part() makes a part of any text.
///
/// Threads: all functions may be called from many threads and processes at once.
/// Errors: Invalid for a key outside those rules; Denied for a missing right; Unavailable where the
/// store cannot be reached or is full; Cancelled by the Context.
class Objects {
public:
    virtual ~Objects() = default;

    /// Stores the bytes whole or not at all, and returns their etag. Once it returns they are
    /// durable; a reader sees the old object or the new one.
    virtual Result<std::string> put(exec::Context&, std::string_view key,
                                    std::string_view bytes) = 0;

    /// put(), but only where the object that stands there has the etag `expected` (nullopt: where
    /// none stands there). Errors: Conflict where another one does; nothing is changed then.
    virtual Result<std::string> put_if(exec::Context&, std::string_view key, std::string_view bytes,
                                       const std::optional<std::string>& expected) = 0;

    /// Errors: NotFound.
    virtual Result<Object> get(exec::Context&, std::string_view key) = 0;

    /// All objects whose key begins with `prefix` ("" for all), in byte order of their keys.
    virtual Result<std::vector<ObjectInfo>> list(exec::Context&, std::string_view prefix) = 0;

    /// Removes the object. One that is not there counts as removed.
    virtual Result<void> remove(exec::Context&, std::string_view key) = 0;
};

/// Errors: Invalid, naming the rule that the key breaks.
Result<void> check_object_key(std::string_view key);

/// Any text as one part of a key: other characters as `%XX`, and the tail of a text that would be
/// too long replaced by a hash of the whole. Different texts give different parts.
std::string object_key_part(std::string_view text);

}  // namespace forgehouse::ports
