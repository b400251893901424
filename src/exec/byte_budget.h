// ByteBudget: bounds the memory that work in flight holds, by its bytes and not by its number.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>

#include "exec/monitor.h"

namespace forgehouse::exec {

/// Threads: take() from many threads at once. Outlives its Shares.
class ByteBudget {
public:
    explicit ByteBudget(std::size_t limit) : limit_(limit) {}

    /// What was taken; gives it back when it goes.
    class Share {
    public:
        Share() = default;
        Share(Share&& other) noexcept { swap(other); }
        Share& operator=(Share&& other) noexcept {
            Share gone(std::move(*this));
            swap(other);
            return *this;
        }
        Share(const Share&) = delete;
        Share& operator=(const Share&) = delete;
        ~Share() {
            if (budget_ != nullptr) budget_->used_.with([&](std::size_t& used) { used -= bytes_; });
        }

    private:
        friend class ByteBudget;
        Share(ByteBudget& budget, std::size_t bytes) : budget_(&budget), bytes_(bytes) {}
        void swap(Share& other) noexcept {
            std::swap(budget_, other.budget_);
            std::swap(bytes_, other.bytes_);
        }

        ByteBudget* budget_ = nullptr;
        std::size_t bytes_ = 0;
    };

    /// Waits for room. More than the whole budget counts as the whole of it, so that it comes to
    /// its turn too. Errors: Cancelled.
    Result<Share> take(const Context& ctx, std::size_t bytes) {
        const std::size_t wanted = std::min(bytes, limit_);
        return used_.when(
            ctx, [&](const std::size_t& used) { return wanted <= limit_ - used; },
            [&](std::size_t& used) {
                used += wanted;
                return Share(*this, wanted);
            });
    }

private:
    const std::size_t limit_;
    Monitor<std::size_t> used_;
};

}  // namespace forgehouse::exec
