#include "git/file_content.h"

#include <algorithm>

namespace forgehouse::git {

StoredObject submodule_line(const ObjectId& commit) {
    const auto line = "Subproject commit " + commit.hex() + "\n";
    auto bytes = std::make_shared_for_overwrite<char[]>(line.size());
    std::ranges::copy(line, bytes.get());
    return {.type = ObjectType::Blob, .bytes = std::move(bytes), .size = line.size()};
}

Result<StoredObject> content_of(ObjectAccess& objects, const ObjectId& blob, std::uint32_t mode) {
    if (blob.is_null()) return StoredObject{};
    if (mode == kSubmoduleMode) return submodule_line(blob);
    return objects.read_own(blob);
}

Result<StoredObject> content_of(const exec::Context& ctx, ObjectAccess& objects,
                                const ObjectId& blob, std::uint32_t mode) {
    if (blob.is_null()) return StoredObject{};
    if (mode == kSubmoduleMode) return submodule_line(blob);
    // Git would hand out as many bytes as there are.
    auto own = objects.read_own(blob);
    if (!own && own.error().code() == Errc::Invalid) return own;
    TRY_LET(object, own ? std::move(own) : objects.read(ctx, blob));
    if (object.type == ObjectType::Blob) return std::move(object);
    return Failure(Error(Errc::NotFound, "a file's content is not there")
                       .with("object", blob.hex())
                       .hint("Run `git fsck` there; fetch it again or restore a backup."));
}

}  // namespace forgehouse::git
