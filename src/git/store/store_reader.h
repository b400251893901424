// StoreReader: whole objects by id, out of an ObjectStore, without git.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "git/store/inflater.h"
#include "git/store/object_cache.h"
#include "git/store/object_store.h"
#include "git/store/stored_object.h"

namespace forgehouse::git {

struct StoreLimits {
    /// Half of it holds objects that were made from deltas, for those that are made from them, half
    /// what packs hold, inflated: whole objects and deltas.
    std::size_t cache_bytes = std::size_t{32} << 20;
    /// Of one object, and of those that it is made from.
    std::size_t object_bytes = std::size_t{512} << 20;
};

struct ObjectSize {
    ObjectType type = ObjectType::Missing;
    std::uint64_t bytes = 0;
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

    /// Receives the object of `ids[at]`, or why it cannot be read. An error of its own ends the
    /// reading and is returned.
    using Take = std::function<Result<void>(std::size_t at, Result<StoredObject> object)>;
    /// Reads many in the order in which they lie in the packs, so that what several are made from
    /// is made once: several times faster than one by one in any other order.
    Result<void> read_all(std::span<const ObjectId> ids, const Take& take);

    /// What the object is and how many bytes it has, without making it. Errors: those of read().
    Result<ObjectSize> size(const ObjectId& id);

private:
    using Place = ObjectCache::Place;
    /// A delta on the way to an object that is there as a whole.
    struct Step {
        Place place;
        StoredObject delta;
    };

    template <class Find>
    auto find_or_look_again(const ObjectId& id, Find&& find) -> decltype(find());
    Result<std::optional<ObjectSize>> size_here(const ObjectId& id);
    Result<ObjectSize> size_of_packed(const Place& place);
    Result<std::optional<StoredObject>> read_here(const ObjectId& id);
    std::optional<Place> find_packed(const ObjectId& id);
    Result<StoredObject> read_packed(const Place& place);
    Result<std::optional<StoredObject>> follow(Place& place);
    Result<StoredObject> make(StoredObject object);
    Result<StoredObject> stored(const Place& place, const PackEntry& entry);
    Result<std::optional<StoredObject>> read_loose(const ObjectId& id);

    ObjectStore* store_;
    StoreLimits limits_;
    std::shared_ptr<const ObjectFolders> folders_;
    const Pack* last_ = nullptr;  ///< where the last object was: the next one is mostly there too
    Inflater inflater_;
    ObjectCache made_;          ///< by where their last delta stands
    ObjectCache passed_;        ///< made on the way to them
    ObjectCache stored_;        ///< deltas have the type Missing
    std::vector<Step> deltas_;  ///< from the object that was asked for on
};

}  // namespace forgehouse::git
