// Patience: how long a peer is waited for, as a stock that waiting uses up and bytes fill again. A
// peer that keeps to the rate never runs out of it; one that sends a byte now and then does.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace forgehouse::net {

class Patience {
public:
    using Span = std::chrono::nanoseconds;

    Patience() = default;
    /// A full stock. `rate`: bytes a second that outweigh the waiting.
    Patience(std::chrono::milliseconds most, std::uint64_t rate)
        : most_(most), left_(most), rate_(std::max<std::uint64_t>(rate, 1)) {}

    Span left() const noexcept { return std::max(left_, Span(0)); }
    bool ended() const noexcept { return left_ <= Span(0); }
    void spend(Span waited) noexcept { left_ -= waited; }
    void earn(std::size_t bytes) noexcept {
        // Bounded first, so that the product fits.
        const auto counted = std::min<std::uint64_t>(bytes, 1u << 30);
        left_ = std::min(most_, left_ + Span(counted * 1'000'000'000 / rate_));
    }

private:
    Span most_{};
    Span left_{};
    std::uint64_t rate_ = 1;
};

}  // namespace forgehouse::net
