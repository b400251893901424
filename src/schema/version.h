#pragma once

namespace forgehouse::schema {

/// Version of the tables and views together. Rises by one with every change of them, so that a
/// program recognises a warehouse that a newer one has made.
inline constexpr unsigned kSchemaVersion = 1;

}  // namespace forgehouse::schema
