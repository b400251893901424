// Which databases an instance stands on, by their URLs.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "metadb/migrations.h"
#include "ports/metadb.h"

namespace forgehouse::metadb {

struct Options {
    /// `sqlite:PATH` or `postgresql://USER:PASSWORD@HOST:PORT/DATABASE?…`: the global database.
    std::string url;
    /// Databases of the shards. None: the global one holds them.
    std::vector<std::string> shard_urls{};
    const exec::Clock& clock;
    std::span<const Migration> migrations = all_migrations();
};

/// Opens them all; the clock has to outlive them. Tables are made by Metadb::migrate().
///
/// With `shard_urls`: brings the global database's own tables to this version first, because its
/// table shard_map says which database holds which shard. An empty map is filled once, in the order
/// of the URLs, or with the global database where that one has held the shards before. After that
/// a URL more moves nothing: it serves no shard until somebody moves one and changes the map.
/// Errors: Invalid for a URL that is none, is there twice, or is missing although the map names
/// its database; those of open_sqlite and of migrate.
Result<std::unique_ptr<ports::Metadbs>> open_metadbs(const exec::Context& ctx, Options options);

}  // namespace forgehouse::metadb
