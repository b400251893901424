#include "app/backup.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "app/backup_manifest.h"
#include "base/digest.h"
#include "base/text.h"
#include "collect/archive/zstd.h"
#include "schema/all.h"
#include "warehouse/clickhouse/native.h"

namespace forgehouse::app {
namespace {

using collect::Packer;
using warehouse::clickhouse::NativeBlock;
using warehouse::clickhouse::NativeDecoder;

// Of one part, packed: what is held in memory at a time.
constexpr std::size_t kPartBytes = std::size_t{32} << 20;
// A collector at work adds and replaces objects; more rounds than this it would have to outrun us.
constexpr int kMostRounds = 20;

constexpr std::string_view kArchive = "archive/";
constexpr std::string_view kCheckpoints = "checkpoints/";

/// Writes one backup.
class Writing {
public:
    Writing(exec::Context& ctx, const BackedUp& from, ports::Objects& target,
            const BackupNote& note)
        : ctx_(ctx), from_(from), target_(target), note_(note) {}

    Result<BackupReport> write(Time now) {
        TRY_LET(there, target_.list(ctx_, ""));
        if (!there.empty())
            return Failure(Error(Errc::Conflict, "the folder for the backup holds something")
                               .with("object", there.front().key)
                               .hint("name a folder that is not there or empty"));
        manifest_.made = to_iso(now);
        manifest_.version = FORGEHOUSE_VERSION;
        TRY(copy(from_.checkpoints, kCheckpoints, manifest_.checkpoints));
        TRY(copy(from_.archive, kArchive, manifest_.archive));
        TRY(from_.warehouse.prepare(ctx_));
        for (const auto& table : schema::all_tables()) TRY(write_table(table));
        const auto json = manifest_.as_json();
        TRY(target_.put(ctx_, BackupManifest::kKey, json));
        report_.bytes += json.size();
        return report_;
    }

private:
    Result<BackupManifest::Object> put(std::string key, std::string_view bytes) {
        TRY(target_.put(ctx_, key, bytes));
        report_.bytes += bytes.size();
        return BackupManifest::Object{
            .key = std::move(key), .bytes = bytes.size(), .sha256 = sha256_hex(bytes), .rows = 0};
    }

    /// Until everything that is listed has been copied: what is added or put together meanwhile
    /// comes in the next round.
    Result<void> copy(ports::Objects& from, std::string_view prefix,
                      std::vector<BackupManifest::Object>& into) {
        std::set<std::string, std::less<>> copied;
        for (int round = 0; round < kMostRounds; ++round) {
            TRY_LET(listed, from.list(ctx_, ""));
            const auto before = copied.size();
            for (const auto& info : listed) {
                if (copied.contains(info.key)) continue;
                const auto object = from.get(ctx_, info.key);
                if (!object && object.error().code() == Errc::NotFound) continue;  // gone meanwhile
                if (!object) return Failure(object.error());
                TRY_LET(kept, put(std::string(prefix) + info.key, object->bytes));
                into.push_back(std::move(kept));
                copied.insert(info.key);
                if (++report_.objects % 100 == 0)
                    note_(fmt::format("{}: {} objects", prefix.substr(0, prefix.size() - 1),
                                      text::grouped(copied.size())));
            }
            if (copied.size() == before) break;
        }
        std::ranges::sort(into, {}, &BackupManifest::Object::key);
        return {};
    }

    Result<void> write_table(const schema::TableInfo& info) {
        BackupManifest::Table table;
        table.name = info.name;
        std::string columns;
        for (const auto& column : info.columns) {
            table.columns.emplace_back(column.name);
            columns += fmt::format("{}`{}`", columns.empty() ? "" : ", ", column.name);
        }
        const auto query =
            ports::Query::from_user(fmt::format("SELECT {} FROM `{}`", columns, info.name));
        Packer packer;
        std::uint64_t rows = 0;
        const auto end_part = [&]() -> Result<void> {
            if (rows == 0) return {};
            TRY_LET(part, put(fmt::format("tables/{}/{}.native.zst", info.name, table.parts.size()),
                              packer.take()));
            part.rows = std::exchange(rows, 0);
            table.rows += part.rows;
            table.parts.push_back(std::move(part));
            return {};
        };
        TRY(from_.warehouse.read(
            ctx_, query, info, [&](const schema::Batch& batch) -> Result<void> {
                const NativeBlock block(batch);
                for (const auto part : block.parts()) packer.add(part);
                rows += batch.rows();
                note_(fmt::format("{}: {} rows", info.name, text::grouped(table.rows + rows)));
                return packer.size() < kPartBytes ? Result<void>() : end_part();
            }));
        TRY(end_part());
        report_.rows += table.rows;
        report_.tables += table.rows > 0 ? 1 : 0;
        manifest_.tables.push_back(std::move(table));
        return {};
    }

    exec::Context& ctx_;
    const BackedUp& from_;
    ports::Objects& target_;
    const BackupNote& note_;
    BackupManifest manifest_;
    BackupReport report_;
};

/// The columns of a table as a backup has them: an older one lacks some.
struct Shape {
    schema::TableInfo info;
    std::vector<schema::ColumnInfo> columns;
};

Error newer(std::string_view what, const std::string& name) {
    return Error(Errc::Invalid, "a newer version has made this backup")
        .with(what == "table" ? Literal("table") : Literal("column"), name)
        .hint("restore it with that version, or a later one");
}

Result<Shape> shape_of(const BackupManifest::Table& table) {
    const auto* known = schema::find_table(table.name);
    if (known == nullptr) return Failure(newer("table", table.name));
    Shape shape{.info = *known, .columns = {}};
    for (const auto& column : table.columns) {
        const auto at = known->index_of(column);
        if (at == known->columns.size()) return Failure(newer("column", table.name + "." + column));
        shape.columns.push_back(known->columns[at]);
    }
    return shape;
}

/// Restores one backup.
class Restoring {
public:
    Restoring(exec::Context& ctx, ports::Objects& source, const BackedUp& into,
              const BackupNote& note)
        : ctx_(ctx), source_(source), into_(into), note_(note) {}

    Result<BackupReport> restore() {
        TRY(read_manifest());
        TRY(check_source());
        TRY(into_.warehouse.prepare(ctx_));
        TRY(check_target());
        for (const auto& table : manifest_.tables) TRY(write_table(table));
        TRY(copy(manifest_.archive, kArchive, into_.archive));
        // Last: what a checkpoint vouches for is there by now.
        TRY(copy(manifest_.checkpoints, kCheckpoints, into_.checkpoints));
        return report_;
    }

private:
    Result<void> read_manifest() {
        const auto object = source_.get(ctx_, BackupManifest::kKey);
        if (!object && object.error().code() == Errc::NotFound)
            return Failure(Error(Errc::Invalid, "this is no finished backup")
                               .with("missing", std::string(BackupManifest::kKey))
                               .hint("name the folder that `warehouse backup` has written; one "
                                     "that was interrupted has no such file"));
        if (!object) return Failure(object.error());
        auto manifest = BackupManifest::parse(object->bytes);
        if (!manifest)
            return Failure(
                std::move(manifest).error().with("object", std::string(BackupManifest::kKey)));
        manifest_ = std::move(*manifest);
        report_.bytes += object->bytes.size();
        return {};
    }

    Result<std::string> checked(const BackupManifest::Object& object) {
        const auto damaged = [&object](std::string_view why) {
            return Failure(Error(Errc::Corrupt, "the backup is damaged")
                               .with("object", object.key)
                               .with("reason", std::string(why))
                               .hint("nothing that depends on it is restored; take another copy"));
        };
        auto found = source_.get(ctx_, object.key);
        if (!found && found.error().code() == Errc::NotFound) return damaged("it is missing");
        if (!found) return Failure(std::move(found).error());
        if (sha256_hex(found->bytes) != object.sha256) return damaged("its checksum is another");
        return std::move(found->bytes);
    }

    /// Everything is there and as it was written, and known to this version.
    Result<void> check_source() {
        for (const auto& table : manifest_.tables) {
            TRY(shape_of(table));
            for (const auto& part : table.parts) TRY(check(part));
        }
        for (const auto* objects : {&manifest_.archive, &manifest_.checkpoints})
            for (const auto& object : *objects) TRY(check(object));
        return {};
    }
    Result<void> check(const BackupManifest::Object& object) {
        TRY(checked(object));
        if (++checked_ % 100 == 0)
            note_(fmt::format("checking: {} objects", text::grouped(checked_)));
        return {};
    }

    Result<void> check_target() {
        for (auto* objects : {&into_.archive, &into_.checkpoints}) {
            TRY_LET(there, objects->list(ctx_, ""));
            if (!there.empty()) return Failure(not_empty("object", there.front().key));
        }
        for (const auto& table : manifest_.tables) {
            TRY_LET(rows, count(table.name));
            if (rows > 0) return Failure(not_empty("table", table.name));
        }
        return {};
    }
    static Error not_empty(std::string_view what, const std::string& name) {
        return Error(Errc::Conflict, "there is something already where the backup would go")
            .with(what == "table" ? Literal("table") : Literal("object"), name)
            .hint("restore into an empty data directory (--data DIR), or remove this one first");
    }

    Result<std::uint64_t> count(const std::string& table) {
        TRY_LET(answer, into_.warehouse.ask(ctx_, ports::Query::from_user(fmt::format(
                                                      "SELECT count() FROM `{}`", table))));
        const auto rows = answer.rows.empty() || answer.rows[0].empty() || !answer.rows[0][0]
                              ? std::nullopt
                              : text::to_int(*answer.rows[0][0]);
        if (!rows) return Failure(Error(Errc::Corrupt, "the warehouse does not count its rows"));
        return static_cast<std::uint64_t>(*rows);
    }

    Result<void> write_table(const BackupManifest::Table& table) {
        TRY_LET(shape, shape_of(table));
        shape.info.columns = shape.columns;
        std::uint64_t rows = 0;
        for (const auto& part : table.parts) TRY(write_part(shape.info, part, rows));
        TRY_LET(stored, count(table.name));
        if (rows != table.rows || stored != table.rows)
            return Failure(Error(Errc::Corrupt, "a table has not as many rows as the backup says")
                               .with("table", table.name)
                               .with("expected", static_cast<std::int64_t>(table.rows))
                               .with("stored", static_cast<std::int64_t>(stored))
                               .hint("remove the data directory and try again"));
        report_.rows += table.rows;
        report_.tables += table.rows > 0 ? 1 : 0;
        return {};
    }

    Result<void> write_part(const schema::TableInfo& shape, const BackupManifest::Object& part,
                            std::uint64_t& rows) {
        TRY_LET(packed, checked(part));
        report_.bytes += packed.size();
        NativeDecoder decoder(shape);
        std::size_t block = 0;
        const auto insert = [&](const schema::Batch& batch) -> Result<void> {
            rows += batch.rows();
            note_(fmt::format("{}: {} rows", shape.name, text::grouped(rows)));
            return into_.warehouse.insert(ctx_, batch,
                                          fmt::format("restore/{}/{}", part.sha256, block++));
        };
        TRY(collect::unpack(packed,
                            [&](std::string_view bytes) { return decoder.feed(bytes, insert); }));
        return decoder.finish();
    }

    Result<void> copy(const std::vector<BackupManifest::Object>& objects, std::string_view prefix,
                      ports::Objects& into) {
        for (const auto& object : objects) {
            if (!object.key.starts_with(prefix))
                return Failure(Error(Errc::Corrupt, "the backup is damaged")
                                   .with("object", object.key)
                                   .with("reason", "it stands in the wrong list"));
            TRY_LET(bytes, checked(object));
            TRY(into.put(ctx_, object.key.substr(prefix.size()), bytes));
            report_.bytes += bytes.size();
            if (++report_.objects % 100 == 0)
                note_(fmt::format("{}: {} objects", prefix.substr(0, prefix.size() - 1),
                                  text::grouped(report_.objects)));
        }
        return {};
    }

    exec::Context& ctx_;
    ports::Objects& source_;
    const BackedUp& into_;
    const BackupNote& note_;
    BackupManifest manifest_;
    BackupReport report_;
    std::uint64_t checked_ = 0;
};

}  // namespace

Result<BackupReport> back_up(exec::Context& ctx, const BackedUp& from, ports::Objects& target,
                             Time now, const BackupNote& note) {
    return Writing(ctx, from, target, note).write(now);
}

Result<BackupReport> restore(exec::Context& ctx, ports::Objects& source, const BackedUp& into,
                             const BackupNote& note) {
    return Restoring(ctx, source, into, note).restore();
}

}  // namespace forgehouse::app
