#include "git/store/store_reader.h"

#include <algorithm>
#include <utility>

#include "git/store/delta.h"
#include "git/store/loose_object.h"

namespace forgehouse::git {
namespace {

// git makes chains of 50, of 250 when told to be aggressive, and never of more than 4,095.
constexpr std::size_t kMostDeltas = 10'000;

Error damaged(const ObjectCache::Place& place) {
    return Error(Errc::Corrupt, "an object of a pack is damaged")
        .with("file", place.pack->stem() + ".pack")
        .with("byte", static_cast<std::int64_t>(place.offset))
        .hint("Run `git fsck` there; fetch the pack again or restore a backup.");
}

/// Where the base of a delta begins. One by id is in the same pack, wherever else it may be.
std::optional<std::uint64_t> base_of(const ObjectCache::Place& place, const PackEntry& entry) {
    return entry.base_id ? place.pack->index().find(*entry.base_id) : entry.base_offset;
}

Error too_large(std::uint64_t size) {
    return Error(Errc::Invalid, "an object is larger than is read here")
        .with("size", static_cast<std::int64_t>(size));
}

}  // namespace

StoreReader::StoreReader(ObjectStore& store, const StoreLimits& limits)
    : store_(&store),
      limits_(limits),
      folders_(store.folders()),
      made_(limits.cache_bytes / 4),
      passed_(limits.cache_bytes / 4),
      stored_(limits.cache_bytes / 2) {}

/// `find` says nothing where the object is not there: it may have been packed since the folders
/// were looked at.
template <class Find>
auto StoreReader::find_or_look_again(const ObjectId& id, Find&& find) -> decltype(find()) {
    auto found = find();
    if (!found || *found) return found;
    made_.clear();
    passed_.clear();
    stored_.clear();
    last_ = nullptr;
    folders_ = store_->newer_than(folders_);
    found = find();
    if (!found || *found) return found;
    return Failure(Error(Errc::NotFound, "an object is not there").with("object", id.hex()));
}

Result<StoredObject> StoreReader::read(const ObjectId& id) {
    TRY_LET(found, find_or_look_again(id, [&] { return read_here(id); }));
    return std::move(*found);
}

Result<void> StoreReader::read_all(std::span<const ObjectId> ids, const Take& take) {
    struct Wanted {
        Place place;
        std::size_t at;
    };
    std::vector<Wanted> packed;
    std::vector<std::size_t> others;  // loose, not there, or packed by now
    for (std::size_t at = 0; at < ids.size(); ++at) {
        if (const auto place = find_packed(ids[at]))
            packed.push_back({.place = *place, .at = at});
        else
            others.push_back(at);
    }
    std::ranges::sort(packed, {}, [](const Wanted& each) {
        return std::pair(each.place.pack, each.place.offset);
    });
    const auto folders = folders_;  // the places are of these, and read() may look again
    for (const auto& [place, at] : packed) TRY(take(at, read_packed(place)));
    for (const auto at : others) TRY(take(at, read(ids[at])));
    return {};
}

Result<ObjectSize> StoreReader::size(const ObjectId& id) {
    TRY_LET(found, find_or_look_again(id, [&] { return size_here(id); }));
    return *found;
}

Result<std::optional<ObjectSize>> StoreReader::size_here(const ObjectId& id) {
    if (const auto place = find_packed(id)) {
        TRY_LET(size, size_of_packed(*place));
        return std::optional(size);
    }
    TRY_LET(loose, read_loose(id));
    if (!loose) return std::nullopt;
    return std::optional(ObjectSize{.type = loose->type, .bytes = loose->size});
}

/// A delta says at its beginning how much it makes, and is of the type of what it is made from.
Result<ObjectSize> StoreReader::size_of_packed(const Place& place) {
    std::optional<std::uint64_t> bytes;
    auto at = place;
    for (std::size_t deltas = 0; deltas < kMostDeltas; ++deltas) {
        const auto entry = at.pack->entry(at.offset);
        if (!entry) break;
        if (!entry->is_delta())
            return ObjectSize{.type = entry->type, .bytes = bytes.value_or(entry->size)};
        if (!bytes) {
            TRY_LET(delta, stored(at, *entry));
            auto content = delta.content();
            const auto sizes = take_delta_sizes(content);
            if (!sizes) break;
            bytes = sizes->result;
        }
        const auto base = base_of(at, *entry);
        if (!base) break;
        at.offset = *base;
    }
    return Failure(damaged(place));
}

Result<std::optional<StoredObject>> StoreReader::read_here(const ObjectId& id) {
    if (const auto place = find_packed(id)) {
        TRY_LET(object, read_packed(*place));
        return std::optional(std::move(object));
    }
    return read_loose(id);
}

std::optional<ObjectCache::Place> StoreReader::find_packed(const ObjectId& id) {
    const auto look = [&](const Pack* pack) -> std::optional<Place> {
        const auto offset = pack->index().find(id);
        if (!offset) return std::nullopt;
        last_ = pack;
        return Place{.pack = pack, .offset = *offset};
    };
    if (last_ != nullptr)
        if (auto place = look(last_)) return place;
    for (const auto& indexed : folders_->indexed)
        if (const auto place = indexed.index.find(id))
            return Place{.pack = indexed.packs[place->pack].get(), .offset = place->offset};
    for (const auto& pack : folders_->packs)
        if (auto place = look(pack.get())) return place;
    return std::nullopt;
}

Result<StoredObject> StoreReader::read_packed(const Place& place) {
    deltas_.clear();
    auto at = place;
    for (;;) {
        TRY_LET(base, follow(at));
        if (!base) continue;
        if (deltas_.empty()) return std::move(*base);
        return make(std::move(*base));
    }
}

/// The object at `place` where it is whole or was made before; else its delta is noted, and `place`
/// is that of the base.
Result<std::optional<StoredObject>> StoreReader::follow(Place& place) {
    const auto entry = place.pack->entry(place.offset);
    if (!entry || deltas_.size() == kMostDeltas) return Failure(damaged(place));
    if (entry->is_delta()) {
        if (const auto* held = made_.find(place)) return *held;
        if (const auto* held = passed_.find(place)) return *held;
    }
    TRY_LET(bytes, stored(place, *entry));
    if (!entry->is_delta()) return std::optional(std::move(bytes));
    deltas_.push_back({.place = place, .delta = std::move(bytes)});
    const auto base = base_of(place, *entry);
    if (!base) return Failure(damaged(place));
    place.offset = *base;
    return std::nullopt;
}

/// Applies `deltas_` to the base, the last one first. What is made on the way is kept apart from
/// what was asked for: in packs that were written oldest first it is asked for next.
Result<StoredObject> StoreReader::make(StoredObject object) {
    while (!deltas_.empty()) {
        const auto& [place, bytes] = deltas_.back();
        auto delta = bytes.content();
        const auto sizes = take_delta_sizes(delta);
        if (!sizes || sizes->base != object.size) return Failure(damaged(place));
        if (sizes->result > limits_.object_bytes) return Failure(too_large(sizes->result));
        const auto size = static_cast<std::size_t>(sizes->result);
        auto made = std::make_shared_for_overwrite<char[]>(size);
        if (!apply_delta(object.content(), delta, {made.get(), size}))
            return Failure(damaged(place));
        object.bytes = std::move(made);
        object.size = size;
        (deltas_.size() == 1 ? made_ : passed_).put(place, object);
        deltas_.pop_back();
    }
    return object;
}

/// What stands at a place, inflated: an object or a delta.
Result<StoredObject> StoreReader::stored(const Place& place, const PackEntry& entry) {
    // Commits are no bases, as a rule, and are read once.
    const bool is_kept = entry.type != ObjectType::Commit;
    if (is_kept)
        if (const auto* held = stored_.find(place)) return *held;
    if (entry.size > limits_.object_bytes) return Failure(too_large(entry.size));
    auto bytes = std::make_shared_for_overwrite<char[]>(entry.size);
    if (!inflater_.exactly(entry.stream, {bytes.get(), entry.size})) return Failure(damaged(place));
    StoredObject object{.type = entry.type, .bytes = std::move(bytes), .size = entry.size};
    if (is_kept) stored_.put(place, object);
    return object;
}

Result<std::optional<StoredObject>> StoreReader::read_loose(const ObjectId& id) {
    if (id.bytes().empty()) return std::nullopt;  // no object
    for (const auto& folder : folders_->folders) {
        const auto path = loose_path(folder, id);
        auto file = MappedFile::open(path);
        if (!file && file.error().code() == Errc::NotFound) continue;
        if (!file) return Failure(std::move(file).error());
        auto object = parse_loose_object(file->bytes(), inflater_, limits_.object_bytes);
        if (!object) return Failure(std::move(object).error().with("file", path));
        return std::optional(std::move(*object));
    }
    return std::nullopt;
}

}  // namespace forgehouse::git
