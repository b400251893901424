#include "git/store/object_cache.h"

#include <utility>

namespace forgehouse::git {

std::size_t ObjectCache::cost(const StoredObject& object) noexcept {
    constexpr std::size_t kOfTheTables = 160;
    return object.size + kOfTheTables;
}

const StoredObject* ObjectCache::find(const Place& place) {
    const auto found = places_.find(place);
    if (found == places_.end()) return nullptr;
    by_use_.splice(by_use_.begin(), by_use_, found->second);
    return &found->second->object;
}

void ObjectCache::put(const Place& place, StoredObject object) {
    if (cost(object) > most_bytes_ / 8 || places_.contains(place)) return;
    bytes_ += cost(object);
    by_use_.push_front({.place = place, .object = std::move(object)});
    places_.emplace(place, by_use_.begin());
    while (bytes_ > most_bytes_) {
        bytes_ -= cost(by_use_.back().object);
        places_.erase(by_use_.back().place);
        by_use_.pop_back();
    }
}

void ObjectCache::clear() noexcept {
    places_.clear();
    by_use_.clear();
    bytes_ = 0;
}

}  // namespace forgehouse::git
