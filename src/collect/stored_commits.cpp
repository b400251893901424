#include "collect/stored_commits.h"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "base/check.h"
#include "base/text.h"

namespace forgehouse::collect {

std::uint32_t BranchNames::number_of(std::string_view name) {
    const auto [at, is_new] =
        numbers_.try_emplace(std::string(name), static_cast<std::uint32_t>(names_.size()));
    // Keys of an unordered_map stay where they are when it grows.
    if (is_new) names_.push_back(&at->first);
    return at->second;
}

void StoredCommits::add(std::string_view hex, CommitPlace place, bool read_again) {
    const auto id = git::ObjectId::from_hex(hex);
    if (!id || id->bytes().size() != id_size_) {
        if (place.is_reachable) strangers_.emplace_back(hex);
        return;
    }
    CHECK(place.branch < kAgain);
    any_again_ = any_again_ || read_again;
    if (count_ % kBlock == 0)
        blocks_.push_back({.ids = std::make_unique<std::uint8_t[]>(kBlock * id_size_),
                           .flags = std::make_unique<std::uint32_t[]>(kBlock)});
    if (count_ > 0 && compare(count_ - 1, *id) >= 0) in_order_ = false;
    std::memcpy(blocks_.back().ids.get() + count_ % kBlock * id_size_, id->bytes().data(),
                id_size_);
    *flags_of(count_) = place.branch | (place.is_reachable ? kReachable : 0U) |
                        (place.is_in_default_branch ? kInDefault : 0U) | (read_again ? kAgain : 0U);
    ++count_;
}

void StoredCommits::seal() {
    if (!in_order_) sort();
    in_order_ = true;
}

void StoredCommits::sort() {
    using Bytes = std::array<std::uint8_t, 32>;
    std::vector<std::pair<Bytes, std::uint32_t>> all(count_);
    for (std::size_t i = 0; i < count_; ++i) {
        std::memcpy(all[i].first.data(), bytes_of(i), id_size_);
        all[i].second = *flags_of(i);
    }
    std::ranges::sort(all);
    for (std::size_t i = 0; i < count_; ++i) {
        std::memcpy(blocks_[i / kBlock].ids.get() + i % kBlock * id_size_, all[i].first.data(),
                    id_size_);
        *flags_of(i) = all[i].second;
    }
}

int StoredCommits::compare(std::size_t number, const git::ObjectId& id) const noexcept {
    return std::memcmp(bytes_of(number), id.bytes().data(), id_size_);
}

std::optional<std::size_t> StoredCommits::find(const git::ObjectId& id) const noexcept {
    if (count_ == 0 || id.bytes().size() != id_size_) return std::nullopt;
    std::uint64_t head = 0;
    for (std::size_t i = 0; i < 4; ++i) head = head << 8 | id.bytes()[i];
    const std::size_t guess = std::min<std::size_t>(count_ - 1, (head * count_) >> 32);

    // From the guess outwards in growing steps until the id is enclosed, then by halves.
    std::size_t low = guess;
    std::size_t high = guess;
    for (std::size_t step = 8; low > 0 && compare(low, id) > 0; step *= 4)
        low -= std::min(low, step);
    for (std::size_t step = 8; high < count_ && compare(high, id) < 0; step *= 4)
        high = std::min(count_, high + step);
    while (low < high) {
        const std::size_t middle = std::midpoint(low, high);
        if (compare(middle, id) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < count_ && compare(low, id) == 0) return low;
    return std::nullopt;
}

std::string StoredCommits::hex(std::size_t number) const {
    return text::to_hex({bytes_of(number), id_size_});
}

CommitPlace StoredCommits::place(std::size_t number) const noexcept {
    const std::uint32_t flags = *flags_of(number);
    return {.branch = flags & (kAgain - 1),
            .is_in_default_branch = (flags & kInDefault) != 0,
            .is_reachable = (flags & kReachable) != 0};
}

}  // namespace forgehouse::collect
