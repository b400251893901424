// CityHash128 of version 1.0.2, the checksum of ClickHouse's compressed blocks. Later versions give
// other numbers.
#pragma once

#include <cstdint>
#include <string_view>

namespace forgehouse::engine {

struct Hash128 {
    std::uint64_t low;
    std::uint64_t high;
    bool operator==(const Hash128&) const = default;
};

/// The algorithm is Geoff Pike's and Jyrki Alakuijala's (Google, MIT licence).
Hash128 city_hash128(std::string_view bytes) noexcept;

}  // namespace forgehouse::engine
