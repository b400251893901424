#include "metadb/shard_map.h"

#include <algorithm>

namespace forgehouse::metadb {
namespace {

Result<std::optional<ShardMap>> read_from(ports::Session& session) {
    ShardMap map;
    std::size_t found = 0;
    TRY(session.query(ports::Sql("SELECT shard, database FROM shard_map ORDER BY shard"),
                      [&](const ports::SqlRow& row) -> Result<void> {
                          if (row.integer(0) == static_cast<std::int64_t>(found) &&
                              found < map.size())
                              map[found] = row.text(1);
                          ++found;
                          return {};
                      }));
    if (found == 0) return std::nullopt;
    if (found == map.size() && std::ranges::none_of(map, &std::string::empty)) return map;
    return Failure(Error(Errc::Corrupt, "the map of shards does not name each shard once")
                       .with("rows", static_cast<std::int64_t>(found))
                       .hint("mend the table shard_map of the global database: shards 0 to 15"));
}

Result<bool> has_shards(ports::Session& session) {
    TRY_LET(found, session.first(
                       ports::Sql("SELECT 1 FROM schema_migrations WHERE part = 'shard' LIMIT 1"),
                       [](const ports::SqlRow&) { return true; }));
    return found.has_value();
}

}  // namespace

Result<std::optional<ShardMap>> read_shard_map(const exec::Context& ctx, ports::Metadb& global) {
    std::optional<ShardMap> map;
    auto done = global.read(ctx, [&](ports::Session& session) -> Result<void> {
        TRY_LET(found, read_from(session));
        map = std::move(found);
        return {};
    });
    // The one statement is sound: what the database can find wrong with it is the missing table.
    if (!done && done.error().code() != Errc::Invalid) return Failure(std::move(done).error());
    return map;
}

Result<ShardMap> settle_shard_map(const exec::Context& ctx, ports::Metadb& global,
                                  const std::vector<std::string>& databases) {
    ShardMap map;
    const auto settle = [&](ports::Session& session) -> Result<void> {
        TRY_LET(found, read_from(session));
        if (found) {
            map = std::move(*found);
            return {};
        }
        TRY_LET(here, has_shards(session));
        for (std::size_t shard = 0; shard < map.size(); ++shard) {
            map[shard] = here ? kHere : databases[shard * databases.size() / map.size()];
            TRY(session.execute(
                ports::Sql("INSERT INTO shard_map (shard, database) VALUES ($1, $2)",
                           {static_cast<std::int64_t>(shard), map[shard]})));
        }
        return {};
    };
    TRY(global.write(ctx, settle));
    return map;
}

}  // namespace forgehouse::metadb
