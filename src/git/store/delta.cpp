#include "git/store/delta.h"

#include <cstring>

namespace forgehouse::git {
namespace {

std::optional<std::uint64_t> take_number(std::string_view& bytes) noexcept {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 63 && !bytes.empty(); shift += 7) {
        const auto byte = static_cast<std::uint8_t>(bytes.front());
        bytes.remove_prefix(1);
        value |= std::uint64_t{byte & 0x7fU} << shift;
        if ((byte & 0x80) == 0) return value;
    }
    return std::nullopt;
}

/// The bytes of a number that the bits of `present` name, lowest first; false at the end.
bool take_sparse(std::string_view& bytes, unsigned present, unsigned most,
                 std::size_t& value) noexcept {
    value = 0;
    for (unsigned i = 0; i < most; ++i) {
        if ((present >> i & 1) == 0) continue;
        if (bytes.empty()) return false;
        value |= std::size_t{static_cast<std::uint8_t>(bytes.front())} << (8 * i);
        bytes.remove_prefix(1);
    }
    return true;
}

/// What an instruction adds to the object, a piece of `base` or of the instructions; empty where it
/// is none.
std::string_view next_piece(std::string_view base, std::string_view& instructions) noexcept {
    const auto code = static_cast<std::uint8_t>(instructions.front());
    instructions.remove_prefix(1);
    if ((code & 0x80) == 0) {  // an insert; 0 is reserved
        if (code > instructions.size()) return {};
        const auto piece = instructions.substr(0, code);
        instructions.remove_prefix(code);
        return piece;
    }
    std::size_t offset = 0;
    std::size_t size = 0;
    if (!take_sparse(instructions, code & 0x0f, 4, offset) ||
        !take_sparse(instructions, code >> 4 & 0x07, 3, size))
        return {};
    if (size == 0) size = 0x10000;
    if (offset > base.size() || size > base.size() - offset) return {};
    return base.substr(offset, size);
}

}  // namespace

std::optional<DeltaSizes> take_delta_sizes(std::string_view& delta) noexcept {
    const auto base = take_number(delta);
    const auto result = base ? take_number(delta) : std::nullopt;
    if (!result) return std::nullopt;
    return DeltaSizes{.base = *base, .result = *result};
}

bool apply_delta(std::string_view base, std::string_view instructions,
                 std::span<char> out) noexcept {
    while (!instructions.empty()) {
        const auto piece = next_piece(base, instructions);
        if (piece.empty() || piece.size() > out.size()) return false;
        std::memcpy(out.data(), piece.data(), piece.size());
        out = out.subspan(piece.size());
    }
    return out.empty();
}

}  // namespace forgehouse::git
