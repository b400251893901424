// What every relational database must do. One test of a program includes this header and
// instantiates the suites with functions that make an empty place for a database:
//
//   INSTANTIATE_TEST_SUITE_P(Sqlite, MetadbConformance, testing::Values(make_sqlite_place));
//   INSTANTIATE_TEST_SUITE_P(Sqlite, MigrationConformance, testing::Values(make_sqlite_place));
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "conformance/metadb/metadb_place.h"

namespace forgehouse::conformance {

class MetadbConformance : public testing::TestWithParam<MakeMetadbPlace> {
protected:
    void SetUp() override {
        auto opened = place->open(kSampleTables);
        ASSERT_TRUE(opened) << opened.error().describe();
        db = std::move(*opened);
        const auto migrated = db->migrate(ctx);
        ASSERT_TRUE(migrated) << migrated.error().describe();
    }

    Result<std::uint64_t> write(const ports::Sql& sql) { return write(*db, sql); }
    Result<std::uint64_t> write(ports::Metadb& to, const ports::Sql& sql) const {
        std::uint64_t rows = 0;
        TRY(to.write(ctx, [&](ports::Session& session) -> Result<void> {
            TRY_LET(done, session.execute(sql));
            rows = done;
            return {};
        }));
        return rows;
    }
    Result<std::int64_t> number(const ports::Sql& sql) const {
        std::int64_t found = -1;
        TRY(db->read(ctx, [&](ports::Session& session) -> Result<void> {
            TRY_LET(first,
                    session.first(sql, [](const ports::SqlRow& row) { return row.integer(0); }));
            found = first.value_or(-1);
            return {};
        }));
        return found;
    }
    std::vector<std::string> texts(const ports::Sql& sql) const {
        std::vector<std::string> found;
        const auto done = db->read(ctx, [&](ports::Session& session) -> Result<void> {
            TRY_LET(all, session.all(sql, [](const ports::SqlRow& row) {
                return row.maybe_text(0).value_or("NULL");
            }));
            found = std::move(all);
            return {};
        });
        EXPECT_TRUE(done) << done.error().describe();
        return found;
    }
    Result<std::uint64_t> insert(std::int64_t id, const char* name) {
        return write(ports::Sql("INSERT INTO samples (id, name) VALUES ($1, $2)", {id, name}));
    }
    std::int64_t count() const {
        return number(ports::Sql("SELECT count(*) FROM samples")).value_or(-1);
    }

    std::unique_ptr<MetadbPlace> place = GetParam()();
    exec::Context ctx;
    std::unique_ptr<ports::Metadb> db;
};

class MigrationConformance : public testing::TestWithParam<MakeMetadbPlace> {
protected:
    Result<void> migrate(std::span<const metadb::Migration> migrations) {
        TRY_LET(db, place->open(migrations));
        return db->migrate(ctx);
    }
    std::unique_ptr<MetadbPlace> place = GetParam()();
    exec::Context ctx;
};

}  // namespace forgehouse::conformance

#include "conformance/metadb/migration_cases.h"
#include "conformance/metadb/session_cases.h"
#include "conformance/metadb/transaction_cases.h"
