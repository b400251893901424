// ObjectId: the name of a git object, SHA-1 or SHA-256, as bytes.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace forgehouse::git {

enum class ObjectFormat : std::uint8_t { Sha1, Sha256 };

/// Bytes of an id: 20 or 32.
constexpr std::size_t id_size(ObjectFormat format) noexcept {
    return format == ObjectFormat::Sha1 ? 20 : 32;
}

class ObjectId {
public:
    /// No object: as many zeros as the format has, or none of either.
    constexpr ObjectId() = default;
    static constexpr ObjectId null(ObjectFormat format) noexcept {
        ObjectId id;
        id.size_ = static_cast<std::uint8_t>(id_size(format));
        return id;
    }
    /// nullopt unless `hex` is 40 or 64 lower-case or upper-case hex digits.
    static std::optional<ObjectId> from_hex(std::string_view hex) noexcept;

    /// 20 or 32 bytes.
    static ObjectId from_bytes(std::span<const std::uint8_t> bytes) noexcept;

    std::span<const std::uint8_t> bytes() const noexcept { return {bytes_.data(), size_}; }
    bool is_null() const noexcept;
    ObjectFormat format() const noexcept {
        return size_ == id_size(ObjectFormat::Sha256) ? ObjectFormat::Sha256 : ObjectFormat::Sha1;
    }
    /// Lower-case hex, 40 or 64 digits.
    std::string hex() const;
    /// Writes the same to `out`, which has room for 2 * bytes().size().
    void hex_to(char* out) const noexcept;

    /// Well spread: the first eight bytes.
    std::uint64_t hash() const noexcept {
        std::uint64_t value = 0;
        std::memcpy(&value, bytes_.data(), sizeof value);
        return value;
    }

    friend auto operator<=>(const ObjectId&, const ObjectId&) = default;

private:
    std::array<std::uint8_t, 32> bytes_{};
    std::uint8_t size_ = 0;
};

}  // namespace forgehouse::git

template <>
struct std::hash<forgehouse::git::ObjectId> {
    std::size_t operator()(const forgehouse::git::ObjectId& id) const noexcept { return id.hash(); }
};
