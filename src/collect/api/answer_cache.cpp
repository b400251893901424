#include "collect/api/answer_cache.h"

#include <fmt/format.h>

#include "base/digest.h"
#include "collect/archive/zstd.h"

namespace forgehouse::collect {

Result<std::unique_ptr<AnswerCache>> AnswerCache::open(exec::Context& ctx, ports::Objects& objects,
                                                       std::string_view data_source) {
    std::unique_ptr<AnswerCache> cache(
        new AnswerCache(objects, fmt::format("answers/{}/", ports::object_key_part(data_source))));
    TRY_LET(listed, objects.list(ctx, cache->prefix_));
    cache->keys_.with([&](auto& keys) {
        for (ports::ObjectInfo& info : listed) keys.insert(std::move(info.key));
    });
    return cache;
}

std::string AnswerCache::key_of(std::string_view target) const {
    return prefix_ + sha256_hex(target).substr(0, 32);
}

Result<std::optional<CachedAnswer>> AnswerCache::find(exec::Context& ctx, std::string_view target) {
    const std::string key = key_of(target);
    if (!keys_.with([&](const auto& keys) { return keys.contains(key); }))
        return std::optional<CachedAnswer>();
    const auto object = objects_.get(ctx, key);
    if (!object) {
        if (object.error().code() == Errc::NotFound) return std::optional<CachedAnswer>();
        return Failure(object.error());
    }
    const std::string_view bytes = object->bytes;
    const std::size_t end = bytes.find('\n');
    if (end == std::string_view::npos) return std::optional<CachedAnswer>();
    auto body = unpack_whole(bytes.substr(end + 1));
    if (!body) return std::optional<CachedAnswer>();
    return std::optional(
        CachedAnswer{.etag = std::string(bytes.substr(0, end)), .body = std::move(*body)});
}

Result<void> AnswerCache::keep(exec::Context& ctx, std::string_view target,
                               const CachedAnswer& answer) {
    const std::string key = key_of(target);
    Packer packer;
    packer.add(answer.body);
    TRY(objects_.put(ctx, key, answer.etag + '\n' + packer.take()));
    keys_.with([&](auto& keys) { keys.insert(key); });
    return {};
}

}  // namespace forgehouse::collect
