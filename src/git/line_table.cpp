#include "git/line_table.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <random>

#include "git/line_bytes.h"

namespace forgehouse::git {
namespace {

template <class Word>
std::uint64_t read(const char* from) noexcept {
    Word word;
    std::memcpy(&word, from, sizeof word);
    return word;
}

/// Both halves of the product, folded: every bit of either factor reaches every bit.
std::uint64_t fold(std::uint64_t left, std::uint64_t right) noexcept {
    __extension__ using Wide = unsigned __int128;
    const auto product = static_cast<Wide>(left) * right;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

std::uint64_t chance() {
    std::random_device device;
    return (std::uint64_t{device()} << 32) | device() | 1;
}

}  // namespace

LineTable::LineTable() : seed_{chance(), chance(), chance()} {}

void LineTable::clear(std::size_t lines) {
    const auto wanted = std::bit_ceil(std::max(lines * 2, std::size_t{16}));
    mask_ = wanted - 1;
    if (slots_.size() < wanted) slots_.resize(wanted);
    std::fill_n(slots_.begin(), wanted, kFree);
    lines_.clear();
}

inline std::uint32_t LineTable::hash_of(std::string_view line) const noexcept {
    const char* from = line.data();
    auto left = line.size();
    auto hash = seed_[0] ^ left;
    for (; left > 16; from += 16, left -= 16)
        hash = fold(read<std::uint64_t>(from) ^ seed_[1], read<std::uint64_t>(from + 8) ^ hash);
    // The last 1 to 16 bytes in two words, which overlap where there are too few for both.
    std::uint64_t first = 0, last = 0;
    if (left >= 8) {
        first = read<std::uint64_t>(from);
        last = read<std::uint64_t>(from + left - 8);
    } else if (left >= 4) {
        first = read<std::uint32_t>(from);
        last = read<std::uint32_t>(from + left - 4);
    } else if (left > 0) {
        first = read<std::uint8_t>(from) | read<std::uint8_t>(from + left / 2) << 8;
        last = read<std::uint8_t>(from + left - 1);
    }
    return static_cast<std::uint32_t>(fold(fold(first ^ seed_[1], last ^ hash), seed_[2]));
}

inline std::size_t LineTable::slot_of(std::string_view line, std::uint32_t hash) const noexcept {
    for (auto at = hash & mask_;; at = (at + 1) & mask_) {
        const auto& slot = slots_[at];
        if (slot.number == kNone || (slot.hash == hash && same_bytes(lines_[slot.number], line)))
            return at;
    }
}

void LineTable::grow() {
    const std::vector<Slot> old(slots_.begin(),
                                slots_.begin() + static_cast<std::ptrdiff_t>(mask_ + 1));
    mask_ = mask_ * 2 + 1;
    slots_.assign(mask_ + 1, kFree);
    for (const auto& slot : old) {
        if (slot.number == kNone) continue;
        auto at = slot.hash & mask_;
        while (slots_[at].number != kNone) at = (at + 1) & mask_;
        slots_[at] = slot;
    }
}

LineTable::Number LineTable::add(std::string_view line) {
    const auto hash = hash_of(line);
    auto& slot = slots_[slot_of(line, hash)];
    if (slot.number != kNone) return slot.number;
    const auto number = static_cast<Number>(lines_.size());
    slot = {.hash = hash, .number = number};
    lines_.push_back(line);
    if (lines_.size() * 2 > mask_ + 1) grow();
    return number;
}

LineTable::Number LineTable::find(std::string_view line) const noexcept {
    return slots_[slot_of(line, hash_of(line))].number;
}

}  // namespace forgehouse::git
