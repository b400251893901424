#include "git/object_id.h"

#include <algorithm>

namespace forgehouse::git {
namespace {

constexpr auto kDigits = [] {
    std::array<std::int8_t, 256> table{};
    table.fill(-1);
    for (int i = 0; i < 10; ++i)
        table[static_cast<std::size_t>('0' + i)] = static_cast<std::int8_t>(i);
    for (int i = 0; i < 6; ++i) {
        table[static_cast<std::size_t>('a' + i)] = static_cast<std::int8_t>(10 + i);
        table[static_cast<std::size_t>('A' + i)] = static_cast<std::int8_t>(10 + i);
    }
    return table;
}();

}  // namespace

std::optional<ObjectId> ObjectId::from_hex(std::string_view hex) noexcept {
    if (hex.size() != 40 && hex.size() != 64) return std::nullopt;
    ObjectId id;
    id.size_ = static_cast<std::uint8_t>(hex.size() / 2);
    for (std::size_t i = 0; i < id.size_; ++i) {
        const int high = kDigits[static_cast<unsigned char>(hex[2 * i])];
        const int low = kDigits[static_cast<unsigned char>(hex[2 * i + 1])];
        if ((high | low) < 0) return std::nullopt;
        id.bytes_[i] = static_cast<std::uint8_t>(high << 4 | low);
    }
    return id;
}

ObjectId ObjectId::from_bytes(std::span<const std::uint8_t> bytes) noexcept {
    ObjectId id;
    id.size_ = static_cast<std::uint8_t>(std::min(bytes.size(), id.bytes_.size()));
    std::memcpy(id.bytes_.data(), bytes.data(), id.size_);
    return id;
}

bool ObjectId::is_null() const noexcept {
    return std::ranges::all_of(bytes(), [](std::uint8_t byte) { return byte == 0; });
}

std::string ObjectId::hex() const {
    std::string out(2u * size_, '0');
    hex_to(out.data());
    return out;
}

void ObjectId::hex_to(char* out) const noexcept {
    for (const auto byte : bytes()) {
        *out++ = "0123456789abcdef"[byte >> 4];
        *out++ = "0123456789abcdef"[byte & 15];
    }
}

}  // namespace forgehouse::git
