#include "api/http/etag.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "base/digest.h"
#include "base/text.h"

namespace forgehouse::api {
namespace {

constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/// All header lines of that name as one list; nullopt where there is none.
std::optional<std::string> joined(const net::HttpRequest& request, std::string_view lower_name) {
    std::optional<std::string> out;
    for (const auto& [name, value] : request.headers) {
        if (text::lower_ascii(name) != lower_name) continue;
        if (out)
            *out += ", " + value;
        else
            out = value;
    }
    return out;
}

/// Whether the list has the tag. `weak`: `W/"x"` counts as `"x"`.
bool lists(std::string_view list, const Validators& present, bool weak) {
    list = text::trim(list);
    if (list == "*") return present.exists;
    bool found = false;
    while (!list.empty()) {
        const bool is_weak = list.starts_with("W/");
        if (is_weak) list.remove_prefix(2);
        const auto end = list.starts_with('"') ? list.find('"', 1) : std::string_view::npos;
        if (end == std::string_view::npos) return false;
        const std::string_view tag = list.substr(0, end + 1);
        if (present.exists && tag == present.etag && (weak || !is_weak)) found = true;
        list = text::trim(list.substr(end + 1));
        if (list.empty()) break;
        if (!list.starts_with(',')) return false;
        list = text::trim(list.substr(1));
    }
    return found;
}

}  // namespace

std::string etag_of_bytes(std::string_view bytes) {
    const auto digest = sha256(bytes);
    // 128 bits: nobody who may write the bytes gains anything by two that have the same.
    return "\"" + text::to_base64url({reinterpret_cast<const char*>(digest.data()), 16}) + "\"";
}

std::string etag_of(std::initializer_list<std::string_view> parts) {
    std::string all;
    for (const std::string_view part : parts) {
        all += std::to_string(part.size()) + ":";
        all += part;
    }
    return etag_of_bytes(all);
}

std::string http_date(Time time) {
    using namespace std::chrono;
    const sys_seconds at{seconds(time.seconds())};
    const auto day = floor<days>(at);
    const year_month_day date(day);
    const hh_mm_ss clock(at - day);
    return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kDays[weekday(day).c_encoding()],
                       unsigned{date.day()}, kMonths[unsigned{date.month()} - 1], int{date.year()},
                       clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

std::optional<Time> parse_http_date(std::string_view text) {
    if (text.size() != 29) return std::nullopt;
    const auto month = std::ranges::find(kMonths, text.substr(8, 3));
    const auto number = [&](std::size_t at, std::size_t size) {
        return text::to_int(text.substr(at, size)).value_or(-1);
    };
    if (month == kMonths.end()) return std::nullopt;
    // What was read is right where it is written the same again.
    const auto iso = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", number(12, 4),
                                 month - kMonths.begin() + 1, number(5, 2), number(17, 2),
                                 number(20, 2), number(23, 2));
    const auto time = parse_time(iso);
    if (!time || http_date(*time) != text) return std::nullopt;
    return *time;
}

Precondition check_preconditions(const net::HttpRequest& request, const Validators& present) {
    const bool reads = request.method == "GET" || request.method == "HEAD";
    const bool dated = present.modified.has_value();
    const std::int64_t modified = dated ? present.modified->seconds() : 0;
    const auto since = [&](std::string_view name) -> std::optional<std::int64_t> {
        const auto text = joined(request, name);
        const auto time = text ? parse_http_date(text::trim(*text)) : std::nullopt;
        return time ? std::optional(time->seconds()) : std::nullopt;
    };
    if (const auto match = joined(request, "if-match")) {
        if (!lists(*match, present, false)) return Precondition::Failed;
    } else if (const auto time = since("if-unmodified-since"); time && dated) {
        if (modified > *time) return Precondition::Failed;
    }
    if (const auto none = joined(request, "if-none-match")) {
        if (!lists(*none, present, true)) return Precondition::Passed;
        return reads ? Precondition::NotModified : Precondition::Failed;
    }
    const auto time = reads ? since("if-modified-since") : std::nullopt;
    return time && dated && modified <= *time ? Precondition::NotModified : Precondition::Passed;
}

}  // namespace forgehouse::api
