// Quota: how many requests somebody has left. Each has so many in any hour; they come back minute
// by minute as the hour moves on.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>

#include "base/time.h"
#include "exec/guarded.h"

namespace forgehouse::api {

/// Threads: take() may be called from many threads at once.
class Quota {
public:
    /// `limit` requests an hour; 0: no bound.
    explicit Quota(std::uint32_t limit) : limit_(limit) {}

    struct Left {
        bool is_allowed = true;
        std::uint32_t limit = 0;
        std::uint32_t left = 0;
        std::uint32_t seconds = 0;  ///< until some come back
    };
    /// Takes one of `who`, an id or an address. What nobody asked for in an hour is forgotten.
    Left take(const std::string& who, Time now);

private:
    static constexpr std::size_t kMinutes = 60;
    struct Used {
        std::array<std::uint32_t, kMinutes> minutes{};
        std::int64_t last_minute = 0;
        std::uint32_t sum = 0;
    };
    static void move_on(Used& used, std::int64_t minute);

    struct State {
        std::map<std::string, Used> used;
        std::int64_t swept = 0;
    };
    const std::uint32_t limit_;
    exec::Guarded<State> state_;
};

}  // namespace forgehouse::api
