// Units: spans of time and sizes as people write them, `90s`, `2 weeks`, `64 MB`. Pure functions.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace forgehouse::config {

/// A number of bytes.
struct Bytes {
    std::uint64_t count = 0;
    friend auto operator<=>(const Bytes&, const Bytes&) = default;
};

/// `500ms`, `60s`, `5 min`, `2h`, `3 days`, `2w`, `6mo` (30 days), `1y` (365 days); a bare number
/// is seconds. Errc::Invalid for anything else, and for more than 1000 years.
Result<std::chrono::milliseconds> parse_span(std::string_view text);

/// `512`, `64kB`, `64 MB`, `2GiB`: powers of 1000, with the i powers of 1024. Errc::Invalid for
/// anything else, and for more than 2^63 bytes.
Result<Bytes> parse_size(std::string_view text);

/// What parse_span reads back to the same value: `60s`, `500ms`, `2h`.
std::string span_text(std::chrono::milliseconds span);
/// What parse_size reads back to the same value: `64MB`, `1000001`.
std::string size_text(Bytes size);

}  // namespace forgehouse::config
