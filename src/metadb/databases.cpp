#include "metadb/databases.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/log.h"
#include "metadb/address.h"
#include "metadb/postgresql/database.h"
#include "metadb/shard_map.h"
#include "metadb/sqlite/database.h"

namespace forgehouse::metadb {
namespace {

class Databases final : public ports::Metadbs {
public:
    /// `of`: for each shard, which of `owned`; the first of these is the global one.
    Databases(std::vector<std::unique_ptr<ports::Metadb>> owned,
              const std::array<std::size_t, kShards>& of)
        : owned_(std::move(owned)) {
        for (const auto& database : owned_) all_.push_back(database.get());
        for (std::size_t shard = 0; shard < of.size(); ++shard) of_[shard] = all_[of[shard]];
    }
    ports::Metadb& global() noexcept override { return *all_.front(); }
    ports::Metadb& of(std::int64_t workspace_id) noexcept override {
        const std::int64_t rest = workspace_id % kShards;
        return *of_[static_cast<std::size_t>(rest < 0 ? rest + kShards : rest)];
    }
    std::span<ports::Metadb* const> all() noexcept override { return all_; }

private:
    std::vector<std::unique_ptr<ports::Metadb>> owned_;
    std::vector<ports::Metadb*> all_;
    std::array<ports::Metadb*, kShards> of_{};
};

Result<std::unique_ptr<ports::Metadb>> open_one(const exec::Context& ctx, const Address& address,
                                                const Options& options, Parts parts) {
    if (address.kind == Address::Kind::Sqlite)
        return open_sqlite(
            ctx, address.target,
            {.clock = options.clock, .parts = parts, .migrations = options.migrations});
    return open_postgresql(
        ctx, address, {.clock = options.clock, .parts = parts, .migrations = options.migrations});
}

Result<std::unique_ptr<ports::Metadbs>> open_single(const exec::Context& ctx, const Address& global,
                                                    const Options& options) {
    std::vector<std::unique_ptr<ports::Metadb>> owned;
    TRY_LET(database, open_one(ctx, global, options, Parts{}));
    TRY_LET(map, read_shard_map(ctx, *database));
    if (map)
        for (const std::string& name : *map)
            if (name != kHere && name != global.name)
                return Failure(Error(Errc::Invalid, "shards lie in a database that is not named")
                                   .with("database", name)
                                   .hint("name the URLs of all databases of the shards again"));
    owned.push_back(std::move(database));
    return std::make_unique<Databases>(std::move(owned),
                                       std::array<std::size_t, ports::Metadbs::kShards>{});
}

Result<std::vector<Address>> shard_addresses(const Options& options) {
    std::vector<Address> addresses;
    for (const std::string& url : options.shard_urls) {
        TRY_LET(address, parse_address(url));
        for (const Address& other : addresses)
            if (other.name == address.name)
                return Failure(Error(Errc::Invalid, "a database of the shards is named twice")
                                   .with("database", address.name));
        addresses.push_back(std::move(address));
    }
    return addresses;
}

Result<ShardMap> map_of(const exec::Context& ctx, const Address& global,
                        const std::vector<Address>& shards, const Options& options) {
    std::vector<std::string> names;
    for (const Address& shard : shards) names.push_back(shard.name);
    TRY_LET(database, open_one(ctx, global, options, {.global = true, .shard = false}));
    TRY(database->migrate(ctx));
    return settle_shard_map(ctx, *database, names);
}

/// Which of `names` each shard is in.
Result<std::array<std::size_t, ports::Metadbs::kShards>> places_of(
    const ShardMap& map, const std::vector<std::string>& names) {
    std::array<std::size_t, ports::Metadbs::kShards> places{};
    for (std::size_t shard = 0; shard < map.size(); ++shard) {
        if (map[shard] == kHere) continue;  // the first
        const auto found = std::ranges::find(names, map[shard]);
        if (found == names.end())
            return Failure(
                Error(Errc::Invalid, "a shard lies in a database that is not named")
                    .with("shard", static_cast<std::int64_t>(shard))
                    .with("database", map[shard])
                    .hint("name its URL again; where it has moved, change its name in the table "
                          "shard_map of the global database"));
        places[shard] = static_cast<std::size_t>(found - names.begin());
    }
    for (std::size_t i = 1; i < names.size(); ++i)
        if (std::ranges::find(places, i) == places.end())
            log::info("metadb", "a database serves no shard", {{"database", names[i]}});
    return places;
}

}  // namespace

Result<std::unique_ptr<ports::Metadbs>> open_metadbs(const exec::Context& ctx, Options options) {
    TRY_LET(global, parse_address(options.url));
    if (options.shard_urls.empty()) return open_single(ctx, global, options);
    TRY_LET(shards, shard_addresses(options));
    TRY_LET(map, map_of(ctx, global, shards, options));
    std::vector<Address> addresses{global};
    for (Address& shard : shards)
        if (shard.name != global.name) addresses.push_back(std::move(shard));
    std::vector<std::string> names;
    for (const Address& address : addresses) names.push_back(address.name);
    TRY_LET(places, places_of(map, names));
    std::vector<std::unique_ptr<ports::Metadb>> owned;
    for (std::size_t i = 0; i < addresses.size(); ++i) {
        const bool serves = i > 0 || std::ranges::find(places, 0U) != places.end();
        TRY_LET(database,
                open_one(ctx, addresses[i], options, {.global = i == 0, .shard = serves}));
        owned.push_back(std::move(database));
    }
    return std::make_unique<Databases>(std::move(owned), places);
}

}  // namespace forgehouse::metadb
