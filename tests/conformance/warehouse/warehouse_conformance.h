// What every warehouse must do. An adapter's test includes this header and instantiates the suite
// with a function that opens one:
//
//   INSTANTIATE_TEST_SUITE_P(Engine, WarehouseConformance, testing::Values(open_engine));
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <thread>

#include "conformance/warehouse/sample_rows.h"
#include "ports/warehouse.h"
#include "schema/all.h"
#include "schema/batch_reader.h"
#include "schema/git_commits.h"
#include "schema/git_tags.h"
#include "schema/git_tickets.h"
#include "schema/rows_text.h"

namespace forgehouse::conformance {

/// A warehouse to be tried.
struct Subject {
    std::shared_ptr<ports::Warehouse> warehouse;
    /// Executes a statement with every right, as an administrator would beside us.
    std::function<Result<void>(const std::string& sql)> execute;
};

/// Opens the warehouse on the database of that name, which need not be there. Called often.
using OpenWarehouse = std::function<Subject(const std::string& database)>;

class WarehouseConformance : public testing::TestWithParam<OpenWarehouse> {
protected:
    /// A prepared warehouse that the tests share; each writes under a `data_source` of its own.
    void SetUp() override {
        static bool first = true;
        if (std::exchange(first, false)) drop(subject, "conformance");
        const auto prepared = house().prepare(ctx);
        ASSERT_TRUE(prepared) << prepared.error().describe();
    }
    /// An earlier run may have left it.
    static void drop(const Subject& of, const std::string& database) {
        const auto dropped = of.execute("DROP DATABASE IF EXISTS " + database);
        ASSERT_TRUE(dropped) << dropped.error().describe();
    }
    ports::Warehouse& house() { return *subject.warehouse; }

    static std::string source() {
        return testing::UnitTest::GetInstance()->current_test_info()->name();
    }
    /// The stored rows of this test as text, sorted by their key.
    std::string stored(const schema::TableInfo& table) {
        std::string text;
        const auto query = ports::Query::from_user(
            fmt::format("SELECT * FROM {} WHERE data_source = '{}' ORDER BY {}", table.name,
                        source(), fmt::join(table.key, ", ")));
        const auto done =
            house().read(ctx, query, table, [&](const schema::Batch& rows) -> Result<void> {
                TRY_LET(lines, schema::to_json_lines(rows));
                text += lines;
                return {};
            });
        EXPECT_TRUE(done) << table.name << ": " << done.error().describe();
        return text;
    }
    std::string ask_one(const std::string& sql) {
        const auto got = house().ask(ctx, ports::Query::from_user(sql));
        if (!got) return got.error().describe();
        return got->rows.empty() ? "(no rows)" : got->rows[0][0].value_or("NULL");
    }
    Errc failure_of(const std::string& sql) {
        const auto got = house().ask(ctx, ports::Query::from_user(sql));
        EXPECT_FALSE(got) << sql;
        return got ? Errc::Conflict : got.error().code();
    }
    std::string passed_through(const std::string& sql, std::string_view format) {
        std::string bytes;
        const auto done = house().pass_through(ctx, ports::Query::from_user(sql), format,
                                               [&](std::string_view part) -> Result<void> {
                                                   bytes += part;
                                                   return {};
                                               });
        EXPECT_TRUE(done) << done.error().describe();
        return bytes;
    }

    exec::Context ctx = exec::Context().with_timeout(std::chrono::minutes(5));
    Subject subject = GetParam()("conformance");
};

TEST_P(WarehouseConformance, IsMadeOnce) {
    const Subject fresh = GetParam()("conformance_once");
    drop(fresh, "conformance_once");
    const auto first = fresh.warehouse->prepare(ctx);
    ASSERT_TRUE(first) << first.error().describe();
    EXPECT_GE(first->created.size(), schema::all_tables().size());
    const auto second = fresh.warehouse->prepare(ctx);
    ASSERT_TRUE(second) << second.error().describe();
    EXPECT_TRUE(second->created.empty());
    EXPECT_TRUE(second->evolved.empty());
}

TEST_P(WarehouseConformance, GivesBackEveryTableAsItWasWritten) {
    for (const schema::TableInfo& table : schema::all_tables()) {
        const schema::Batch rows = sample_rows(table, {.source = source()});
        const auto done = house().insert(ctx, rows, fmt::format("{}/{}", source(), table.name));
        ASSERT_TRUE(done) << table.name << ": " << done.error().describe();
        EXPECT_EQ(stored(table), schema::to_json_lines(rows).value_or("?")) << table.name;
    }
}

TEST_P(WarehouseConformance, StoresTheSameTokenOnce) {
    const schema::TableInfo table = schema::git_tags.info();
    const schema::Batch first = sample_rows(table, {.source = source(), .version = 1, .word = "a"});
    const schema::Batch other = sample_rows(table, {.source = source(), .version = 2, .word = "b"});
    ASSERT_TRUE(house().insert(ctx, first, source()));
    ASSERT_TRUE(house().insert(ctx, other, source()));
    EXPECT_EQ(stored(table), schema::to_json_lines(first).value_or("?"));
    ASSERT_TRUE(house().insert(ctx, other, source() + " 2"));
    EXPECT_EQ(stored(table), schema::to_json_lines(other).value_or("?"));
}

TEST_P(WarehouseConformance, ShowsTheNewestVersionAndNoTombstone) {
    const schema::TableInfo table = schema::git_tags.info();
    const auto insert = [&](std::uint64_t version, std::uint8_t is_deleted, std::string word) {
        const auto rows = sample_rows(table, {.source = source(),
                                              .version = version,
                                              .is_deleted = is_deleted,
                                              .word = std::move(word)});
        EXPECT_TRUE(house().insert(ctx, rows, fmt::format("{} {}", source(), version)));
        return schema::to_json_lines(rows).value_or("?");
    };
    const std::string newest = insert(5, 0, "newest");
    insert(3, 0, "late arrival");
    EXPECT_EQ(stored(table), newest);
    insert(6, 1, "tombstone");
    EXPECT_EQ(stored(table), "");
    const std::string reborn = insert(7, 0, "reborn");
    EXPECT_EQ(stored(table), reborn);
}

TEST_P(WarehouseConformance, AmendsMembersOnly) {
    const schema::TableInfo table = schema::git_commits.info();
    ASSERT_TRUE(house().insert(ctx, sample_rows(table, {.source = source()}), source()));
    ports::Warehouse::Amendment amendment{.table = &table,
                                          .prefix = {source()},
                                          .members = {{"k1", "k2", "it's not there \\"}},
                                          .changes = {{"branch", "it's\tmain\\"}},
                                          .version = 9};
    for (int twice = 0; twice < 2; ++twice) {
        const auto done = house().amend(ctx, amendment);
        ASSERT_TRUE(done) << done.error().describe();
        EXPECT_EQ(
            ask_one(fmt::format("SELECT groupArray((repo_slug, _version)) FROM (SELECT * FROM "
                                "git_commits WHERE data_source = '{}' AND branch = "
                                "'it\\'s\\tmain\\\\' ORDER BY repo_slug)",
                                source())),
            "[('k1',9),('k2',9)]");
    }
    EXPECT_EQ(
        ask_one(fmt::format("SELECT count() FROM git_commits WHERE data_source = '{}'", source())),
        "4");
    amendment.changes = {{"is_reachable", "false"}, {"branch", ""}};
    amendment.version = 10;
    amendment.members->resize(50'000, "nobody");
    ASSERT_TRUE(house().amend(ctx, amendment));
    EXPECT_EQ(ask_one(fmt::format("SELECT groupArray((repo_slug, is_reachable, _version)) FROM "
                                  "(SELECT * FROM git_commits WHERE data_source = '{}' AND "
                                  "_version > 1 ORDER BY repo_slug)",
                                  source())),
              "[('k1',false,10),('k2',false,10)]");
    const auto logins = [this] {
        return ask_one(
            fmt::format("SELECT groupArray(ifNull(author_login, 'NULL')) FROM (SELECT * "
                        "FROM git_commits WHERE data_source = '{}' AND _version > 1 "
                        "ORDER BY repo_slug)",
                        source()));
    };
    for (const auto& login : {std::optional<std::string>("ada"), std::optional<std::string>()}) {
        amendment.changes = {{"author_login", login}};
        ++amendment.version;
        ASSERT_TRUE(house().amend(ctx, amendment));
        EXPECT_EQ(logins(), login ? "['ada','ada']" : "['NULL','NULL']");
    }
}

TEST_P(WarehouseConformance, AmendsNoTombstone) {
    const schema::TableInfo table = schema::git_commits.info();
    ASSERT_TRUE(
        house().insert(ctx, sample_rows(table, {.source = source(), .is_deleted = 1}), source()));
    ASSERT_TRUE(house().amend(ctx, {.table = &table,
                                    .prefix = {source()},
                                    .members = {{"k0", "k1", "k2", "k3"}},
                                    .changes = {{"branch", "main"}},
                                    .version = 9}));
    EXPECT_EQ(stored(table), "");
}

TEST_P(WarehouseConformance, AmendsAllRowsOfAPrefix) {
    const schema::TableInfo table = schema::git_commits.info();
    for (const std::string of : {"/a", "/b"})
        ASSERT_TRUE(
            house().insert(ctx, sample_rows(table, {.source = source() + of}), source() + of));
    ASSERT_TRUE(house().amend(ctx, {.table = &table,
                                    .prefix = {source() + "/a"},
                                    .members = {},
                                    .changes = {{"is_deleted", "1"}},
                                    .version = 9}));
    ASSERT_TRUE(house().amend(ctx, {.table = &table,
                                    .prefix = {source() + "/b"},
                                    .members = std::vector<std::string>(),
                                    .changes = {{"is_deleted", "1"}},
                                    .version = 9}));
    const auto rows = [this](std::string_view of) {
        return ask_one(fmt::format("SELECT count() FROM git_commits WHERE data_source = '{}{}'",
                                   source(), of));
    };
    EXPECT_EQ(rows("/a"), "0");
    EXPECT_EQ(rows("/b"), "4");
}

// What a reading of version 5 has not written again: among the members only, by any column, and by
// the newest version that a row has, not by one that lies under it.
TEST_P(WarehouseConformance, AmendsWhatAReadingHasNotWrittenAgain) {
    const schema::TableInfo table = schema::git_tickets.info();
    const auto rows = [&](std::uint64_t version, std::string_view word) {
        return sample_rows(table,
                           {.source = source(), .version = version, .word = std::string(word)});
    };
    ASSERT_TRUE(house().insert(ctx, rows(3, "old"), source() + "/old"));
    ports::Warehouse::Amendment amendment{.table = &table,
                                          .prefix = {source(), "k1", "k1"},
                                          .members = {},
                                          .changes = {{"is_deleted", "1"}},
                                          .version = 5,
                                          .member_column = "pr_id",
                                          .older_than = 5};
    const auto left = [this] {
        return ask_one(
            fmt::format("SELECT groupArray(external_ticket_id) FROM (SELECT * FROM "
                        "git_tickets WHERE data_source = '{}' ORDER BY "
                        "external_ticket_id)",
                        source()));
    };
    amendment.members = {"0", "77"};
    ASSERT_TRUE(house().amend(ctx, amendment));
    EXPECT_EQ(left(), "['k0','k1','k2','k3']");
    amendment.members = {"77", "1"};
    for (int twice = 0; twice < 2; ++twice) {
        ASSERT_TRUE(house().amend(ctx, amendment));
        EXPECT_EQ(left(), "['k0','k2','k3']");
    }
    ASSERT_TRUE(house().insert(ctx, rows(5, "new"), source() + "/new"));
    ASSERT_TRUE(house().amend(ctx, amendment));
    EXPECT_EQ(left(), "['k0','k1','k2','k3']");
    amendment.older_than = 6;
    amendment.version = 6;
    ASSERT_TRUE(house().amend(ctx, amendment));
    EXPECT_EQ(left(), "['k0','k2','k3']");
}

TEST_P(WarehouseConformance, AnswersWithTextAndNull) {
    const auto got = house().ask(
        ctx, ports::Query("SELECT {text:String} AS a, NULL AS b, {list:Array(String)} AS c, "
                          "toUInt8({number:UInt8}) AS d WHERE a != {other:String}",
                          {{"text", "tab\t line\n back\\ quote' \\N"},
                           {"list", "['x','it\\'s']"},
                           {"number", "7"},
                           {"other", ""}}));
    ASSERT_TRUE(got) << got.error().describe();
    ASSERT_EQ(got->rows.size(), 1u);
    EXPECT_EQ(got->rows[0][0], "tab\t line\n back\\ quote' \\N");
    EXPECT_EQ(got->rows[0][1], std::nullopt);
    EXPECT_EQ(got->rows[0][2], "['x','it\\'s']");
    EXPECT_EQ(got->rows[0][3], "7");
    EXPECT_EQ(got->columns[0].name, "a");
    EXPECT_EQ(got->columns[3].type, "UInt8");
}

TEST_P(WarehouseConformance, RefusesAnAnswerThatIsTooLarge) {
    EXPECT_EQ(failure_of(
                  fmt::format("SELECT number FROM numbers({})", ports::Warehouse::kAnswerRows + 1)),
              Errc::Invalid);
    const auto empty = house().ask(ctx, ports::Query("SELECT 1 AS a WHERE 0"));
    ASSERT_TRUE(empty) << empty.error().describe();
    EXPECT_TRUE(empty->rows.empty());
}

TEST_P(WarehouseConformance, PassesFormatsThrough) {
    EXPECT_EQ(passed_through("SELECT 1, 'a\tb'", "TSV"), "1\ta\\tb\n");
    EXPECT_EQ(passed_through("SELECT 1 AS x, NULL AS y", "JSONEachRow"), "{\"x\":1,\"y\":null}\n");
    const std::string parquet = passed_through("SELECT number FROM numbers(100000)", "Parquet");
    EXPECT_TRUE(parquet.starts_with("PAR1"));
    EXPECT_TRUE(parquet.ends_with("PAR1"));
    const std::string csv =
        passed_through("SELECT number AS n FROM numbers(300000)", "CSVWithNames");
    EXPECT_EQ(std::ranges::count(csv, '\n'), 300'001);
    EXPECT_TRUE(csv.ends_with("\n299999\n"));
}

TEST_P(WarehouseConformance, SaysWhatIsWrongWithAStatement) {
    const auto got = house().ask(ctx, ports::Query("SELEC 1"));
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code(), Errc::Invalid);
    EXPECT_FALSE(got.error().field("code").empty());
    EXPECT_FALSE(got.error().field("message").empty());
    EXPECT_FALSE(got.error().hint().empty());
    EXPECT_EQ(failure_of("SELECT * FROM there_is_no_such_table"), Errc::Invalid);
    EXPECT_EQ(failure_of("SELECT 'open"), Errc::Invalid);
    EXPECT_EQ(failure_of(""), Errc::Invalid);
}

TEST_P(WarehouseConformance, LetsNoQuestionWrite) {
    for (const char* sql :
         {"DROP TABLE git_tags", "INSERT INTO git_tags SELECT * FROM git_tags",
          "ALTER TABLE git_tags DROP COLUMN message", "CREATE TABLE t (a UInt8) ENGINE = Memory"})
        EXPECT_NE(failure_of(sql), Errc::Unavailable) << sql;
    EXPECT_EQ(ask_one("EXISTS TABLE git_tags"), "1");
}

TEST_P(WarehouseConformance, FindsAnErrorBehindTheFirstRows) {
    std::string bytes;
    const auto done = house().pass_through(
        ctx, ports::Query("SELECT number, throwIf(number = 2000000) FROM numbers(3000000)"), "TSV",
        [&](std::string_view part) -> Result<void> {
            bytes += part;
            return {};
        });
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().field("code"), "395") << done.error().describe();
    EXPECT_FALSE(bytes.contains("Exception"));
}

TEST_P(WarehouseConformance, StreamsTypedAnswers) {
    struct Numbers {
        std::uint64_t n;
        std::optional<std::string> s;
    };
    static constexpr auto kShape = schema::shape<Numbers>(
        "numbers", schema::column<&Numbers::n>(""), schema::column<&Numbers::s>(""));
    std::uint64_t sum = 0;
    std::size_t blocks = 0;
    const ports::Query query(
        "SELECT number AS n, if(number % 2, toString(number), NULL) AS s FROM numbers(500000)");
    const auto done =
        house().read(ctx, query, kShape.info(), [&](const schema::Batch& rows) -> Result<void> {
            ++blocks;
            TRY_LET(reader, schema::BatchReader::open(rows));
            for (std::size_t i = 0; i < rows.rows(); ++i) sum += reader["n"].count(i);
            return {};
        });
    ASSERT_TRUE(done) << done.error().describe();
    EXPECT_EQ(sum, 124'999'750'000u);
    EXPECT_GT(blocks, 1u);
    const auto other =
        house().read(ctx, ports::Query("SELECT number AS m, 'x' AS s FROM numbers(1)"),
                     kShape.info(), [](const schema::Batch&) { return Result<void>(); });
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().code(), Errc::Invalid);
}

TEST_P(WarehouseConformance, DropsAQueryThatIsNotWantedAnyMore) {
    std::stop_source source_of_stop;
    exec::Context stopping(source_of_stop.get_token());
    const ports::Query endless("SELECT number FROM system.numbers");
    const auto done =
        house().pass_through(stopping, endless, "TSV", [&](std::string_view) -> Result<void> {
            source_of_stop.request_stop();
            return {};
        });
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code(), Errc::Cancelled);
    exec::Context soon = ctx.with_timeout(std::chrono::milliseconds(300));
    const auto silent = house().ask(soon, ports::Query("SELECT count() FROM system.numbers"));
    ASSERT_FALSE(silent);
    EXPECT_EQ(silent.error().code(), Errc::Cancelled);
    EXPECT_EQ(ask_one("SELECT 1"), "1");
}

TEST_P(WarehouseConformance, GivesOlderTablesTheirNewColumns) {
    const Subject old = GetParam()("conformance_old");
    drop(old, "conformance_old");
    ASSERT_TRUE(old.warehouse->prepare(ctx));
    const schema::TableInfo table = schema::git_tags.info();
    ASSERT_TRUE(old.warehouse->insert(ctx, sample_rows(table, {.source = "old"}), "old"));
    const auto dropped = old.execute("ALTER TABLE conformance_old.git_tags DROP COLUMN message");
    ASSERT_TRUE(dropped) << dropped.error().describe();
    const auto marked = old.execute(
        "ALTER TABLE conformance_old.git_tags MODIFY COMMENT 'definition 0 (schema 0)'");
    ASSERT_TRUE(marked) << marked.error().describe();
    const auto prepared = old.warehouse->prepare(ctx);
    ASSERT_TRUE(prepared) << prepared.error().describe();
    EXPECT_EQ(prepared->evolved, std::vector<std::string>{"git_tags.message"});
    const auto rows = old.warehouse->ask(ctx, ports::Query("SELECT count() FROM git_tags"));
    ASSERT_TRUE(rows) << rows.error().describe();
    EXPECT_EQ(rows->rows[0][0], "4");
    EXPECT_TRUE(old.warehouse->insert(ctx, sample_rows(table, {.source = "new"}), "new"));
}

TEST_P(WarehouseConformance, TakesManyWritersAtOnce) {
    const schema::TableInfo table = schema::git_tags.info();
    std::atomic<int> failed = 0;
    {
        std::vector<std::jthread> writers;
        for (int w = 0; w < 4; ++w)
            writers.emplace_back([&, w] {
                exec::Context own = ctx;
                for (int i = 0; i < 5; ++i) {
                    const auto rows =
                        sample_rows(table, {.source = fmt::format("{} {} {}", source(), w, i)});
                    if (!house().insert(own, rows, fmt::format("{} {} {}", source(), w, i)))
                        ++failed;
                }
            });
    }
    EXPECT_EQ(failed, 0);
    EXPECT_EQ(ask_one(fmt::format(
                  "SELECT count() FROM git_tags WHERE startsWith(data_source, '{}')", source())),
              "80");
}

TEST_P(WarehouseConformance, TellsItsVersion) {
    const auto version = house().version(ctx);
    ASSERT_TRUE(version) << version.error().describe();
    EXPECT_TRUE(version->contains('.'));
}

}  // namespace forgehouse::conformance
