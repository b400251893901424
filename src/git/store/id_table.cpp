#include "git/store/id_table.h"

#include <cstring>

#include "git/store/big_endian.h"

namespace forgehouse::git {

std::optional<IdTable> IdTable::over(std::span<const std::uint8_t> fanout,
                                     std::span<const std::uint8_t> ids, ObjectFormat format,
                                     std::size_t stride) noexcept {
    IdTable table;
    std::uint32_t before = 0;
    for (std::size_t i = 0; i < 256; ++i) {
        const auto count = big_endian32(fanout, i * 4);
        if (count < before) return std::nullopt;
        before = count;
    }
    const auto id_bytes = id_size(format);
    if (before > 0 && (ids.size() < id_bytes || (ids.size() - id_bytes) / stride < before - 1))
        return std::nullopt;
    table.fanout_ = fanout;
    table.ids_ = ids;
    table.stride_ = stride;
    table.id_bytes_ = id_bytes;
    table.size_ = before;
    return table;
}

/// Ids are digests, spread evenly: where one must be follows from its value, nearly, and each look
/// narrows that down. Tables that somebody has made otherwise are cut in halves after a few looks.
std::optional<std::uint32_t> IdTable::find(const ObjectId& id) const noexcept {
    constexpr int kLooksByValue = 6;
    const auto wanted = id.bytes();
    if (size_ == 0 || wanted.size() != id_bytes_) return std::nullopt;
    const std::size_t first = wanted[0];
    std::uint32_t low = first == 0 ? 0 : big_endian32(fanout_, (first - 1) * 4);
    std::uint32_t high = big_endian32(fanout_, first * 4);
    // Of the four bytes behind the first, which all ids in the bucket share.
    const std::uint64_t value = big_endian32(wanted, 1);
    std::uint64_t low_value = 0, high_value = std::uint64_t{1} << 32;
    for (int looks = 0; low < high; ++looks) {
        const bool by_value = looks < kLooksByValue && low_value <= value && value < high_value;
        const std::uint64_t left = high - low;
        const auto step =
            by_value ? left * (value - low_value) / (high_value - low_value) : left / 2;
        const auto middle = low + static_cast<std::uint32_t>(step);
        const auto at = middle * stride_;
        const auto order = std::memcmp(ids_.data() + at, wanted.data(), id_bytes_);
        if (order == 0) return middle;
        if (order < 0) {
            low = middle + 1;
            low_value = big_endian32(ids_, at + 1);
        } else {
            high = middle;
            high_value = std::uint64_t{big_endian32(ids_, at + 1)} + 1;
        }
    }
    return std::nullopt;
}

std::uint32_t IdTable::lower_bound(const ObjectId& id) const noexcept {
    const auto wanted = id.bytes();
    if (size_ == 0 || wanted.size() != id_bytes_) return size_;
    const std::size_t first = wanted[0];
    std::uint32_t low = first == 0 ? 0 : big_endian32(fanout_, (first - 1) * 4);
    std::uint32_t high = big_endian32(fanout_, first * 4);
    while (low < high) {
        const auto middle = low + (high - low) / 2;
        if (std::memcmp(ids_.data() + middle * stride_, wanted.data(), id_bytes_) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool IdTable::is_sound() const noexcept {
    const auto* before = static_cast<const std::uint8_t*>(nullptr);
    std::uint32_t position = 0;
    for (unsigned first = 0; first < 256; ++first)
        for (; position < big_endian32(fanout_, first * 4); ++position) {
            const auto* id = ids_.data() + position * stride_;
            if (*id != first || (before != nullptr && std::memcmp(before, id, id_bytes_) >= 0))
                return false;
            before = id;
        }
    return true;
}

ObjectId IdTable::at(std::uint32_t position) const noexcept {
    return ObjectId::from_bytes(ids_.subspan(position * stride_, id_bytes_));
}

}  // namespace forgehouse::git
