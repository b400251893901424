#include "api/quota.h"

#include <algorithm>

namespace forgehouse::api {

/// Lets go of the minutes that are more than an hour ago. A clock that was set back counts on in
/// the minute where it stood.
void Quota::move_on(Used& used, std::int64_t minute) {
    if (minute <= used.last_minute) return;
    const std::int64_t past =
        std::min<std::int64_t>(minute - used.last_minute, std::int64_t{kMinutes});
    for (std::int64_t i = 1; i <= past; ++i) {
        std::uint32_t& old =
            used.minutes[static_cast<std::size_t>(used.last_minute + i) % kMinutes];
        used.sum -= old;
        old = 0;
    }
    // The slots behind were not visited where more than an hour went by: all are empty.
    if (past == std::int64_t{kMinutes}) {
        used.minutes.fill(0);
        used.sum = 0;
    }
    used.last_minute = minute;
}

Quota::Left Quota::take(const std::string& who, Time now) {
    if (limit_ == 0) return {};
    const std::int64_t minute = now.seconds() / 60;
    return state_.with([&](State& state) -> Left {
        if (minute > state.swept) {
            std::erase_if(state.used, [&](const auto& entry) {
                return entry.second.last_minute + std::int64_t{kMinutes} < minute;
            });
            state.swept = minute;
        }
        const auto [found, is_new] = state.used.try_emplace(who);
        Used& used = found->second;
        if (is_new) used.last_minute = minute;
        move_on(used, minute);
        Left left{.is_allowed = used.sum < limit_, .limit = limit_, .left = 0, .seconds = 0};
        if (left.is_allowed) {
            ++used.minutes[static_cast<std::size_t>(used.last_minute) % kMinutes];
            ++used.sum;
        }
        left.left = limit_ - used.sum;
        for (std::size_t ago = kMinutes; ago-- > 0;) {
            const auto slot = static_cast<std::size_t>(
                (used.last_minute - static_cast<std::int64_t>(ago) + std::int64_t{kMinutes} * 2) %
                std::int64_t{kMinutes});
            if (used.minutes[slot] == 0) continue;
            const std::int64_t back =
                (used.last_minute - static_cast<std::int64_t>(ago) + std::int64_t{kMinutes}) * 60;
            left.seconds =
                static_cast<std::uint32_t>(std::max<std::int64_t>(1, back - now.seconds()));
            break;
        }
        return left;
    });
}

}  // namespace forgehouse::api
