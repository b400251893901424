#include "metadb/sqlite/database.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/check.h"
#include "conformance/metadb/metadb_conformance.h"

namespace forgehouse::conformance {
namespace {

namespace fs = std::filesystem;

fs::path make_folder() {
    std::string name = (fs::temp_directory_path() / "forgehouse-metadb-XXXXXX").string();
    CHECK(::mkdtemp(name.data()) != nullptr);
    return name;
}

class SqlitePlace final : public MetadbPlace {
public:
    ~SqlitePlace() override { fs::remove_all(folder); }
    Result<std::unique_ptr<ports::Metadb>> open(
        std::span<const metadb::Migration> migrations) override {
        return metadb::open_sqlite({}, folder / "forge.db",
                                   {.clock = clock_, .parts = {}, .migrations = migrations});
    }
    const fs::path folder = make_folder();
};

std::unique_ptr<MetadbPlace> make_sqlite_place() {
    return std::make_unique<SqlitePlace>();
}

INSTANTIATE_TEST_SUITE_P(Sqlite, MetadbConformance, testing::Values(make_sqlite_place));
INSTANTIATE_TEST_SUITE_P(Sqlite, MigrationConformance, testing::Values(make_sqlite_place));

class SqliteTest : public testing::Test {
protected:
    Result<std::int64_t> count(ports::Metadb& db) const {
        std::int64_t found = 0;
        TRY(db.read(ctx, [&](Session& session) -> Result<void> {
            TRY_LET(first, session.first(Sql("SELECT count(*) FROM samples"),
                                         [](const SqlRow& row) { return row.integer(0); }));
            found = first.value_or(-1);
            return {};
        }));
        return found;
    }
    SqlitePlace place;
    const fs::path file = place.folder / "forge.db";
    exec::Context ctx;
};

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
        EXPECT_EQ(metadb::open_sqlite(ctx, path, {.clock = clock}).error().code(), Errc::Invalid);
}

}  // namespace
}  // namespace forgehouse::conformance
