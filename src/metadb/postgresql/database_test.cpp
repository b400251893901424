#include "metadb/postgresql/database.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <latch>
#include <limits>
#include <numeric>
#include <thread>

#include "metadb/databases.h"
#include "metadb/postgresql/answer.h"
#include "metadb/testing/postgresql_place.h"
#include "metadb/testing/postgresql_server.h"

namespace forgehouse::metadb {
namespace {

using conformance::kSampleTables;
using ports::Session;
using ports::Sql;
using ports::SqlRow;
using testing::PostgresqlPlace;
using testing::PostgresqlServer;

class PostgresqlTest : public ::testing::Test {
protected:
    void SetUp() override {
        auto opened = place.open(kSampleTables);
        ASSERT_TRUE(opened) << opened.error().describe();
        db = std::move(*opened);
        ASSERT_TRUE(db->migrate(ctx));
    }
    Result<void> insert(std::int64_t id) {
        return db->write(ctx, [&](Session& session) -> Result<void> {
            TRY(session.execute(Sql("INSERT INTO samples (id) VALUES ($1)", {id})));
            return {};
        });
    }
    Result<std::vector<std::int64_t>> ids() {
        std::vector<std::int64_t> found;
        TRY(db->read(ctx, [&](Session& session) -> Result<void> {
            TRY_LET(all, session.all(Sql("SELECT id FROM samples ORDER BY id"),
                                     [](const SqlRow& row) { return row.integer(0); }));
            found = std::move(all);
            return {};
        }));
        return found;
    }
    PostgresqlServer& server = PostgresqlServer::get();
    PostgresqlPlace place;
    exec::Context ctx;
    std::unique_ptr<ports::Metadb> db;
};

TEST_F(PostgresqlTest, ConnectionsThatDiedMeanwhileAreReplaced) {
    ASSERT_TRUE(insert(1));
    ASSERT_TRUE(ids());
    EXPECT_EQ(server.tell("stop"), "stopped");
    server.tell("start");
    // At once, both: nothing shows that there was something.
    EXPECT_EQ(*ids(), std::vector<std::int64_t>{1});
    ASSERT_TRUE(insert(2));
    EXPECT_EQ(server.tell("kill"), "killed");
    server.tell("start");
    ASSERT_TRUE(insert(3));
    EXPECT_EQ(*ids(), (std::vector<std::int64_t>{1, 2, 3}));
}

/// What a thread that writes was told.
struct Told {
    std::vector<std::int64_t> done;
    std::vector<Error> failed;
};

TEST_F(PostgresqlTest, ARestartInTheMiddleOfWritesLosesNothing) {
    std::vector<Told> told(4);
    std::latch under_way(static_cast<std::ptrdiff_t>(told.size()));
    std::stop_source stop;
    const auto write_on = [&](Told& own, std::int64_t id) {
        for (int i = 0; !stop.stop_requested(); ++i, ++id) {
            if (auto written = insert(id))
                own.done.push_back(id);
            else
                own.failed.push_back(std::move(written).error());
            if (i == 50) under_way.count_down();
        }
    };
    {
        std::vector<std::jthread> threads;
        for (std::size_t t = 0; t < told.size(); ++t)
            threads.emplace_back([&, t] { write_on(told[t], static_cast<std::int64_t>(t) << 32); });
        under_way.wait();
        for (const char* how : {"kill", "stop", "kill"}) {
            server.tell(how);
            server.tell("start");
            // Until the writes have come back.
            std::int64_t id = -1;
            while (!insert(id)) --id;
            EXPECT_TRUE(db->write(ctx, [](Session& session) -> Result<void> {
                TRY(session.execute(Sql("DELETE FROM samples WHERE id < 0")));
                return {};
            }));
        }
        stop.request_stop();
    }
    const auto stored = ids();
    ASSERT_TRUE(stored) << stored.error().describe();
    std::size_t unknown = 0;
    for (const Told& own : told) {
        EXPECT_GT(own.done.size(), 50U);
        for (const std::int64_t id : own.done)
            EXPECT_TRUE(std::ranges::binary_search(*stored, id)) << id;
        for (const Error& error : own.failed) {
            EXPECT_EQ(error.code(), Errc::Unavailable) << error.describe();
            EXPECT_FALSE(error.hint().empty());
            unknown += error.field("outcome") == "unknown" ? 1 : 0;
        }
    }
    const auto done =
        std::accumulate(told.begin(), told.end(), std::size_t{0},
                        [](std::size_t sum, const Told& own) { return sum + own.done.size(); });
    // What nobody was told of may be there only where the outcome was said to be unknown.
    EXPECT_LE(stored->size(), done + unknown);
}

TEST_F(PostgresqlTest, SaysThatTheServerIsAway) {
    server.tell("stop");
    const exec::ManualClock clock{Time()};
    const auto soon = ctx.with_timeout(std::chrono::milliseconds(300));
    const auto opened = open_postgresql(ctx, place.address(), {.clock = clock});
    const auto read = db->version(ctx);
    const auto written = db->write(soon, [](Session&) -> Result<void> { return {}; });
    server.tell("start");
    ASSERT_FALSE(opened);
    ASSERT_FALSE(read);
    for (const Error& error : {opened.error(), read.error()}) {
        EXPECT_EQ(error.code(), Errc::Unavailable);
        EXPECT_EQ(error.field("database"), place.address().name);
        EXPECT_FALSE(error.hint().empty());
    }
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code(), Errc::Cancelled);
    ASSERT_TRUE(db->version(ctx));
}

TEST_F(PostgresqlTest, NeverShowsThePassword) {
    const exec::ManualClock clock{Time()};
    const std::string url = server.url(place.name());
    const std::string& password = server.password();
    std::string wrong = url;
    wrong.replace(wrong.find(password), password.size(), "dont-tell");
    std::string unreadable = url;
    unreadable.replace(unreadable.find(password), password.size(), "dont-tell%zz");
    for (const std::string& each : {wrong, unreadable, wrong + "&nonsense=dont-tell",
                                    std::string("postgresql://me:dont-tell@[::1/x"),
                                    std::string("postgresql://me:dont-tell@host:99999999/x")}) {
        const auto opened = open_postgresql(ctx, *parse_address(each), {.clock = clock});
        ASSERT_FALSE(opened);
        EXPECT_FALSE(opened.error().describe().contains("dont-tell")) << opened.error().describe();
        EXPECT_FALSE(opened.error().hint().contains("dont-tell"));
        EXPECT_FALSE(opened.error().hint().empty());
    }
}

TEST_F(PostgresqlTest, RefusesADatabaseThatIsNotUtf8) {
    PostgresqlPlace latin(" ENCODING 'LATIN1' LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0");
    const auto opened = latin.open(kSampleTables);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code(), Errc::Invalid);
    EXPECT_EQ(opened.error().field("encoding"), "LATIN1");
}

TEST_F(PostgresqlTest, AStatementThatCopiesIsRefused) {
    const auto done = db->write(ctx, [](Session& session) -> Result<void> {
        TRY(session.execute(Sql("COPY samples FROM STDIN")));
        return {};
    });
    ASSERT_FALSE(done);
    ASSERT_TRUE(insert(1));
}

TEST_F(PostgresqlTest, ALostAnswerOfACommitIsSaidToBeUnknown) {
    // Ends its own connection in the middle of COMMIT.
    ASSERT_TRUE(db->write(ctx, [](Session& session) -> Result<void> {
        TRY(
            session.execute(Sql("CREATE FUNCTION leave() RETURNS trigger LANGUAGE plpgsql AS "
                                "'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); "
                                "RETURN NULL; END'")));
        TRY(session.execute(
            Sql("CREATE CONSTRAINT TRIGGER leaving AFTER INSERT ON parts DEFERRABLE "
                "INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION leave()")));
        TRY(session.execute(Sql("INSERT INTO samples (id) VALUES (1)")));
        return {};
    }));
    int runs = 0;
    const auto done = db->write(ctx, [&](Session& session) -> Result<void> {
        ++runs;
        TRY(session.execute(Sql("INSERT INTO parts (sample, place, note) VALUES (1, 1, 'x')")));
        return {};
    });
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code(), Errc::Unavailable);
    EXPECT_EQ(done.error().field("outcome"), "unknown") << done.error().describe();
    EXPECT_EQ(runs, 1);
    ASSERT_TRUE(insert(2));
}

TEST_F(PostgresqlTest, ACollisionIsRepeatedAndThenForgotten) {
    int runs = 0;
    const auto done = db->write(ctx, [&](Session& session) -> Result<void> {
        if (++runs == 1)
            TRY(session.execute(Sql("DO 'BEGIN RAISE EXCEPTION USING ERRCODE = 40001; END'")));
        return Failure(Error(Errc::Denied, "no"));
    });
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code(), Errc::Denied) << done.error().describe();
    EXPECT_EQ(runs, 2);
}

TEST_F(PostgresqlTest, HoldsTheShardsOfAnInstance) {
    PostgresqlPlace first;
    PostgresqlPlace second;
    const exec::ManualClock clock{Time()};
    PostgresqlPlace global;
    const auto all =
        open_metadbs(ctx, {.url = server.url(global.name()),
                           .shard_urls = {server.url(first.name()), server.url(second.name())},
                           .clock = clock});
    ASSERT_TRUE(all) << all.error().describe();
    ASSERT_EQ((*all)->all().size(), 3U);
    for (ports::Metadb* database : (*all)->all()) ASSERT_TRUE(database->migrate(ctx));
    EXPECT_EQ(&(*all)->of(7), (*all)->all()[1]);
    EXPECT_EQ(&(*all)->of(8), (*all)->all()[2]);
    std::vector<std::string> names;
    ASSERT_TRUE((*all)->global().read(ctx, [&](Session& session) -> Result<void> {
        TRY_LET(found, session.all(Sql("SELECT DISTINCT database FROM shard_map ORDER BY database"),
                                   [](const SqlRow& row) { return std::string(row.text(0)); }));
        names = std::move(found);
        return {};
    }));
    EXPECT_EQ(names, (std::vector{first.address().name, second.address().name}));
    for (const std::string& name : names) EXPECT_FALSE(name.contains(server.password()));
}

TEST_F(PostgresqlTest, MoreReadersThanConnectionsTakeTurns) {
    const exec::ManualClock clock{Time()};
    const auto narrow = open_postgresql(ctx, place.address(), {.clock = clock, .readers = 2});
    ASSERT_TRUE(narrow);
    std::vector<std::jthread> threads;
    for (int t = 0; t < 8; ++t)
        threads.emplace_back([&] {
            for (int i = 0; i < 20; ++i) EXPECT_TRUE((*narrow)->version(exec::Context()));
        });
}

TEST(WholeNumericTest, KnowsWhatFits) {
    using postgresql::whole_numeric;
    const auto encoded = [](std::vector<int> words) {
        std::string bytes;
        for (const int word : words) {
            bytes += static_cast<char>(word >> 8);
            bytes += static_cast<char>(word);
        }
        return bytes;
    };
    // count, weight, sign, digits shown; digits
    EXPECT_EQ(whole_numeric(encoded({0, 0, 0, 0})), 0);
    EXPECT_EQ(whole_numeric(encoded({1, 0, 0, 0, 7})), 7);
    EXPECT_EQ(whole_numeric(encoded({1, 1, 0x4000, 0, 3})), -30'000);
    EXPECT_EQ(whole_numeric(encoded({5, 4, 0, 0, 922, 3372, 368, 5477, 5807})),
              std::numeric_limits<std::int64_t>::max());
    EXPECT_EQ(whole_numeric(encoded({5, 4, 0x4000, 0, 922, 3372, 368, 5477, 5808})),
              std::numeric_limits<std::int64_t>::min());
    EXPECT_EQ(whole_numeric(encoded({5, 4, 0, 0, 922, 3372, 368, 5477, 5808})), std::nullopt);
    EXPECT_EQ(whole_numeric(encoded({1, 30'000, 0, 0, 1})), std::nullopt);
    EXPECT_EQ(whole_numeric(encoded({1, -1, 0, 1, 5000})), std::nullopt);
    EXPECT_EQ(whole_numeric(encoded({0, 0, 0xC000, 0})), std::nullopt);
    EXPECT_EQ(whole_numeric(""), std::nullopt);
}

}  // namespace
}  // namespace forgehouse::metadb
