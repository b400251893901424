// BlobMemo: what comparing two blobs gave, so that a merge that brings the same change along as the
// commits of its branch need not compare them again. Fixed memory; forgets the oldest.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>

#include "git/commit.h"
#include "git/line_counts.h"

namespace forgehouse::git {

/// Counts depend on nothing but the two contents and the kinds of file, because attributes have no
/// effect here. Threads: one at a time.
class BlobMemo {
public:
    /// Room for `slots` pairs, rounded up to a power of two; memory is touched as it fills.
    explicit BlobMemo(std::size_t slots);
    static constexpr std::size_t kSlotBytes = 24;

    void remember(const FileChange& file);
    std::optional<LineCounts> find(const FileChange& file) const;

private:
    static constexpr std::size_t kWays = 4;

    /// 128 bits of the two ids: hashes of git's, so that two pairs do not meet by chance.
    struct Key {
        std::uint64_t high, low;
        friend bool operator==(const Key&, const Key&) = default;
    };
    struct Slot {
        Key key;
        std::uint32_t added;
        std::uint32_t removed_and_binary;  ///< the top bit says binary
    };
    static_assert(sizeof(Slot) == kSlotBytes);
    struct Free {
        void operator()(Slot* slots) const noexcept { std::free(slots); }
    };

    static Key key_of(const FileChange& file) noexcept;
    std::size_t set_of(const Key& key) const noexcept { return (key.high & mask_) * kWays; }

    std::size_t mask_;
    std::unique_ptr<Slot[], Free> slots_;
};

}  // namespace forgehouse::git
