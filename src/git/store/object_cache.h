// ObjectCache: objects that deltas are made from, or that are about to be wanted again; forgets
// those that were not asked for the longest.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

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

    explicit ObjectCache(std::size_t most_bytes);

    /// nullptr where it is not held; good until the next call of put().
    const StoredObject* find(const Place& place);
    /// Objects of more than an eighth of the cache are not held.
    void put(const Place& place, StoredObject object);
    void clear() noexcept;

private:
    using Number = std::uint32_t;  ///< of a slot
    static constexpr Number kNone = ~Number{0};

    /// A held object. The table is one of chains over the slots, and so is the order of use: small
    /// objects are looked for more often than they are inflated.
    struct Slot {
        Place place;
        StoredObject object;
        Number next = kNone;   ///< of those in one place of the table
        Number newer = kNone;  ///< used after this one
        Number older = kNone;
    };

    static std::size_t cost(const StoredObject& object) noexcept;
    Number& chain_of(const Place& place) noexcept;
    Number find_slot(const Place& place) noexcept;
    void link_newest(Number slot) noexcept;
    void unlink(Number slot) noexcept;
    void drop_oldest() noexcept;
    void grow();

    std::size_t most_bytes_;
    std::size_t bytes_ = 0;
    std::vector<Slot> slots_;
    std::vector<Number> free_;
    std::vector<Number> table_;  ///< as many as a power of two
    Number newest_ = kNone;
    Number oldest_ = kNone;
};

}  // namespace forgehouse::git
