#include "collect/packed_json.h"

#include "collect/archive/zstd.h"

namespace forgehouse::collect {

Result<std::optional<json::Document>> load_packed(exec::Context& ctx, ports::Objects& objects,
                                                  std::string_view key) {
    const auto object = objects.get(ctx, key);
    if (!object && object.error().code() == Errc::NotFound) return std::optional<json::Document>();
    if (!object) return Failure(object.error());
    TRY_LET(text, unpack_whole(object->bytes));
    TRY_LET(document, json::Document::parse(text));
    return std::optional(std::move(document));
}

Result<void> save_packed(exec::Context& ctx, ports::Objects& objects, std::string_view key,
                         std::string_view json) {
    Packer packer;
    packer.add(json);
    TRY(objects.put(ctx, key, packer.take()));
    return {};
}

}  // namespace forgehouse::collect
