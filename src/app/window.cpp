#include "app/window.h"

#include <optional>

#include "base/text.h"
#include "config/units.h"

namespace forgehouse::app {
namespace {

constexpr std::int64_t kHourMs = 3'600'000, kDayMs = 24 * kHourMs;

Time midnight(Time time) {
    const std::int64_t into_day = ((time.ms() % kDayMs) + kDayMs) % kDayMs;
    return Time::from_ms(time.ms() - into_day);
}

/// The instant that many hours or days ago.
Result<Time> ago(const std::string& number, std::int64_t unit_ms, Literal option, Time now) {
    const auto count = text::to_int(number);
    if (count && *count > 0 && *count <= 1000 * 366 * 24)
        return Time::from_ms(now.ms() - *count * unit_ms);
    return Failure(Error(Errc::Invalid, "the option wants a whole number above 0")
                       .with("option", std::string(option.view()))
                       .with("value", number)
                       .hint("write for example --hours 36 or --days 7"));
}

}  // namespace

Result<Time> point_in_time(std::string_view text, Time now) {
    const std::string word = text::lower_ascii(text::trim(text));
    if (word == "now") return now;
    if (word == "today") return midnight(now);
    if (word == "yesterday") return midnight(now).plus(std::chrono::milliseconds(-kDayMs));
    // A bare number would be taken for seconds; nobody means that here.
    const bool bare = !word.empty() && word.find_first_not_of("0123456789") == word.npos;
    if (const auto span = config::parse_span(word); span && !bare) return now.plus(-*span);
    if (const auto time = parse_time(text::trim(text))) return *time;
    return Failure(Error(Errc::Invalid, "not a point in time")
                       .with("value", std::string(text))
                       .hint("write a date (2024-02-29), a date and time in UTC "
                             "(2024-02-29T12:00), or a span before now (36h, 2w, 6mo)"));
}

Result<collect::Window> window_of(const cli::Arguments& arguments, Time now) {
    collect::Window window;
    const auto since = arguments.value("--since"), until = arguments.value("--until");
    const auto hours = arguments.value("--hours"), days = arguments.value("--days");
    if ((hours ? 1 : 0) + (days ? 1 : 0) + (since ? 1 : 0) > 1)
        return Failure(Error(Errc::Invalid, "--since, --hours and --days say the same")
                           .hint("give one of them"));
    if (since) {
        TRY_LET(time, point_in_time(*since, now));
        window.since = time;
    }
    if (hours) {
        TRY_LET(time, ago(*hours, kHourMs, "--hours", now));
        window.since = time;
    }
    if (days) {
        TRY_LET(time, ago(*days, kDayMs, "--days", now));
        window.since = time;
    }
    if (until) {
        TRY_LET(time, point_in_time(*until, now));
        window.until = time;
    }
    if (window.since && window.until && *window.since >= *window.until)
        return Failure(Error(Errc::Invalid, "the window is empty")
                           .with("since", to_iso(*window.since))
                           .with("until", to_iso(*window.until))
                           .hint("--until must be later than --since"));
    return window;
}

}  // namespace forgehouse::app
