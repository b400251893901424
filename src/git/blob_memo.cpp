#include "git/blob_memo.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/check.h"

namespace forgehouse::git {
namespace {

constexpr std::uint32_t kBinary = 1u << 31;
constexpr std::uint64_t kLargest = kBinary - 1;

std::uint64_t word(const ObjectId& id, std::size_t at) noexcept {
    std::uint64_t value = 0;
    if (id.bytes().size() >= at + sizeof value)
        std::memcpy(&value, id.bytes().data() + at, sizeof value);
    return value;
}

}  // namespace

BlobMemo::BlobMemo(std::size_t slots)
    : mask_(std::bit_ceil(std::max(slots / kWays, std::size_t{1})) - 1),
      slots_(static_cast<Slot*>(std::calloc((mask_ + 1) * kWays, sizeof(Slot)))) {
    CHECK(slots_ != nullptr);
}

BlobMemo::Key BlobMemo::key_of(const FileChange& file) noexcept {
    // A file, a symlink and a submodule of the same id are different things.
    const std::uint64_t kinds = (file.old_mode >> 12) * 16 + (file.new_mode >> 12) + 1;
    return {.high = word(file.old_blob, 0) + std::rotl(word(file.new_blob, 8), 17),
            .low = (word(file.old_blob, 8) ^ std::rotl(word(file.new_blob, 0), 31)) + kinds};
}

void BlobMemo::remember(const FileChange& file) {
    if (file.lines_added > kLargest || file.lines_removed > kLargest) return;
    const auto key = key_of(file);
    Slot* const set = slots_.get() + set_of(key);
    // The newest stands first; an empty slot is all zeros, which no key is by chance.
    std::size_t last = 0;
    while (last + 1 < kWays && set[last].key != key) ++last;
    std::copy_backward(set, set + last, set + last + 1);
    set[0] = {.key = key,
              .added = static_cast<std::uint32_t>(file.lines_added),
              .removed_and_binary =
                  static_cast<std::uint32_t>(file.lines_removed) | (file.is_binary ? kBinary : 0)};
}

std::optional<LineCounts> BlobMemo::find(const FileChange& file) const {
    const auto key = key_of(file);
    const Slot* const set = slots_.get() + set_of(key);
    const auto* const slot =
        std::find_if(set, set + kWays, [&key](const Slot& each) { return each.key == key; });
    if (slot == set + kWays) return std::nullopt;
    return LineCounts{.added = slot->added,
                      .removed = slot->removed_and_binary & ~kBinary,
                      .is_binary = (slot->removed_and_binary & kBinary) != 0};
}

}  // namespace forgehouse::git
