#include "metadb/writer_queue.h"

#include <gtest/gtest.h>

#include <latch>
#include <map>
#include <set>

namespace forgehouse::metadb {
namespace {

/// Keeps numbers, and fails as it is told. Its works are known by the number that they add.
class FakeTransactions final : public Transactions {
public:
    Result<void> begin(const exec::Context& ctx) override {
        TRY(ctx.check());
        ++begins;
        if (away) return Failure(Error(Errc::Unavailable, "away"));
        standing_ = Standing::Open;
        return {};
    }
    Result<void> run(const exec::Context& ctx, const ports::Metadb::Work& work) override {
        TRY(ctx.check());
        static Silent session;
        TRY(work(session));
        const int number = *current;
        if (breaks.contains(number)) {
            standing_ = breaks[number];
            away = leaves;
            if (standing_ == Standing::Repeat && --repeats == 0) breaks.erase(number);
            return Failure(Error(Errc::Unavailable, "broken"));
        }
        pending.push_back(number);
        return {};
    }
    Result<void> commit() override {
        if (commit_error) {
            if (commit_error->field("outcome").empty()) standing_ = Standing::Lost;
            return Failure(Error(*commit_error));
        }
        groups.push_back(pending.size());
        kept.insert(pending.begin(), pending.end());
        pending.clear();
        return {};
    }
    void rollback() override { pending.clear(); }
    Result<void> mark() override {
        marks.push_back(pending.size());
        return {};
    }
    Result<void> keep() override { return {}; }
    Result<void> undo() override {
        pending.resize(marks.back());
        return {};
    }
    Standing standing() const override { return standing_; }

    std::map<int, Standing> breaks;
    int repeats = 1;
    std::optional<Error> commit_error;
    std::optional<int> current;
    int begins = 0;
    bool leaves = false;  ///< where it breaks, the database is away from then on
    bool away = false;
    std::vector<int> pending;
    std::vector<std::size_t> marks;
    std::vector<std::size_t> groups;
    std::set<int> kept;

private:
    class Silent final : public ports::Session {
        Result<void> query(const ports::Sql&, const TakeRow&) override { return {}; }
        Result<std::uint64_t> execute(const ports::Sql&) override { return 0; }
    };
    Standing standing_ = Standing::Open;
};

class WriterQueueTest : public testing::Test {
protected:
    /// Writes 0 to `count` - 1, all of which wait while another write is under way.
    std::vector<Result<void>> write_together(int count) {
        std::vector<Result<void>> results(static_cast<std::size_t>(count));
        WriterQueue queue(fake, "test");
        std::latch all_here(count + 1);
        std::vector<std::jthread> threads;
        threads.emplace_back([&] {
            (void)queue.write(ctx, [&](ports::Session&) -> Result<void> {
                fake.current = -1;
                all_here.arrive_and_wait();
                return {};
            });
        });
        for (int i = 0; i < count; ++i)
            threads.emplace_back([&, i] {
                all_here.arrive_and_wait();
                results[static_cast<std::size_t>(i)] =
                    queue.write(ctx, [&, i](ports::Session&) -> Result<void> {
                        fake.current = i;
                        return {};
                    });
            });
        threads.clear();
        return results;
    }
    FakeTransactions fake;
    exec::Context ctx;
};

TEST_F(WriterQueueTest, ManyShareACommit) {
    for (const auto& result : write_together(200)) EXPECT_TRUE(result);
    EXPECT_EQ(fake.kept.size(), 201U);
    EXPECT_LE(*std::ranges::max_element(fake.groups), 60U);
}

TEST_F(WriterQueueTest, WhereAGroupBreaksOnlyTheOneToBlameFails) {
    fake.breaks = {{3, Standing::Lost}};
    const auto results = write_together(8);
    for (std::size_t i = 0; i < results.size(); ++i) {
        EXPECT_EQ(results[i].has_value(), i != 3) << i;
        EXPECT_EQ(fake.kept.contains(static_cast<int>(i)), i != 3);
    }
}

TEST_F(WriterQueueTest, AGroupWaitsOnlyOnceForADatabaseThatIsAway) {
    fake.breaks = {{3, Standing::Lost}};
    fake.leaves = true;
    const auto results = write_together(8);
    const auto failures =
        std::ranges::count_if(results, [](const auto& result) { return !result; });
    EXPECT_GE(failures, 1);
    EXPECT_FALSE(results[3]);
    // Each group that was made took one, and the broken one took one more.
    EXPECT_LE(fake.begins, 10);
}

TEST_F(WriterQueueTest, WhatCollidesIsRepeated) {
    fake.breaks = {{3, Standing::Repeat}};
    fake.repeats = 3;
    for (const auto& result : write_together(8)) EXPECT_TRUE(result);
    EXPECT_EQ(fake.kept.size(), 9U);
}

TEST_F(WriterQueueTest, AnUnknownOutcomeIsNotTriedAgain) {
    fake.commit_error = Error(Errc::Unavailable, "lost").with("outcome", "unknown");
    for (const auto& result : write_together(4)) {
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().field("outcome"), "unknown");
    }
    EXPECT_LE(fake.begins, 5);
}

TEST_F(WriterQueueTest, ACommitThatFailsIsTriedForEachAlone) {
    fake.commit_error = Error(Errc::Unavailable, "full");
    for (const auto& result : write_together(4)) {
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().text(), "full");
    }
    EXPECT_TRUE(fake.kept.empty());
}

TEST_F(WriterQueueTest, AWorkThatFailedIsNotCommitted) {
    WriterQueue queue(fake, "test");
    const auto done = queue.write(
        ctx, [](ports::Session&) -> Result<void> { return Failure(Error(Errc::Denied, "no")); });
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code(), Errc::Denied);
    EXPECT_TRUE(fake.groups.empty());
}

}  // namespace
}  // namespace forgehouse::metadb
