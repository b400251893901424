#include "git/store/inflater.h"

#include <libdeflate.h>

#include "base/check.h"

namespace forgehouse::git {

void Inflater::Free::operator()(libdeflate_decompressor* inflater) const noexcept {
    libdeflate_free_decompressor(inflater);
}

Inflater::Inflater() : inflater_(libdeflate_alloc_decompressor()) {
    CHECK(inflater_);
}

bool Inflater::exactly(std::span<const std::uint8_t> in, std::span<char> out) noexcept {
    std::size_t taken = 0;
    // Without a place for the number of bytes given, fewer are an error.
    return libdeflate_zlib_decompress_ex(inflater_.get(), in.data(), in.size(), out.data(),
                                         out.size(), &taken, nullptr) == LIBDEFLATE_SUCCESS;
}

std::optional<std::size_t> Inflater::up_to(std::span<const std::uint8_t> in, std::span<char> out,
                                           bool& is_too_small) noexcept {
    std::size_t taken = 0;
    std::size_t given = 0;
    const auto result = libdeflate_zlib_decompress_ex(inflater_.get(), in.data(), in.size(),
                                                      out.data(), out.size(), &taken, &given);
    is_too_small = result == LIBDEFLATE_INSUFFICIENT_SPACE;
    if (result != LIBDEFLATE_SUCCESS) return std::nullopt;
    return given;
}

}  // namespace forgehouse::git
