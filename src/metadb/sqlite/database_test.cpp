#include "metadb/sqlite/database.h"

#include <sys/stat.h>

#include <fstream>

#include "metadb/testing/sqlite_case.h"

namespace forgehouse::metadb {
namespace {

namespace fs = std::filesystem;
using conformance::kSampleTables;
using ports::Session;
using ports::Sql;
using ports::SqlRow;
using testing::SqliteTest;

TEST_F(SqliteTest, OtherUsersCannotRead) {
    const auto db = place.open(kSampleTables);
    ASSERT_TRUE(db);
    ASSERT_TRUE((*db)->migrate(ctx));
    ASSERT_TRUE(count(**db));
    for (const char* name : {"forge.db", "forge.db-wal", "forge.db-shm"}) {
        struct stat facts;
        ASSERT_EQ(::stat((place.folder / name).c_str(), &facts), 0) << name;
        EXPECT_EQ(facts.st_mode & 0777, 0600U) << name;
    }
}

TEST_F(SqliteTest, SaysThatAFileIsNoDatabase) {
    std::ofstream(file) << std::string(4096, 'x');
    const auto db = place.open(kSampleTables);
    ASSERT_FALSE(db);
    EXPECT_EQ(db.error().code(), Errc::Corrupt);
    EXPECT_EQ(db.error().field("path"), file.string());
    EXPECT_FALSE(db.error().hint().empty());
}

TEST_F(SqliteTest, SaysThatAFolderIsMissing) {
    fs::remove_all(place.folder);
    const auto db = place.open(kSampleTables);
    ASSERT_FALSE(db);
    EXPECT_EQ(db.error().code(), Errc::Unavailable);
    EXPECT_FALSE(db.error().hint().empty());
}

TEST_F(SqliteTest, RefusesPathsThatAreNoFile) {
    const exec::ManualClock clock{Time()};
    for (const char* path : {"", ":memory:"})
        EXPECT_EQ(open_sqlite(ctx, path, {.clock = clock}).error().code(), Errc::Invalid);
}

TEST_F(SqliteTest, RefusesMoreValuesThanPlaces) {
    const auto db = place.open(kSampleTables);
    ASSERT_TRUE(db);
    const auto done = (*db)->read(ctx, [](Session& session) {
        return session.query(Sql("SELECT $1", {1, 2}),
                             [](const SqlRow&) -> Result<void> { return {}; });
    });
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().field("values"), "2");
}

TEST_F(SqliteTest, AnotherProcessIsWaitedForAndNotForEver) {
    const exec::ManualClock clock{Time()};
    const auto holder = place.open(kSampleTables);
    ASSERT_TRUE(holder);
    ASSERT_TRUE((*holder)->migrate(ctx));
    const auto other =
        open_sqlite(ctx, file, {.clock = clock, .patience = std::chrono::milliseconds(20)});
    ASSERT_TRUE(other);
    ASSERT_TRUE((*holder)->write(ctx, [&](Session&) -> Result<void> {
        const auto done = insert(**other, 1, 1);
        EXPECT_FALSE(done);
        if (!done) EXPECT_EQ(done.error().code(), Errc::Unavailable);
        // Its reads do not mind.
        EXPECT_EQ(*count(**other), 0);
        return {};
    }));
    ASSERT_TRUE(insert(**other, 1, 1));
}

}  // namespace
}  // namespace forgehouse::metadb
