// Random: where randomness comes from. Only `app` makes a SystemRandom; everybody else receives
// one, so that the same input gives the same ids, tokens and keys in tests.
#pragma once

#include <sys/random.h>

#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>

#include "exec/guarded.h"

namespace forgehouse::exec {

/// Threads: fill() may be called from many threads at once.
class Random {
public:
    virtual ~Random() = default;
    virtual void fill(std::span<std::uint8_t> bytes) = 0;

    /// So many bytes as a string.
    std::string bytes(std::size_t count) {
        std::string made(count, '\0');
        fill({reinterpret_cast<std::uint8_t*>(made.data()), made.size()});
        return made;
    }
};

/// The kernel's, fit for keys.
class SystemRandom final : public Random {
public:
    void fill(std::span<std::uint8_t> bytes) override {
        while (!bytes.empty()) {
            const ssize_t got = ::getrandom(bytes.data(), bytes.size(), 0);
            if (got > 0) bytes = bytes.subspan(static_cast<std::size_t>(got));
        }
    }
};

/// For tests: the same bytes every time. Fit for nothing else.
class SeededRandom final : public Random {
public:
    explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
    void fill(std::span<std::uint8_t> bytes) override {
        state_.with([&](std::uint64_t& state) {
            for (std::uint8_t& byte : bytes) {
                // SplitMix64, one byte of each step.
                std::uint64_t mixed = state += 0x9e3779b97f4a7c15;
                mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9;
                mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111eb;
                byte = static_cast<std::uint8_t>(mixed >> 56);
            }
        });
    }

private:
    exec::Guarded<std::uint64_t> state_;
};

}  // namespace forgehouse::exec
