#include "metadb/databases.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "base/check.h"
#include "metadb/address.h"

namespace forgehouse::metadb {
namespace {

namespace fs = std::filesystem;
using ports::Metadbs;
using ports::Session;
using ports::Sql;
using ports::SqlRow;

TEST(AddressTest, ShowsNeitherUserNorPassword) {
    const std::pair<const char*, const char*> cases[] = {
        {"sqlite:/a/b.db", "sqlite:/a/b.db"},
        {"postgresql://me:secret@host:5433/forge?sslmode=require&password=secret",
         "postgresql://host:5433/forge"},
        {"postgres://me:se@cr/et@host/forge", "postgresql://host/forge"},
        {"postgresql:///forge?user=me&host=/run/pg&port=5433&password=secret",
         "postgresql:///forge?host=/run/pg&port=5433"},
    };
    for (const auto& [url, name] : cases) {
        const auto address = parse_address(url);
        ASSERT_TRUE(address) << url;
        EXPECT_EQ(address->name, name);
    }
    for (const char* url :
         {"", "sqlite:", "mysql://me:secret@host/", "secret", "postgresql:secret"}) {
        const auto address = parse_address(url);
        ASSERT_FALSE(address) << url;
        EXPECT_EQ(address.error().code(), Errc::Invalid);
        EXPECT_FALSE(address.error().describe().contains("secret"));
    }
}

TEST(DialectTest, NamesOnlyWhatIsKnown) {
    EXPECT_EQ(in_dialect("a {{bytes}} b{{integer}}", kSqliteDialect), "a BLOB bINTEGER");
    EXPECT_EQ(in_dialect("{{text}};", kPostgresqlDialect), "TEXT COLLATE \"C\";");
    for (const char* text : {"{{real}}", "{{", "a {{text"})
        EXPECT_EQ(in_dialect(text, kSqliteDialect).error().code(), Errc::Invalid);
}

TEST(MigrationsTest, AreNumberedWithoutGaps) {
    std::map<std::string_view, std::int64_t> last;
    for (const Migration& migration : all_migrations()) {
        EXPECT_EQ(migration.number, last[migration.part] + 1) << migration.name;
        last[migration.part] = migration.number;
        for (const Dialect& dialect : {kSqliteDialect, kPostgresqlDialect})
            EXPECT_TRUE(in_dialect(migration.text, dialect)) << migration.name;
    }
    EXPECT_GE(last["global"], 1);
    EXPECT_GE(last["shard"], 1);
}

class DatabasesTest : public testing::Test {
protected:
    DatabasesTest() {
        std::string name = (fs::temp_directory_path() / "forgehouse-metadbs-XXXXXX").string();
        CHECK(::mkdtemp(name.data()) != nullptr);
        folder = name;
    }
    ~DatabasesTest() override { fs::remove_all(folder); }

    std::string url(const char* name) const { return "sqlite:" + (folder / name).string(); }
    Result<std::unique_ptr<Metadbs>> open(std::vector<std::string> shards) {
        TRY_LET(opened,
                open_metadbs(
                    ctx, {.url = url("global"), .shard_urls = std::move(shards), .clock = clock}));
        for (ports::Metadb* database : opened->all()) TRY(database->migrate(ctx));
        return std::move(opened);
    }
    bool has(ports::Metadb& database, const Sql& table) {
        return database
            .read(ctx,
                  [&](Session& session) {
                      return session.query(table, [](const SqlRow&) -> Result<void> { return {}; });
                  })
            .has_value();
    }
    fs::path folder;
    exec::Context ctx;
    exec::ManualClock clock{Time()};
    const Sql global_table{"SELECT * FROM global_sequences"};
    const Sql shard_table{"SELECT * FROM shard_sequences"};
};

TEST_F(DatabasesTest, OneHoldsAll) {
    const auto opened = open({});
    ASSERT_TRUE(opened) << opened.error().describe();
    Metadbs& databases = **opened;
    EXPECT_EQ(databases.all().size(), 1U);
    for (const std::int64_t id : {0, 1, 15, 16, -1})
        EXPECT_EQ(&databases.of(id), &databases.global());
    EXPECT_TRUE(has(databases.global(), global_table));
    EXPECT_TRUE(has(databases.global(), shard_table));
}

TEST_F(DatabasesTest, ShardsAreSpreadOnceAndStay) {
    {
        const auto opened = open({url("a"), url("b")});
        ASSERT_TRUE(opened) << opened.error().describe();
        Metadbs& databases = **opened;
        ASSERT_EQ(databases.all().size(), 3U);
        EXPECT_EQ(&databases.of(0), databases.all()[1]);
        EXPECT_EQ(&databases.of(7), databases.all()[1]);
        EXPECT_EQ(&databases.of(8), databases.all()[2]);
        EXPECT_EQ(&databases.of(31), databases.all()[2]);
        EXPECT_FALSE(has(databases.global(), shard_table));
        EXPECT_FALSE(has(databases.of(0), global_table));
        EXPECT_TRUE(has(databases.of(0), shard_table));
    }
    const auto more = open({url("c"), url("b"), url("a")});
    ASSERT_TRUE(more) << more.error().describe();
    EXPECT_EQ((*more)->all().size(), 4U);
    EXPECT_EQ(&(*more)->of(0), (*more)->all()[3]);
    EXPECT_EQ(&(*more)->of(8), (*more)->all()[2]);
}

TEST_F(DatabasesTest, ShardsThatWereHeldByTheGlobalOneStayThere) {
    ASSERT_TRUE(open({}));
    const auto opened = open({url("a")});
    ASSERT_TRUE(opened) << opened.error().describe();
    for (std::int64_t id = 0; id < 16; ++id) EXPECT_EQ(&(*opened)->of(id), &(*opened)->global());
    EXPECT_EQ((*opened)->all().size(), 2U);
    ASSERT_TRUE(open({}));
}

TEST_F(DatabasesTest, SaysWhichDatabaseIsMissing) {
    ASSERT_TRUE(open({url("a"), url("b")}));
    for (const auto& shards : {std::vector{url("a")}, std::vector<std::string>{}}) {
        const auto opened = open(shards);
        ASSERT_FALSE(opened);
        EXPECT_EQ(opened.error().code(), Errc::Invalid);
        EXPECT_EQ(opened.error().field("database"), shards.empty() ? url("a") : url("b"));
        EXPECT_FALSE(opened.error().hint().empty());
    }
    EXPECT_EQ(open({url("a"), url("a")}).error().code(), Errc::Invalid);
}

TEST_F(DatabasesTest, TheGlobalOneMayBeOneOfThem) {
    const auto opened = open({url("global"), url("b")});
    ASSERT_TRUE(opened) << opened.error().describe();
    EXPECT_EQ((*opened)->all().size(), 2U);
    EXPECT_EQ(&(*opened)->of(0), &(*opened)->global());
    EXPECT_TRUE(has((*opened)->global(), shard_table));
    EXPECT_EQ(&(*opened)->of(15), (*opened)->all()[1]);
}

}  // namespace
}  // namespace forgehouse::metadb
