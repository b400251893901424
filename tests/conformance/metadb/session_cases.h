// Statements and values. Included by metadb_conformance.h.
#pragma once

#include "conformance/metadb/metadb_conformance.h"

namespace forgehouse::conformance {

using ports::Session;
using ports::Sql;
using ports::SqlRow;
using ports::SqlValue;

TEST_P(MetadbConformance, SaysItsVersion) {
    const auto version = db->version(ctx);
    ASSERT_TRUE(version) << version.error().describe();
    EXPECT_TRUE(version->starts_with("sqlite 3.") || version->starts_with("postgresql 1"))
        << *version;
}

TEST_P(MetadbConformance, GivesBackEveryValue) {
    const std::string bytes("\0'\xff\\x00\n", 8);
    const std::int64_t least = std::numeric_limits<std::int64_t>::min();
    for (const std::int64_t id : {least, std::int64_t{-1}, std::int64_t{0}, -(least + 1)}) {
        const auto done = write(
            Sql("INSERT INTO samples (id, data) VALUES ($1, $2)", {id, SqlValue::Bytes{bytes}}));
        ASSERT_TRUE(done) << done.error().describe();
        EXPECT_EQ(*done, 1U);
    }
    ASSERT_TRUE(insert(1, ""));
    std::vector<std::int64_t> ids;
    ASSERT_TRUE(db->read(ctx, [&](Session& session) {
        return session.query(Sql("SELECT id, data, name FROM samples ORDER BY id"),
                             [&](const SqlRow& row) -> Result<void> {
                                 ids.push_back(row.integer(0));
                                 EXPECT_EQ(row.is_null(1), row.integer(0) == 1);
                                 EXPECT_EQ(row.text(1), row.is_null(1) ? "" : bytes);
                                 EXPECT_EQ(row.is_null(2), row.integer(0) != 1);
                                 EXPECT_EQ(row.maybe_text(2).has_value(), row.integer(0) == 1);
                                 return {};
                             });
    }));
    EXPECT_EQ(ids, (std::vector<std::int64_t>{least, -1, 0, 1, -(least + 1)}));
}

TEST_P(MetadbConformance, BindsTimesFlagsAndNothing) {
    const Time time = Time::from_ms(1'700'000'000'123);
    ASSERT_TRUE(write(Sql("INSERT INTO samples (id, size, name, data) VALUES ($1, $2, $3, $4)",
                          {time, true, std::optional<std::string>(), std::nullopt})));
    // The same text with values of other types.
    ASSERT_TRUE(write(Sql("INSERT INTO samples (id, size, name, data) VALUES ($1, $2, $3, $4)",
                          {2, 0, "x", SqlValue::Bytes{""}})));
    ASSERT_TRUE(db->read(ctx, [&](Session& session) {
        return session.query(Sql("SELECT id, size, name, data FROM samples WHERE id = $1", {time}),
                             [&](const SqlRow& row) -> Result<void> {
                                 EXPECT_EQ(row.time(0), time);
                                 EXPECT_TRUE(row.flag(1));
                                 EXPECT_FALSE(row.maybe_text(2));
                                 EXPECT_TRUE(row.is_null(3));
                                 EXPECT_FALSE(row.maybe_time(3));
                                 EXPECT_FALSE(row.maybe_integer(3));
                                 EXPECT_EQ(row.text(2), "");
                                 return {};
                             });
    }));
    EXPECT_EQ(*number(Sql("SELECT count(*) FROM samples WHERE data = $1", {SqlValue::Bytes{""}})),
              1);
}

TEST_P(MetadbConformance, WholeNumbersOfEveryExpression) {
    for (int id = 1; id <= 3; ++id)
        ASSERT_TRUE(write(Sql("INSERT INTO samples (id, size) VALUES ($1, $2)", {id, id * 10})));
    const std::int64_t big = 3'000'000'000;
    EXPECT_EQ(*number(Sql("SELECT $1 + $2", {big, 1})), big + 1);
    EXPECT_EQ(*number(Sql("SELECT sum(size) FROM samples")), 60);
    EXPECT_EQ(*number(Sql("SELECT sum(-size) FROM samples")), -60);
    EXPECT_EQ(*number(Sql("SELECT sum($1 * size) FROM samples", {big * 100})), big * 6000);
    EXPECT_EQ(*number(Sql("SELECT coalesce(sum(size), 0) FROM samples WHERE id > 3")), 0);
    EXPECT_EQ(*number(Sql("SELECT 7 / 2")), 3);
    EXPECT_EQ(*number(Sql("SELECT EXISTS (SELECT 1 FROM samples WHERE id = $1)", {2})), 1);
    EXPECT_EQ(*number(Sql("SELECT EXISTS (SELECT 1 FROM samples WHERE id = $1)", {4})), 0);
    EXPECT_EQ(*number(Sql("SELECT max(size) FROM samples")), 30);
    EXPECT_EQ(
        *number(Sql("SELECT CASE WHEN size > 10 THEN 1 ELSE 0 END FROM samples WHERE id = 2")), 1);
}

TEST_P(MetadbConformance, OrdersTextByItsBytes) {
    int id = 0;
    for (const char* name :
         {"b", "B", "a", "_", "\xc3\xa9", "ab", "Z", "\xf0\x9f\x98\x80", "-", "10", "9"})
        ASSERT_TRUE(insert(++id, name));
    EXPECT_EQ(texts(Sql("SELECT name FROM samples ORDER BY name")),
              (std::vector<std::string>{"-", "10", "9", "B", "Z", "_", "a", "ab", "b", "\xc3\xa9",
                                        "\xf0\x9f\x98\x80"}));
    EXPECT_EQ(texts(Sql("SELECT name FROM samples WHERE name > $1 AND name < $2 ORDER BY name DESC",
                        {"Z", "b"})),
              (std::vector<std::string>{"ab", "a", "_"}));
    EXPECT_EQ(texts(Sql("SELECT name FROM samples WHERE name LIKE $1 ORDER BY 1", {"b%"})),
              std::vector<std::string>{"b"});
}

TEST_P(MetadbConformance, ValuesAreNeverPartOfTheStatement) {
    const std::vector<std::string> hostile = {"'",
                                              "''",
                                              "\"",
                                              "'; DROP TABLE samples; --",
                                              "$1",
                                              "?1",
                                              ":name",
                                              "\\",
                                              "\\'; --",
                                              "E'\\x41'",
                                              "%",
                                              "{{text}}",
                                              "\xe2\x80\x99",
                                              "/* */",
                                              "\n;\n"};
    std::int64_t id = 0;
    for (const std::string& name : hostile) {
        const auto done =
            write(Sql("INSERT INTO samples (id, name) VALUES ($1, $2)", {++id, name}));
        ASSERT_TRUE(done) << name << ": " << done.error().describe();
        EXPECT_EQ(*number(Sql("SELECT id FROM samples WHERE name = $1", {name})), id) << name;
    }
    EXPECT_EQ(texts(Sql("SELECT name FROM samples ORDER BY id")), hostile);
}

TEST_P(MetadbConformance, RefusesTextThatIsNone) {
    for (const std::string& name :
         {std::string("a\0b", 3), std::string("\xff"), std::string("\xed\xa0\x80")}) {
        const auto done = write(Sql("INSERT INTO samples (id, name) VALUES ($1, $2)", {1, name}));
        ASSERT_FALSE(done);
        EXPECT_EQ(done.error().code(), Errc::Invalid);
        EXPECT_FALSE(done.error().hint().empty());
    }
    EXPECT_EQ(count(), 0);
}

TEST_P(MetadbConformance, BindsByTheNumberOfThePlace) {
    ASSERT_TRUE(write(Sql("INSERT INTO samples (name, id) VALUES ($2, $1)", {7, "seven"})));
    EXPECT_EQ(*number(Sql("SELECT id FROM samples WHERE name = $2 AND id = $1 AND $2 <> ''",
                          {7, "seven"})),
              7);
    Sql built("SELECT count(*) FROM samples WHERE id IN (");
    for (int i = 1; i <= 12; ++i) {
        if (i > 1) built.add(", ");
        built.bind(i);
    }
    built.add(")");
    EXPECT_EQ(*number(built), 1);
}

TEST_P(MetadbConformance, RefusesStatementsThatAreWrong) {
    for (const Sql& sql :
         {Sql("SELEC 1"), Sql("SELECT * FROM nowhere"), Sql("SELECT nothing FROM samples"),
          Sql("SELECT id FROM samples WHERE id = $1"), Sql("SELECT 1; SELECT 2"), Sql("")}) {
        const auto read = number(sql);
        ASSERT_FALSE(read) << sql.text();
        EXPECT_EQ(read.error().code(), Errc::Invalid) << sql.text() << read.error().describe();
        const auto written = write(sql);
        ASSERT_FALSE(written) << sql.text();
        EXPECT_EQ(written.error().code(), Errc::Invalid) << sql.text();
    }
    const auto typed = write(Sql("INSERT INTO samples (id, size) VALUES ($1, $2)", {1, "x"}));
    ASSERT_FALSE(typed);
    EXPECT_EQ(typed.error().code(), Errc::Invalid) << typed.error().describe();
    // And all is well afterwards.
    ASSERT_TRUE(insert(1, "a"));
}

TEST_P(MetadbConformance, NamesWhatStandsInTheWay) {
    ASSERT_TRUE(insert(1, "a"));
    ASSERT_TRUE(write(Sql("INSERT INTO parts (sample, place, note) VALUES (1, 1, 'x')")));
    struct Case {
        Sql sql;
        const char* kind;
        const char* constraint;
    };
    const Case cases[] = {
        {Sql("INSERT INTO samples (id, name) VALUES ($1, $2)", {2, "a"}), "unique", "samples.name"},
        {Sql("INSERT INTO parts (sample, place, note) VALUES (1, 2, 'X')"), "unique", "parts_note"},
        {Sql("INSERT INTO samples (id) VALUES (1)"), "unique", "samples.id"},
        {Sql("INSERT INTO parts (sample, place, note) VALUES (1, 1, 'y')"), "unique",
         "parts.sample, parts.place"},
        {Sql("UPDATE samples SET size = -1"), "check", "samples_size"},
        {Sql("UPDATE samples SET size = $1", {std::nullopt}), "required", "samples.size"},
        {Sql("INSERT INTO parts (sample, place, note) VALUES (9, 1, 'y')"), "reference", nullptr},
        {Sql("DELETE FROM samples"), "reference", nullptr},
    };
    for (const Case& each : cases) {
        const auto done = write(each.sql);
        ASSERT_FALSE(done) << each.sql.text();
        EXPECT_EQ(done.error().code(), Errc::Conflict) << done.error().describe();
        EXPECT_EQ(done.error().field("kind"), each.kind) << done.error().describe();
        if (each.constraint != nullptr)
            EXPECT_EQ(done.error().field("constraint"), each.constraint);
    }
}

TEST_P(MetadbConformance, CountsTheRowsItWrites) {
    for (int id = 1; id <= 3; ++id)
        ASSERT_TRUE(write(Sql("INSERT INTO samples (id) VALUES ($1)", {id})));
    EXPECT_EQ(*write(Sql("UPDATE samples SET size = 5 WHERE id > 1")), 2U);
    EXPECT_EQ(*write(Sql("UPDATE samples SET size = 5 WHERE id > 9")), 0U);
    EXPECT_EQ(*write(Sql("SELECT id FROM samples")), 0U);
    EXPECT_EQ(*write(Sql("INSERT INTO samples (id) SELECT id + 10 FROM samples")), 3U);
    EXPECT_EQ(*write(Sql("INSERT INTO samples (id) VALUES (1) ON CONFLICT DO NOTHING")), 0U);
    EXPECT_EQ(*write(Sql("DELETE FROM samples")), 6U);
    EXPECT_EQ(*write(Sql("CREATE TABLE others (id INTEGER)")), 0U);
}

TEST_P(MetadbConformance, SpeaksTheSameSql) {
    ASSERT_TRUE(insert(1, "a"));
    const Sql upsert(
        "INSERT INTO samples (id, name, size) VALUES ($1, $2, $3) "
        "ON CONFLICT (id) DO UPDATE SET size = samples.size + excluded.size RETURNING size",
        {1, "b", 4});
    std::int64_t size = 0;
    for (int i = 0; i < 2; ++i)
        ASSERT_TRUE(db->write(ctx, [&](Session& session) -> Result<void> {
            TRY_LET(first, session.first(upsert, [](const SqlRow& row) { return row.integer(0); }));
            size = first.value_or(-1);
            return {};
        }));
    EXPECT_EQ(size, 8);
    for (int id = 2; id <= 5; ++id)
        ASSERT_TRUE(write(Sql("INSERT INTO samples (id, size) VALUES ($1, $2)", {id, id % 2})));
    EXPECT_EQ(*number(Sql("SELECT count(*) FROM samples WHERE (size, id) > ($1, $2)", {0, 4})), 3);
    EXPECT_EQ(
        *number(Sql("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10) "
                    "SELECT sum(i) FROM n")),
        55);
    EXPECT_EQ(*number(Sql("SELECT r FROM (SELECT id, row_number() OVER (ORDER BY id DESC) AS r "
                          "FROM samples) AS ranked WHERE id = $1",
                          {2})),
              4);
    EXPECT_EQ(*number(Sql("SELECT id FROM samples ORDER BY id LIMIT $1 OFFSET $2", {1, 2})), 3);
    EXPECT_EQ(
        *write(Sql("DELETE FROM samples WHERE id IN (SELECT id FROM samples WHERE id > $1)", {3})),
        2U);
}

TEST_P(MetadbConformance, AQueryMayStandInsideOfAnother) {
    for (int id = 1; id <= 3; ++id)
        ASSERT_TRUE(write(Sql("INSERT INTO samples (id) VALUES ($1)", {id})));
    const Sql all("SELECT id FROM samples ORDER BY id");
    int pairs = 0;
    const auto done = db->read(ctx, [&](Session& session) {
        return session.query(all, [&](const SqlRow& outer) {
            const std::int64_t before = outer.integer(0);
            return session.query(all, [&, before](const SqlRow&) -> Result<void> {
                EXPECT_EQ(outer.integer(0), before);
                ++pairs;
                return {};
            });
        });
    });
    ASSERT_TRUE(done) << done.error().describe();
    EXPECT_EQ(pairs, 9);
}

TEST_P(MetadbConformance, AnErrorOfTheTakerEndsTheReading) {
    for (int id = 1; id <= 3; ++id)
        ASSERT_TRUE(write(Sql("INSERT INTO samples (id) VALUES ($1)", {id})));
    int seen = 0;
    const auto done = db->read(ctx, [&](Session& session) -> Result<void> {
        auto stopped =
            session.query(Sql("SELECT id FROM samples"), [&](const SqlRow&) -> Result<void> {
                ++seen;
                return Failure(Error(Errc::NotFound, "enough"));
            });
        EXPECT_FALSE(stopped);
        // It is no failure of the database.
        EXPECT_TRUE(session.first(Sql("SELECT 1"), [](const SqlRow&) { return 1; }));
        return stopped;
    });
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().text(), "enough");
    EXPECT_EQ(seen, 1);
}

}  // namespace forgehouse::conformance
