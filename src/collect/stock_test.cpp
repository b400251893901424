#include "collect/stock.h"

#include <gtest/gtest.h>

#include "collect/archive/zstd.h"
#include "schema/git_tags.h"
#include "support/forge_collecting.h"

namespace forgehouse::collect {
namespace {

using namespace std::chrono_literals;
using testing_support::FailingWarehouse;

class StockTest : public testing_support::ForgeCollecting {
protected:
    static schema::GitTag tag(std::string slug, std::string name) {
        schema::GitTag row{};
        row.data_source = {"d"};
        row.project_key = "P";
        row.repo_slug = std::move(slug);
        row.tag_name = std::move(name);
        row._version = 1;
        return row;
    }
    void store(std::initializer_list<schema::GitTag> tags) {
        schema::Batch batch(schema::git_tags.info());
        for (const schema::GitTag& one : tags) batch.append(schema::git_tags, one);
        ASSERT_TRUE(warehouse.insert(ctx, batch, std::to_string(++inserts_)));
    }
    static sources::RepoRef repo_of(std::string slug) {
        return {.data_source = "d", .project_key = "P", .repo_slug = std::move(slug)};
    }
    Stock take(std::set<sources::RepoRef> repositories) {
        auto stock = Stock::take(ctx, deps_on(warehouse, place), "d", std::move(repositories));
        if (!stock) ADD_FAILURE() << stock.error().describe();
        return stock ? std::move(*stock) : Stock();
    }
    void keep(Stock stock, const std::set<sources::RepoRef>& touched) {
        EXPECT_TRUE(stock.keep(ctx, deps_on(warehouse, place), touched));
    }

    /// The last counting took two seconds, just now.
    void slow_counting() {
        const std::string key = "stock/d.json.zst";
        const auto object = place.checkpoints->get(ctx, key);
        ASSERT_TRUE(object);
        std::string text = *unpack_whole(object->bytes);
        const auto from = text.find("\"counted_ms\":"), to = text.find("\"repositories\"");
        ASSERT_NE(from, text.npos);
        text.replace(from, to - from,
                     "\"counted_ms\":" + std::to_string(clock.now().ms()) + ",\"took_ms\":2000,");
        Packer packer;
        packer.add(text);
        ASSERT_TRUE(place.checkpoints->put(ctx, key, packer.take()));
    }

    const sources::RepoRef one_ = repo_of("one"), two_ = repo_of("two");

private:
    int inserts_ = 0;
};

TEST_F(StockTest, KnowsWhatIsGone) {
    store({tag("one", "a"), tag("one", "b"), tag("two", "c")});
    keep(take({one_, two_}), {one_, two_});
    Stock unchanged = take({one_, two_});
    EXPECT_TRUE(unchanged.lost(one_).empty());
    EXPECT_EQ(unchanged.before(one_, "git_tags"), 2U);
    keep(std::move(unchanged), {});

    warehouse.lose("git_tags");
    store({tag("one", "a")});
    const Stock stock = take({one_, two_});
    EXPECT_EQ(stock.lost(one_), (StockCounts{{"git_tags", 1}}));
    EXPECT_EQ(stock.lost(two_), (StockCounts{{"git_tags", 1}}));
    EXPECT_TRUE(mending_of(stock.lost(one_)).history);
    EXPECT_FALSE(mending_of(stock.lost(one_)).pull_requests);
    EXPECT_EQ(findings_of(stock, one_).size(), 1U);
}

TEST_F(StockTest, IsThereAfterAKilledRunToo) {
    store({tag("one", "a"), tag("two", "b")});
    keep(take({one_, two_}), {one_, two_});
    take({one_});
    warehouse.lose("git_tags");
    EXPECT_FALSE(take({one_, two_}).lost(one_).empty());
}

TEST_F(StockTest, CountsWhatWasNeverCountedThoughNothingTouchedIt) {
    store({tag("one", "a"), tag("two", "b")});
    keep(take({one_, two_}), {});
    warehouse.lose("git_tags");
    EXPECT_FALSE(take({one_, two_}).lost(two_).empty());
}

TEST_F(StockTest, LearnsNoLossWhileItIsTooEarlyToCount) {
    store({tag("one", "a"), tag("one", "b")});
    keep(take({one_}), {one_});
    slow_counting();
    warehouse.lose("git_tags");
    store({tag("one", "a")});
    Stock early = take({one_});
    EXPECT_TRUE(early.lost(one_).empty());
    keep(std::move(early), {one_});
    clock.advance(300s);
    EXPECT_EQ(take({one_}).lost(one_), (StockCounts{{"git_tags", 1}}));
}

TEST_F(StockTest, KnowsWhatIsGoneUntilItIsMended) {
    store({tag("one", "a")});
    keep(take({one_}), {one_});
    warehouse.lose("git_tags");
    EXPECT_FALSE(take({one_}).lost(one_).empty());
    Stock again = take({one_});
    EXPECT_FALSE(again.lost(one_).empty()) << "the run that saw it first was killed";
    const auto report = [&](Outcome outcome) {
        return RepoReport{
            .repo = one_, .outcome = outcome, .error = std::nullopt, .counts = {}, .took = {}};
    };
    collect::keep(deps_on(warehouse, place), again, {report(Outcome::Failed)});
    again = take({one_});
    EXPECT_FALSE(again.lost(one_).empty());
    collect::keep(deps_on(warehouse, place), again, {report(Outcome::Collected)});
    EXPECT_TRUE(take({one_}).lost(one_).empty());
}

TEST_F(StockTest, TakesADamagedRecordForNone) {
    store({tag("one", "a")});
    keep(take({one_}), {one_});
    ASSERT_TRUE(place.checkpoints->put(ctx, "stock/d.json.zst", "no frame"));
    warehouse.lose("git_tags");
    EXPECT_TRUE(take({one_}).lost(one_).empty());
}

}  // namespace
}  // namespace forgehouse::collect
