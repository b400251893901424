#include "git/object_access.h"

#include <array>
#include <cstring>

#include "git/repository.h"

namespace forgehouse::git {

Result<ObjectStore> open_store(const Repository& repository) {
    return ObjectStore::open(repository.location().common_dir + "/objects",
                             repository.traits().format);
}

ObjectAccess::ObjectAccess(const Repository& repository, ObjectStore* store,
                           const StoreLimits& limits)
    : repository_(&repository) {
    if (store != nullptr) own_.emplace(*store, limits);
}

Result<StoredObject> ObjectAccess::read(const exec::Context& ctx, const ObjectId& id) {
    if (id.bytes().empty()) return StoredObject{};
    auto object = read_own(id);
    if (object) return object;
    if (!repository_->traits().is_hosted || object.error().code() != Errc::NotFound)
        return ask_git(ctx, id);
    // Where packs were being replaced, a look at the folders may have missed both, old and new.
    object = read_own(id);
    if (object) return object;
    return object.error().code() == Errc::NotFound ? StoredObject{} : ask_git(ctx, id);
}

Result<StoredObject> ObjectAccess::read_own(const ObjectId& id) {
    if (!own_)
        return Failure(Error(Errc::Unavailable, "the repository's objects are read by git only"));
    return own_->read(id);
}

Result<std::uint64_t> ObjectAccess::size(const exec::Context& ctx, const ObjectId& id) {
    if (own_)
        if (const auto size = own_->size(id)) return size->bytes;
    TRY_LET(object, ask_git(ctx, id));
    if (object.type != ObjectType::Missing) return std::uint64_t{object.size};
    return Failure(Error(Errc::NotFound, "an object is not there").with("object", id.hex()));
}

Result<StoredObject> ObjectAccess::ask_git(const exec::Context& ctx, const ObjectId& id) {
    // A process ends with the thread that started it, which may be gone.
    if (git_) {
        auto object = ask_process(ctx, id);
        if (object || object.error().code() == Errc::Cancelled) return object;
    }
    return ask_process(ctx, id);
}

Result<StoredObject> ObjectAccess::ask_process(const exec::Context& ctx, const ObjectId& id) {
    if (!git_) {
        TRY_LET(started, ObjectReader::start(*repository_));
        git_.emplace(std::move(started));
    }
    git_->ask(std::array{id});
    auto object = git_->next(ctx);
    if (!object) {
        git_.reset();  // it has ended
        return Failure(std::move(object).error());
    }
    const auto size = object->content.size();
    auto bytes = std::make_shared_for_overwrite<char[]>(size);
    if (size > 0) std::memcpy(bytes.get(), object->content.data(), size);
    git_->release();
    return StoredObject{.type = object->type, .bytes = std::move(bytes), .size = size};
}

}  // namespace forgehouse::git
