#include "git/store/object_cache.h"

#include <bit>
#include <utility>

namespace forgehouse::git {
namespace {

constexpr std::size_t kFirstPlaces = 256;

}  // namespace

ObjectCache::ObjectCache(std::size_t most_bytes)
    : most_bytes_(most_bytes), table_(kFirstPlaces, kNone) {}

std::size_t ObjectCache::cost(const StoredObject& object) noexcept {
    constexpr std::size_t kOfTheTables = 128;
    return object.size + kOfTheTables;
}

/// Where the chain of a place begins.
ObjectCache::Number& ObjectCache::chain_of(const Place& place) noexcept {
    const auto pack = reinterpret_cast<std::uintptr_t>(place.pack);
    const auto mixed = (place.offset + pack * 0x9e37'79b9'7f4a'7c15U) * 0xc2b2'ae3d'27d4'eb4fU;
    return table_[mixed >> (64 - std::countr_zero(table_.size()))];
}

ObjectCache::Number ObjectCache::find_slot(const Place& place) noexcept {
    auto slot = chain_of(place);
    while (slot != kNone && slots_[slot].place != place) slot = slots_[slot].next;
    return slot;
}

void ObjectCache::link_newest(Number slot) noexcept {
    slots_[slot].older = newest_;
    slots_[slot].newer = kNone;
    (newest_ == kNone ? oldest_ : slots_[newest_].newer) = slot;
    newest_ = slot;
}

void ObjectCache::unlink(Number slot) noexcept {
    const auto newer = slots_[slot].newer, older = slots_[slot].older;
    (newer == kNone ? newest_ : slots_[newer].older) = older;
    (older == kNone ? oldest_ : slots_[older].newer) = newer;
}

const StoredObject* ObjectCache::find(const Place& place) {
    const auto slot = find_slot(place);
    if (slot == kNone) return nullptr;
    if (slot != newest_) {
        unlink(slot);
        link_newest(slot);
    }
    return &slots_[slot].object;
}

void ObjectCache::put(const Place& place, StoredObject object) {
    if (cost(object) > most_bytes_ / 8 || find_slot(place) != kNone) return;
    bytes_ += cost(object);
    while (bytes_ > most_bytes_) drop_oldest();
    if (free_.empty()) {
        if (slots_.size() >= table_.size()) grow();
        free_.push_back(static_cast<Number>(slots_.size()));
        slots_.emplace_back();
    }
    const auto slot = free_.back();
    free_.pop_back();
    auto& chain = chain_of(place);
    slots_[slot] = {.place = place, .object = std::move(object), .next = chain};
    chain = slot;
    link_newest(slot);
}

void ObjectCache::drop_oldest() noexcept {
    const auto slot = oldest_;
    auto* link = &chain_of(slots_[slot].place);
    while (*link != slot) link = &slots_[*link].next;
    *link = slots_[slot].next;
    unlink(slot);
    bytes_ -= cost(slots_[slot].object);
    slots_[slot].object = {};
    free_.push_back(slot);
}

/// Twice as many places. All slots are taken.
void ObjectCache::grow() {
    table_.assign(table_.size() * 2, kNone);
    for (Number slot = 0; slot < slots_.size(); ++slot) {
        auto& chain = chain_of(slots_[slot].place);
        slots_[slot].next = std::exchange(chain, slot);
    }
}

void ObjectCache::clear() noexcept {
    while (oldest_ != kNone) drop_oldest();
}

}  // namespace forgehouse::git
