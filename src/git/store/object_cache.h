// ObjectCache: objects that deltas are made from, or that are about to be wanted again; forgets
// those that were not asked for the longest.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <unordered_map>

#include "git/store/pack.h"
#include "git/store/stored_object.h"

namespace forgehouse::git {

/// Threads: one at a time.
class ObjectCache {
public:
    /// Where an object begins. The pack lives longer than the cache.
    struct Place {
        const Pack* pack = nullptr;
        std::uint64_t offset = 0;
        friend bool operator==(const Place&, const Place&) = default;
    };

    explicit ObjectCache(std::size_t most_bytes) : most_bytes_(most_bytes) {}

    /// nullptr where it is not held; good until the next call of put().
    const StoredObject* find(const Place& place);
    /// Objects of more than an eighth of the cache are not held.
    void put(const Place& place, StoredObject object);
    void clear() noexcept;

private:
    struct Hash {
        std::size_t operator()(const Place& place) const noexcept {
            return std::hash<const Pack*>()(place.pack) ^ (place.offset * 0x9e37'79b9'7f4a'7c15U);
        }
    };
    struct Held {
        Place place;
        StoredObject object;
    };

    static std::size_t cost(const StoredObject& object) noexcept;

    std::size_t most_bytes_;
    std::size_t bytes_ = 0;
    std::list<Held> by_use_;  ///< the last one used first
    std::unordered_map<Place, std::list<Held>::iterator, Hash> places_;
};

}  // namespace forgehouse::git
