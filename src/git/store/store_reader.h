// StoreReader: whole objects by id, out of an ObjectStore, without git.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "git/store/inflater.h"
#include "git/store/object_cache.h"
#include "git/store/object_store.h"
#include "git/store/stored_object.h"

namespace forgehouse::git {

struct StoreLimits {
    /// Of objects that deltas are made from.
    std::size_t cache_bytes = std::size_t{32} << 20;
    /// Of one object, and of those that it is made from.
    std::size_t object_bytes = std::size_t{512} << 20;
};

/// What is here is not verified against its id, as git does not when it reads; streams have
/// checksums, and deltas must fit. Threads: one at a time.
class StoreReader {
public:
    /// `store` lives longer.
    explicit StoreReader(ObjectStore& store, const StoreLimits& limits = {});

    /// Errors: NotFound, with field `object`, where it is in no folder, also after they were looked
    /// at again; Corrupt, with field `file`, where it is damaged; Invalid where it is larger than
    /// StoreLimits::object_bytes; those of MappedFile::open().
    Result<StoredObject> read(const ObjectId& id);

private:
    using Place = ObjectCache::Place;
    /// A delta on the way from the object that was asked for to one that is there as a whole.
    struct Step {
        Place place;
        PackEntry entry;
    };

    Result<std::optional<StoredObject>> read_here(const ObjectId& id);
    std::optional<Place> find_packed(const ObjectId& id);
    Result<StoredObject> read_packed(Place place);
    Result<StoredObject> find_base(Place& place);
    Result<StoredObject> apply(const StoredObject& base, const Step& step);
    Result<StoredObject> inflate(const Place& place, const PackEntry& entry);
    Result<std::optional<StoredObject>> read_loose(const ObjectId& id);

    ObjectStore* store_;
    StoreLimits limits_;
    std::shared_ptr<const ObjectFolders> folders_;
    const Pack* last_ = nullptr;  ///< where the last object was: the next one is mostly there too
    Inflater inflater_;
    ObjectCache cache_;
    std::vector<Step> steps_;
    std::vector<char> delta_;
};

}  // namespace forgehouse::git
