// Bloom filters of commit-graphs: which paths a commit may have changed against its first parent.
// What a filter denies was not changed; what it does not deny may have been. Pure functions over
// foreign bytes.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace forgehouse::git {

/// As a commit-graph has it. A view.
struct BloomFilter {
    /// Of git's hash. Under 1 a byte above 127 counts for what the writing machine took it for.
    std::uint32_t version = 1;
    std::uint32_t hashes = 0;            ///< bits of a path
    std::span<const std::uint8_t> bits;  ///< at least one byte
};

/// A path, and the folders that it is in, hashed once for all filters.
class BloomPath {
public:
    /// `path` is a file or a folder, without a slash at its end; not empty.
    explicit BloomPath(std::string_view path);

    /// Whether `filter` leaves it open that something at the path was changed.
    bool may_be_in(const BloomFilter& filter) const noexcept;

private:
    struct Hashes {
        std::uint32_t first = 0, second = 0;
    };
    std::vector<Hashes> keys_;
    bool is_plain_ = true;  ///< no byte is above 127: both versions have the same hashes
};

}  // namespace forgehouse::git
