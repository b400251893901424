// The map of shards: the table shard_map of the global database, by databases' names.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "ports/metadb.h"

namespace forgehouse::metadb {

using ShardMap = std::array<std::string, ports::Metadbs::kShards>;

/// In the map: the global database itself.
inline constexpr const char* kHere = "global";

/// nullopt where the map is empty or has never been made.
/// Errors: those of reading; Corrupt where it does not name every shard once.
Result<std::optional<ShardMap>> read_shard_map(const exec::Context& ctx, ports::Metadb& global);

/// Reads the map, and fills it where it is empty: `databases` in order, or kHere everywhere where
/// the global database has had the shards' tables. Needs the global tables. Safe to call by several
/// processes at once: the first one's map is everybody's.
Result<ShardMap> settle_shard_map(const exec::Context& ctx, ports::Metadb& global,
                                  const std::vector<std::string>& databases);

}  // namespace forgehouse::metadb
