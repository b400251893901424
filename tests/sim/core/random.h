// Random: numbers that depend on the seed and on nothing else, the same on every machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace forgehouse::sim {

/// splitmix64. Copies go their own ways.
class Random {
public:
    explicit Random(std::uint64_t seed) noexcept : state_(seed) {}

    std::uint64_t next() noexcept {
        std::uint64_t z = (state_ += 0x9e3779b97f4a7c15);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
    /// 0 … bound - 1; 0 where bound is 0.
    std::size_t below(std::size_t bound) noexcept {
        return bound == 0 ? 0 : static_cast<std::size_t>(next() % bound);
    }
    /// low … high, both of them too.
    std::int64_t between(std::int64_t low, std::int64_t high) noexcept {
        return low + static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(high - low + 1));
    }
    bool chance(unsigned percent) noexcept { return next() % 100 < percent; }
    template <class T>
    const T& pick(std::span<const T> things) noexcept {
        return things[below(things.size())];
    }
    /// A stream of its own, so that one part may grow without changing the others.
    Random fork() noexcept { return Random(next()); }

private:
    std::uint64_t state_;
};

}  // namespace forgehouse::sim
