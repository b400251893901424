#include "metadb/migrations.h"

#include <fmt/format.h>

#include <map>
#include <optional>
#include <vector>

#include "base/digest.h"

namespace forgehouse::metadb {
namespace {

constexpr std::string_view kTable =
    "CREATE TABLE IF NOT EXISTS schema_migrations ("
    "part {{text}} NOT NULL, number {{integer}} NOT NULL, name {{text}} NOT NULL, "
    "digest {{text}} NOT NULL, applied_on {{integer}} NOT NULL, "
    "PRIMARY KEY (part, number)) {{clustered}}";

using Applied = std::map<std::int64_t, std::string>;  // digests by number

std::string name_of(const Migration& migration) {
    return fmt::format("{}/{:04}_{}", migration.part, migration.number, migration.name);
}

std::optional<std::string_view> meaning(std::string_view name, const Dialect& dialect) {
    if (name == "bytes") return dialect.bytes.view();
    if (name == "text") return dialect.text.view();
    if (name == "integer") return dialect.integer.view();
    if (name == "strict") return dialect.strict.view();
    if (name == "clustered") return dialect.clustered.view();
    return std::nullopt;
}

/// One part of a plan on one database.
class PartMigration {
public:
    PartMigration(MigrationTarget& target, const MigrationPlan& plan, std::string_view part)
        : target_(target), plan_(plan), part_(part) {
        for (const Migration& migration : plan.migrations)
            if (migration.part == part) steps_.push_back(&migration);
    }

    Result<void> check() {
        return target_.in_transaction([this](ports::Session& session) -> Result<void> {
            TRY_LET(table, in_dialect(kTable, plan_.dialect));
            TRY(target_.script(table));
            TRY_LET(applied, applied_steps(session));
            return agree(applied);
        });
    }

    Result<void> apply() {
        for (const Migration* step : steps_) {
            auto done = target_.in_transaction(
                [&](ports::Session& session) { return apply(session, *step); });
            if (!done) return Failure(std::move(done).error().with("migration", name_of(*step)));
        }
        return {};
    }

private:
    Result<void> apply(ports::Session& session, const Migration& step) {
        // Another process may have been faster.
        TRY_LET(applied, applied_steps(session));
        TRY(agree(applied));
        if (applied.contains(step.number)) return {};
        TRY_LET(text, in_dialect(step.text, plan_.dialect));
        TRY(target_.script(text));
        TRY(session.execute(
            ports::Sql("INSERT INTO schema_migrations (part, number, name, digest, applied_on) "
                       "VALUES ($1, $2, $3, $4, $5)",
                       {part_, step.number, step.name, sha256_hex(step.text), plan_.clock.now()})));
        return {};
    }

    Result<Applied> applied_steps(ports::Session& session) {
        Applied applied;
        TRY(session.query(
            ports::Sql("SELECT number, digest FROM schema_migrations WHERE part = $1", {part_}),
            [&](const ports::SqlRow& row) -> Result<void> {
                applied.emplace(row.integer(0), row.text(1));
                return {};
            }));
        return applied;
    }

    Result<void> agree(const Applied& applied) const {
        for (const auto& [number, digest] : applied) {
            const Migration* step = find(number);
            if (step == nullptr)
                return Failure(Error(Errc::Conflict, "a newer version has used this database")
                                   .with("part", std::string(part_))
                                   .with("number", number)
                                   .hint("run that version, or restore a backup of before it"));
            if (sha256_hex(step->text) != digest)
                return Failure(Error(Errc::Conflict,
                                     "this database was made by another text of a "
                                     "migration")
                                   .with("migration", name_of(*step))
                                   .hint("run the version that made it; a migration that was "
                                         "released must never be changed"));
        }
        return {};
    }

    const Migration* find(std::int64_t number) const {
        for (const Migration* step : steps_)
            if (step->number == number) return step;
        return nullptr;
    }

    MigrationTarget& target_;
    const MigrationPlan& plan_;
    std::string_view part_;
    std::vector<const Migration*> steps_;
};

}  // namespace

Result<std::string> in_dialect(std::string_view text, const Dialect& dialect) {
    std::string out;
    for (;;) {
        const std::size_t begin = text.find("{{");
        out += text.substr(0, begin);
        if (begin == std::string_view::npos) return out;
        const std::size_t end = text.find("}}", begin);
        const auto name = text.substr(begin + 2, end - begin - 2);
        const auto found = end == std::string_view::npos ? std::nullopt : meaning(name, dialect);
        if (!found)
            return Failure(Error(Errc::Invalid, "a migration's placeholder is not known")
                               .with("placeholder", std::string(name.substr(0, 40))));
        out += *found;
        text.remove_prefix(end + 2);
    }
}

Result<void> migrate(MigrationTarget& target, const MigrationPlan& plan) {
    std::vector<PartMigration> parts;
    if (plan.parts.global) parts.emplace_back(target, plan, "global");
    if (plan.parts.shard) parts.emplace_back(target, plan, "shard");
    // All of them before the first change.
    for (PartMigration& part : parts) TRY(part.check());
    for (PartMigration& part : parts) TRY(part.apply());
    return {};
}

}  // namespace forgehouse::metadb
