// Time: a point in time in UTC, to the millisecond, as all tables keep it.
// Nothing below `app` asks the system for the time: it is passed in (exec/clock.h).
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace forgehouse {

class Time {
public:
    constexpr Time() = default;
    static constexpr Time from_ms(std::int64_t epoch_ms) noexcept { return Time(epoch_ms); }
    static constexpr Time from_seconds(std::int64_t epoch_s) noexcept {
        return Time(epoch_s * 1000);
    }

    /// Milliseconds since 1970-01-01T00:00:00Z; negative before.
    constexpr std::int64_t ms() const noexcept { return ms_; }
    constexpr std::int64_t seconds() const noexcept {
        return ms_ >= 0 ? ms_ / 1000 : (ms_ - 999) / 1000;
    }
    constexpr Time plus(std::chrono::milliseconds span) const noexcept {
        return Time(ms_ + span.count());
    }
    constexpr std::chrono::milliseconds operator-(Time other) const noexcept {
        return std::chrono::milliseconds(ms_ - other.ms_);
    }
    constexpr auto operator<=>(const Time&) const noexcept = default;

private:
    constexpr explicit Time(std::int64_t ms) noexcept : ms_(ms) {}
    std::int64_t ms_ = 0;
};

/// What DateTime64(3) can hold: 1900-01-01 to 2299-12-31 (ClickHouse). Times outside are clamped by
/// the encoder's caller, and that is counted, never silent.
inline constexpr Time kEarliestTime = Time::from_seconds(-2208988800);
inline constexpr Time kLatestTime = Time::from_ms(10413791999999);

/// `2024-02-29T12:00:00.000Z`.
std::string to_iso(Time time);
/// `2024-02-29 12:00:00`, for people.
std::string to_text(Time time);
/// `%Y%m%d-%H%M%S`, as in run ids.
std::string to_compact(Time time);

/// Reads ISO 8601 as forges and people write it: a date, or date and time by `T` or a blank, with
/// optional fraction, with `Z`, an offset with or without its colon, or nothing (UTC).
/// Errc::Invalid for anything else, also for impossible dates.
Result<Time> parse_time(std::string_view text);

}  // namespace forgehouse
