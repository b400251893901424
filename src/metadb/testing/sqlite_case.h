// Rows of conformance::kSampleTables, and a case with a SQLite file.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "metadb/testing/sqlite_place.h"

namespace forgehouse::metadb::testing {

class SqliteTest : public ::testing::Test {
protected:
    Result<std::int64_t> count(ports::Metadb& db) const {
        std::int64_t found = 0;
        TRY(db.read(ctx, [&](ports::Session& session) -> Result<void> {
            TRY_LET(first, session.first(ports::Sql("SELECT count(*) FROM samples"),
                                         [](const ports::SqlRow& row) { return row.integer(0); }));
            found = first.value_or(-1);
            return {};
        }));
        return found;
    }
    static Result<void> insert(ports::Metadb& db, std::int64_t id, std::size_t bytes) {
        return db.write({}, [&](ports::Session& session) -> Result<void> {
            TRY(session.execute(ports::Sql("INSERT INTO samples (id, data) VALUES ($1, $2)",
                                           {id, ports::SqlValue::Bytes{std::string(bytes, 'x')}})));
            return {};
        });
    }
    SqlitePlace place;
    const std::filesystem::path file = place.folder / "forge.db";
    exec::Context ctx;
};

}  // namespace forgehouse::metadb::testing
