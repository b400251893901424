// Inflater: zlib streams as git stores them, whole ones only, by libdeflate.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

struct libdeflate_decompressor;

namespace forgehouse::git {

/// Threads: one at a time.
class Inflater {
public:
    Inflater();

    /// Whether `in` begins with a stream that gives exactly `out`, with its checksum right. What
    /// stands in `out` otherwise is of no meaning.
    bool exactly(std::span<const std::uint8_t> in, std::span<char> out) noexcept;
    /// The bytes that a stream of unknown length gives; nullopt where it gives more than `out` has
    /// room for (`is_too_small` is set) or is damaged.
    std::optional<std::size_t> up_to(std::span<const std::uint8_t> in, std::span<char> out,
                                     bool& is_too_small) noexcept;

private:
    struct Free {
        void operator()(libdeflate_decompressor* inflater) const noexcept;
    };
    std::unique_ptr<libdeflate_decompressor, Free> inflater_;
};

/// The most that a zlib stream of `in` bytes can give: sizes beyond that are lies, and nothing is
/// allocated for them.
constexpr std::uint64_t most_inflated(std::uint64_t in) noexcept {
    return in * 1032 + 64;
}

}  // namespace forgehouse::git
