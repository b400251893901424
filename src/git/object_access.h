// ObjectAccess: objects of a repository, out of our own store where it can read them, from git
// where it cannot (a form of storage that it does not know, a very large object, damage).
#pragma once

#include <optional>

#include "base/result.h"
#include "exec/context.h"
#include "git/object_id.h"
#include "git/object_reader.h"
#include "git/store/store_reader.h"

namespace forgehouse::git {

class Repository;

/// The store of a repository's objects. Errors: those of ObjectStore::open().
Result<ObjectStore> open_store(const Repository& repository);

/// Threads: one at a time.
class ObjectAccess {
public:
    /// Both live longer. `store` is nullptr where the repository's could not be opened: git reads.
    ObjectAccess(const Repository& repository, ObjectStore* store, const StoreLimits& limits);

    /// One that is not there has the type Missing. Errors: those of Repository::failure(), with
    /// field `object`; Cancelled.
    Result<StoredObject> read(const exec::Context& ctx, const ObjectId& id);
    /// The same without asking git. Errors: those of StoreReader::read().
    Result<StoredObject> read_own(const ObjectId& id);

    /// Bytes of an object. Errors: those of read(); NotFound, with field `object`.
    Result<std::uint64_t> size(const exec::Context& ctx, const ObjectId& id);

private:
    Result<StoredObject> ask_git(const exec::Context& ctx, const ObjectId& id);
    Result<StoredObject> ask_process(const exec::Context& ctx, const ObjectId& id);

    const Repository* repository_;
    std::optional<StoreReader> own_;
    std::optional<ObjectReader> git_;  ///< started when it is first needed
};

}  // namespace forgehouse::git
