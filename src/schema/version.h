#pragma once

#include <array>
#include <string_view>

namespace forgehouse::schema {

/// Fingerprints of the tables and views, one for each version there was. A test holds the last one
/// against them and says what to write: a further line, or, where no release has had the last one,
/// another text in its place.
inline constexpr std::array<std::string_view, 1> kSchemaHistory{
    "398ef858b01ba09c",
};

/// Version of the tables and views together, so that a program recognises a warehouse that a newer
/// one has made.
inline constexpr unsigned kSchemaVersion = kSchemaHistory.size();

}  // namespace forgehouse::schema
