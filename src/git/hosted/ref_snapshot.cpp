#include "git/hosted/ref_snapshot.h"

#include <algorithm>

#include "git/hosted/ref_reading.h"

namespace forgehouse::git {

Result<RefSnapshot> RefSnapshot::read(const std::string& folder, ObjectFormat format,
                                      const Peel& peel, const RefSnapshot* before) {
    return RefReading(folder, format, peel, before).run();
}

RefSnapshot::Stamp RefSnapshot::Stamp::of(const struct stat& status) noexcept {
    constexpr std::int64_t kSecond = 1'000'000'000;
    return {.file = status.st_ino,
            .changed_ns = status.st_mtim.tv_sec * kSecond + status.st_mtim.tv_nsec,
            .size = S_ISREG(status.st_mode) ? status.st_size : 0};
}

RefSnapshot::Stamp RefSnapshot::Stamp::of(const std::string& path) noexcept {
    struct stat status{};
    return ::stat(path.c_str(), &status) == 0 ? of(status) : Stamp{};
}

std::span<const NamedRef> RefSnapshot::with_prefix(std::string_view prefix) const noexcept {
    const auto begin = std::ranges::lower_bound(refs_, prefix, {}, &NamedRef::name);
    const auto end = std::partition_point(
        begin, refs_.end(), [prefix](const NamedRef& ref) { return ref.name.starts_with(prefix); });
    return {begin, end};
}

const NamedRef* RefSnapshot::find(std::string_view full_name) const noexcept {
    const auto found = std::ranges::lower_bound(refs_, full_name, {}, &NamedRef::name);
    return found != refs_.end() && found->name == full_name ? &*found : nullptr;
}

const NamedRef* RefSnapshot::find_branch(std::string_view short_name) const {
    return find(std::string(kBranches) += short_name);
}

const NamedRef* RefSnapshot::find_tag(std::string_view short_name) const {
    return find(std::string(kTags) += short_name);
}

bool RefSnapshot::is_current() const noexcept {
    return !is_doubtful_ && std::ranges::all_of(watched_, [](const Watched& watched) {
        return Stamp::of(watched.path) == watched.stamp;
    });
}

}  // namespace forgehouse::git
