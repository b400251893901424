// Snapshots, transactions, groups of them, and Contexts. Included by metadb_conformance.h.
#pragma once

#include <latch>
#include <thread>

#include "conformance/metadb/metadb_conformance.h"

namespace forgehouse::conformance {

TEST_P(MetadbConformance, UndoesWhatAFailedWorkDid) {
    const auto done = db->write(ctx, [&](Session& session) -> Result<void> {
        TRY(session.execute(Sql("INSERT INTO samples (id) VALUES (1)")));
        return Failure(Error(Errc::NotFound, "no"));
    });
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().text(), "no");
    EXPECT_EQ(count(), 0);
}

TEST_P(MetadbConformance, AFailedStatementEndsItsTransaction) {
    ASSERT_TRUE(insert(1, "a"));
    const auto done = db->write(ctx, [&](Session& session) -> Result<void> {
        TRY(session.execute(Sql("INSERT INTO samples (id) VALUES (2)")));
        EXPECT_FALSE(session.execute(Sql("INSERT INTO samples (id) VALUES (1)")));
        EXPECT_FALSE(session.execute(Sql("INSERT INTO samples (id) VALUES (3)")));
        return {};
    });
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code(), Errc::Conflict);
    EXPECT_EQ(count(), 1);
}

TEST_P(MetadbConformance, ReadsDoNotWrite) {
    const auto done = db->read(ctx, [&](Session& session) -> Result<void> {
        const auto executed = session.execute(Sql("INSERT INTO samples (id) VALUES (1)"));
        EXPECT_FALSE(executed);
        if (!executed) EXPECT_EQ(executed.error().code(), Errc::Invalid);
        return session.query(Sql("INSERT INTO samples (id) VALUES (2) RETURNING id"),
                             [](const SqlRow&) -> Result<void> { return {}; });
    });
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code(), Errc::Invalid) << done.error().describe();
    EXPECT_EQ(count(), 0);
}

TEST_P(MetadbConformance, AReadSeesOneMomentWhileWritesGoOn) {
    ASSERT_TRUE(insert(1, "a"));
    const auto done = db->read(ctx, [&](Session& session) -> Result<void> {
        const Sql sql("SELECT count(*) FROM samples");
        const auto make = [](const SqlRow& row) { return row.integer(0); };
        TRY_LET(before, session.first(sql, make));
        EXPECT_EQ(before, 1);
        // Durable and seen by others, while this one holds its moment.
        EXPECT_TRUE(insert(2, "b"));
        EXPECT_EQ(count(), 2);
        TRY_LET(after, session.first(sql, make));
        EXPECT_EQ(after, 1);
        return {};
    });
    ASSERT_TRUE(done) << done.error().describe();
}

TEST_P(MetadbConformance, AReadDoesNotWaitForAWriter) {
    ASSERT_TRUE(insert(1, "a"));
    std::latch writing(1);
    std::latch read(1);
    std::jthread writer([&] {
        EXPECT_TRUE(db->write(exec::Context(), [&](Session& session) -> Result<void> {
            TRY(session.execute(Sql("UPDATE samples SET size = 9")));
            writing.count_down();
            read.wait();
            return {};
        }));
    });
    writing.wait();
    EXPECT_EQ(*number(Sql("SELECT size FROM samples")), 0);
    read.count_down();
    writer.join();
    EXPECT_EQ(*number(Sql("SELECT size FROM samples")), 9);
}

TEST_P(MetadbConformance, OneOfAGroupFailsAlone) {
    // The first holds the writer until the others wait, and so they become one group.
    constexpr int kJobs = 20;
    std::latch all_here(kJobs + 1);
    std::vector<Result<void>> results(kJobs);
    {
        std::vector<std::jthread> threads;
        threads.emplace_back([&] {
            EXPECT_TRUE(db->write(ctx, [&](Session&) -> Result<void> {
                all_here.arrive_and_wait();
                return {};
            }));
        });
        for (int i = 0; i < kJobs; ++i)
            threads.emplace_back([&, i] {
                all_here.arrive_and_wait();
                results[static_cast<std::size_t>(i)] =
                    db->write(ctx, [&](Session& session) -> Result<void> {
                        TRY(session.execute(Sql("INSERT INTO samples (id) VALUES ($1)", {i})));
                        if (i % 5 == 1)
                            TRY(session.execute(Sql("INSERT INTO samples (id) VALUES ($1)", {i})));
                        if (i % 5 == 2) return Failure(Error(Errc::Denied, "not this one"));
                        return {};
                    });
            });
    }
    for (int i = 0; i < kJobs; ++i) {
        const auto& result = results[static_cast<std::size_t>(i)];
        EXPECT_EQ(result.has_value(), i % 5 != 1 && i % 5 != 2) << i;
        if (!result) EXPECT_EQ(result.error().code(), i % 5 == 1 ? Errc::Conflict : Errc::Denied);
        EXPECT_EQ(*number(Sql("SELECT count(*) FROM samples WHERE id = $1", {i})), result ? 1 : 0);
    }
}

TEST_P(MetadbConformance, ManyThreadsLoseNothing) {
    ASSERT_TRUE(write(Sql("INSERT INTO samples (id, size) VALUES (0, 0)")));
    constexpr int kThreads = 8;
    constexpr int kEach = 25;
    {
        std::vector<std::jthread> threads;
        for (int t = 0; t < kThreads; ++t)
            threads.emplace_back([&] {
                for (int i = 0; i < kEach; ++i) {
                    // Reads, then writes what it made of it.
                    const auto done = db->write(ctx, [&](Session& session) -> Result<void> {
                        TRY_LET(size,
                                session.first(Sql("SELECT size FROM samples WHERE id = 0"),
                                              [](const SqlRow& row) { return row.integer(0); }));
                        TRY(session.execute(
                            Sql("UPDATE samples SET size = $1 WHERE id = 0", {*size + 1})));
                        return {};
                    });
                    EXPECT_TRUE(done) << done.error().describe();
                    EXPECT_TRUE(number(Sql("SELECT size FROM samples WHERE id = $1", {0})));
                }
            });
    }
    EXPECT_EQ(*number(Sql("SELECT size FROM samples WHERE id = 0")), kThreads * kEach);
}

TEST_P(MetadbConformance, TwoOnOneDatabaseLoseNothing) {
    ASSERT_TRUE(write(Sql("INSERT INTO samples (id, size) VALUES (0, 0)")));
    auto other = place->open(kSampleTables);
    ASSERT_TRUE(other);
    {
        std::vector<std::jthread> threads;
        for (ports::Metadb* each : {db.get(), other->get(), db.get(), other->get()})
            threads.emplace_back([&, each] {
                for (int i = 0; i < 20; ++i) {
                    const auto done = each->write(ctx, [&](Session& session) -> Result<void> {
                        TRY_LET(size,
                                session.first(Sql("SELECT size FROM samples WHERE id = 0"),
                                              [](const SqlRow& row) { return row.integer(0); }));
                        TRY(session.execute(
                            Sql("UPDATE samples SET size = $1 WHERE id = 0", {*size + 1})));
                        return {};
                    });
                    EXPECT_TRUE(done) << done.error().describe();
                }
            });
    }
    EXPECT_EQ(*number(Sql("SELECT size FROM samples WHERE id = 0")), 80);
}

TEST_P(MetadbConformance, TwoThatCrossEachOtherBothArrive) {
    for (int id = 1; id <= 2; ++id)
        ASSERT_TRUE(write(Sql("INSERT INTO samples (id) VALUES ($1)", {id})));
    auto other = place->open(kSampleTables);
    ASSERT_TRUE(other);
    {
        std::vector<std::jthread> threads;
        for (const int first : {1, 2})
            threads.emplace_back([&, first] {
                ports::Metadb& own = first == 1 ? *db : **other;
                for (int i = 0; i < 20; ++i) {
                    const auto done = own.write(ctx, [&](Session& session) -> Result<void> {
                        for (const int id : {first, 3 - first})
                            TRY(session.execute(
                                Sql("UPDATE samples SET size = size + 1 WHERE id = $1", {id})));
                        return {};
                    });
                    EXPECT_TRUE(done) << done.error().describe();
                }
            });
    }
    EXPECT_EQ(*number(Sql("SELECT sum(size) FROM samples")), 80);
}

TEST_P(MetadbConformance, AContextEndsALongStatement) {
    const Sql endless(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
        "SELECT count(*) FROM n");
    const auto soon = ctx.with_timeout(std::chrono::milliseconds(50));
    const ports::Metadb::Work work = [&](Session& session) {
        return session.query(endless, [](const SqlRow&) -> Result<void> { return {}; });
    };
    const auto read = db->read(soon, work);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code(), Errc::Cancelled) << read.error().describe();
    std::stop_source stop;
    std::latch begun(1);
    std::jthread stopper([&] {
        begun.wait();
        stop.request_stop();
    });
    const auto written =
        db->write(exec::Context(stop.get_token()), [&](Session& session) -> Result<void> {
            TRY(session.execute(Sql("INSERT INTO samples (id) VALUES (1)")));
            begun.count_down();
            return work(session);
        });
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code(), Errc::Cancelled) << written.error().describe();
    EXPECT_EQ(count(), 0);
    ASSERT_TRUE(insert(1, "a"));
}

TEST_P(MetadbConformance, AContextThatHasEndedDoesNothing) {
    std::stop_source stop;
    stop.request_stop();
    const exec::Context ended(stop.get_token());
    const auto never = [](Session&) -> Result<void> {
        ADD_FAILURE() << "ran";
        return {};
    };
    EXPECT_EQ(db->read(ended, never).error().code(), Errc::Cancelled);
    EXPECT_EQ(db->write(ended, never).error().code(), Errc::Cancelled);
    EXPECT_EQ(db->version(ended).error().code(), Errc::Cancelled);
}

TEST_P(MetadbConformance, OneWhoWaitsMayLeaveTheQueue) {
    std::latch writing(1);
    std::latch left(1);
    std::jthread writer([&] {
        EXPECT_TRUE(db->write(exec::Context(), [&](Session&) -> Result<void> {
            writing.count_down();
            left.wait();
            return {};
        }));
    });
    writing.wait();
    const auto done =
        db->write(ctx.with_timeout(std::chrono::milliseconds(5)), [](Session&) -> Result<void> {
            ADD_FAILURE() << "ran";
            return {};
        });
    left.count_down();
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code(), Errc::Cancelled);
}

}  // namespace forgehouse::conformance
