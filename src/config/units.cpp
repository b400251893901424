#include "config/units.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <span>

#include "base/text.h"

namespace forgehouse::config {
namespace {

struct Unit {
    std::string_view name;
    std::uint64_t factor;
};

constexpr std::uint64_t kSecond = 1000, kMinute = 60 * kSecond, kHour = 60 * kMinute,
                        kDay = 24 * kHour;

// The first name of each factor is the one that is written back.
constexpr std::array kSpans{
    Unit{"ms", 1},           Unit{"s", kSecond},
    Unit{"m", kMinute},      Unit{"h", kHour},
    Unit{"d", kDay},         Unit{"w", 7 * kDay},
    Unit{"", kSecond},       Unit{"sec", kSecond},
    Unit{"second", kSecond}, Unit{"min", kMinute},
    Unit{"minute", kMinute}, Unit{"hour", kHour},
    Unit{"day", kDay},       Unit{"week", 7 * kDay},
    Unit{"mo", 30 * kDay},   Unit{"month", 30 * kDay},
    Unit{"y", 365 * kDay},   Unit{"year", 365 * kDay},
};

constexpr std::array kSizes{
    Unit{"", 1},
    Unit{"kB", 1000},
    Unit{"MB", 1'000'000},
    Unit{"GB", 1'000'000'000},
    Unit{"TB", 1'000'000'000'000},
    Unit{"KiB", 1ULL << 10},
    Unit{"MiB", 1ULL << 20},
    Unit{"GiB", 1ULL << 30},
    Unit{"TiB", 1ULL << 40},
    Unit{"B", 1},
    Unit{"k", 1000},
    Unit{"M", 1'000'000},
    Unit{"G", 1'000'000'000},
    Unit{"T", 1'000'000'000'000},
};

struct Quantity {
    std::uint64_t number;
    std::string_view unit;
};

std::optional<Quantity> split_quantity(std::string_view text) {
    text = text::trim(text);
    std::uint64_t number = 0;
    const char* end = text.data() + text.size();
    const auto [stop, failure] = std::from_chars(text.data(), end, number);
    if (failure != std::errc{}) return std::nullopt;
    return Quantity{number, text::trim({stop, static_cast<std::size_t>(end - stop)})};
}

std::optional<std::uint64_t> scaled(std::string_view text, std::span<const Unit> units,
                                    std::uint64_t most) {
    const auto quantity = split_quantity(text);
    if (!quantity) return std::nullopt;
    const std::string wanted = text::lower_ascii(quantity->unit);
    const auto unit = std::ranges::find_if(units, [&](const Unit& u) {
        const std::string name = text::lower_ascii(u.name);
        return name == wanted || (name.size() > 2 && name + 's' == wanted);
    });
    if (unit == units.end() || quantity->number > most / unit->factor) return std::nullopt;
    return quantity->number * unit->factor;
}

std::string written(std::uint64_t value, std::span<const Unit> units) {
    const Unit* best = units.data();
    for (const Unit& unit : units)
        if (value != 0 && value % unit.factor == 0 && unit.factor > best->factor) best = &unit;
    return fmt::format("{}{}", value / best->factor, best->name);
}

}  // namespace

Result<std::chrono::milliseconds> parse_span(std::string_view text) {
    const auto ms = scaled(text, kSpans, 1000 * 365 * kDay);
    if (ms) return std::chrono::milliseconds(*ms);
    return Failure(Error(Errc::Invalid, "not a span of time")
                       .with("value", std::string(text))
                       .hint("write a whole number and ms, s, m, h, d or w, such as 60s or 2w"));
}

Result<Bytes> parse_size(std::string_view text) {
    const auto bytes = scaled(text, kSizes, std::uint64_t{1} << 63);
    if (bytes) return Bytes{*bytes};
    return Failure(
        Error(Errc::Invalid, "not a size")
            .with("value", std::string(text))
            .hint("write a whole number and kB, MB, GB or TB (or KiB, MiB, GiB), such as 64MB"));
}

std::string span_text(std::chrono::milliseconds span) {
    if (span.count() == 0) return "0s";
    return written(static_cast<std::uint64_t>(span.count()), std::span(kSpans).first(6));
}

std::string size_text(Bytes size) {
    return written(size.count, std::span(kSizes).first(9));
}

}  // namespace forgehouse::config
