#include "base/time.h"

#include <fmt/format.h>

#include <optional>

namespace forgehouse {
namespace {

struct Civil {
    int year;
    unsigned month, day, hour, minute, second, ms;
};

Civil civil(Time time) {
    using namespace std::chrono;
    const auto point = sys_time<milliseconds>(milliseconds(time.ms()));
    const auto day = floor<days>(point);
    const year_month_day date(day);
    const hh_mm_ss clock(point - day);
    return {static_cast<int>(date.year()),
            static_cast<unsigned>(date.month()),
            static_cast<unsigned>(date.day()),
            static_cast<unsigned>(clock.hours().count()),
            static_cast<unsigned>(clock.minutes().count()),
            static_cast<unsigned>(clock.seconds().count()),
            static_cast<unsigned>(clock.subseconds().count())};
}

/// A cursor over the text; every reader returns false where the text is something else.
struct Scanner {
    std::string_view rest;

    bool digits(std::size_t count, int& out) {
        if (rest.size() < count) return false;
        int value = 0;
        for (std::size_t i = 0; i < count; ++i) {
            if (rest[i] < '0' || rest[i] > '9') return false;
            value = value * 10 + (rest[i] - '0');
        }
        out = value;
        rest.remove_prefix(count);
        return true;
    }
    bool take(char c) {
        if (rest.empty() || rest.front() != c) return false;
        rest.remove_prefix(1);
        return true;
    }
};

bool scan_fraction(Scanner& in, int& ms) {
    if (!in.take('.') && !in.take(',')) return true;
    int scale = 100;
    std::size_t count = 0;
    while (!in.rest.empty() && in.rest.front() >= '0' && in.rest.front() <= '9') {
        ms += scale * (in.rest.front() - '0');
        scale /= 10;
        in.rest.remove_prefix(1);
        ++count;
    }
    return count > 0;
}

/// Minutes east of UTC.
bool scan_zone(Scanner& in, int& minutes) {
    if (in.rest.empty() || in.take('Z') || in.take('z')) return true;
    in.take(' ');
    const int sign = in.take('-') ? -1 : in.take('+') ? 1 : 0;
    int hour = 0, minute = 0;
    if (sign == 0 || !in.digits(2, hour)) return false;
    in.take(':');
    if (!in.rest.empty() && !in.digits(2, minute)) return false;
    if (hour > 23 || minute > 59) return false;
    minutes = sign * (hour * 60 + minute);
    return true;
}

std::optional<Time> scan(std::string_view text) {
    using namespace std::chrono;
    Scanner in{text};
    int y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0, ms = 0, zone = 0;
    if (!in.digits(4, y) || !in.take('-') || !in.digits(2, mo) || !in.take('-') || !in.digits(2, d))
        return std::nullopt;
    if (!in.rest.empty()) {
        if (!in.take('T') && !in.take('t') && !in.take(' ')) return std::nullopt;
        if (!in.digits(2, h) || !in.take(':') || !in.digits(2, mi)) return std::nullopt;
        if (in.take(':') && !in.digits(2, s)) return std::nullopt;
        if (!scan_fraction(in, ms) || !scan_zone(in, zone)) return std::nullopt;
    }
    const year_month_day date(year(y), month(static_cast<unsigned>(mo)),
                              day(static_cast<unsigned>(d)));
    if (!in.rest.empty() || !date.ok() || h > 23 || mi > 59 || s > 60) return std::nullopt;
    const auto point = sys_days(date) + hours(h) + minutes(mi - zone) + seconds(s);
    return Time::from_ms(duration_cast<milliseconds>(point.time_since_epoch()).count() + ms);
}

}  // namespace

std::string to_iso(Time time) {
    const Civil c = civil(time);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", c.year, c.month, c.day, c.hour,
                       c.minute, c.second, c.ms);
}

std::string to_text(Time time) {
    const Civil c = civil(time);
    return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", c.year, c.month, c.day, c.hour,
                       c.minute, c.second);
}

std::string to_compact(Time time) {
    const Civil c = civil(time);
    return fmt::format("{:04}{:02}{:02}-{:02}{:02}{:02}", c.year, c.month, c.day, c.hour, c.minute,
                       c.second);
}

Result<Time> parse_time(std::string_view text) {
    if (auto time = scan(text)) return *time;
    return Failure(Error(Errc::Invalid, "not a date or time")
                       .with("value", std::string(text))
                       .hint("write it as 2024-02-29, 2024-02-29T12:00:00Z or with an offset such "
                             "as +02:00"));
}

}  // namespace forgehouse
