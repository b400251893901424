#include "git/store/store_reader.h"

#include <utility>

#include "git/store/delta.h"
#include "git/store/loose_object.h"

namespace forgehouse::git {
namespace {

// git makes chains of 50, of 250 when told to be aggressive, and never of more than 4,095.
constexpr std::size_t kMostSteps = 10'000;

Error damaged(const ObjectCache::Place& place) {
    return Error(Errc::Corrupt, "an object of a pack is damaged")
        .with("file", place.pack->stem() + ".pack")
        .with("byte", static_cast<std::int64_t>(place.offset))
        .hint("Run `git fsck` there; fetch the pack again or restore a backup.");
}

Error too_large(std::uint64_t size) {
    return Error(Errc::Invalid, "an object is larger than is read here")
        .with("size", static_cast<std::int64_t>(size));
}

}  // namespace

StoreReader::StoreReader(ObjectStore& store, const StoreLimits& limits)
    : store_(&store), limits_(limits), folders_(store.folders()), cache_(limits.cache_bytes) {}

Result<StoredObject> StoreReader::read(const ObjectId& id) {
    TRY_LET(found, read_here(id));
    if (found) return std::move(*found);
    // It may have been packed since the folders were looked at.
    cache_.clear();
    last_ = nullptr;
    folders_ = store_->newer_than(folders_);
    TRY_LET(again, read_here(id));
    if (again) return std::move(*again);
    return Failure(Error(Errc::NotFound, "an object is not there").with("object", id.hex()));
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

Result<StoredObject> StoreReader::read_packed(Place place) {
    steps_.clear();
    TRY_LET(base, find_base(place));
    auto object = std::move(base);
    while (!steps_.empty()) {
        TRY_LET(next, apply(object, steps_.back()));
        object = std::move(next);
        cache_.put(steps_.back().place, object);
        steps_.pop_back();
    }
    return object;
}

/// Follows the deltas from `place` to an object that is there as a whole or held; `steps_` are
/// those that must be applied to it.
Result<StoredObject> StoreReader::find_base(Place& place) {
    for (;;) {
        if (const auto* held = cache_.find(place)) return *held;
        const auto entry = place.pack->entry(place.offset);
        if (!entry || steps_.size() == kMostSteps) return Failure(damaged(place));
        if (!entry->is_delta()) {
            TRY_LET(whole, inflate(place, *entry));
            // Commits are no bases, as a rule, and are read once.
            if (whole.type != ObjectType::Commit) cache_.put(place, whole);
            return std::move(whole);
        }
        steps_.push_back({.place = place, .entry = *entry});
        // A base by id is in the same pack, wherever else it may be.
        const auto base =
            entry->base_id ? place.pack->index().find(*entry->base_id) : entry->base_offset;
        if (!base) return Failure(damaged(place));
        place.offset = *base;
    }
}

Result<StoredObject> StoreReader::inflate(const Place& place, const PackEntry& entry) {
    if (entry.size > limits_.object_bytes) return Failure(too_large(entry.size));
    auto bytes = std::make_shared_for_overwrite<char[]>(entry.size);
    if (!inflater_.exactly(entry.stream, {bytes.get(), entry.size})) return Failure(damaged(place));
    return StoredObject{.type = entry.type, .bytes = std::move(bytes), .size = entry.size};
}

Result<StoredObject> StoreReader::apply(const StoredObject& base, const Step& step) {
    if (step.entry.size > limits_.object_bytes) return Failure(too_large(step.entry.size));
    if (delta_.size() < step.entry.size) delta_.resize(step.entry.size);
    if (!inflater_.exactly(step.entry.stream, {delta_.data(), step.entry.size}))
        return Failure(damaged(step.place));
    std::string_view delta(delta_.data(), step.entry.size);
    const auto sizes = take_delta_sizes(delta);
    if (!sizes || sizes->base != base.size) return Failure(damaged(step.place));
    if (sizes->result > limits_.object_bytes) return Failure(too_large(sizes->result));
    auto bytes = std::make_shared_for_overwrite<char[]>(sizes->result);
    if (!apply_delta(base.content(), delta, {bytes.get(), sizes->result}))
        return Failure(damaged(step.place));
    return StoredObject{.type = base.type, .bytes = std::move(bytes), .size = sizes->result};
}

Result<std::optional<StoredObject>> StoreReader::read_loose(const ObjectId& id) {
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
