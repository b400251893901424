#include "collect/archive/archive.h"

#include <gtest/gtest.h>

#include "collect/api/ledger.h"
#include "collect/archive_care.h"
#include "objects/local/local_objects.h"
#include "support/git_fixture.h"

namespace forgehouse::collect {
namespace {

class ArchiveTest : public testing::Test {
protected:
    ArchiveTest() {
        auto opened = objects::LocalObjects::open(folder.path() / "archive");
        if (opened) objects = std::move(*opened);
    }
    static sources::Page page(std::string body, std::string item = "7") {
        return {.call = {.stream = sources::Stream::Activities,
                         .repo = {.data_source = "d", .project_key = "~me/x", .repo_slug = "r.1"},
                         .item = std::move(item),
                         .target = "/rest?a=b&c=%20"},
                .body = std::move(body),
                .received = Time::from_ms(1'800'000'000'123),
                .version = 42};
    }
    std::vector<ports::ObjectInfo> parts() {
        return objects->list(ctx, "").value_or(std::vector<ports::ObjectInfo>());
    }

    const testing_support::TemporaryFolder folder;
    std::unique_ptr<ports::Objects> objects;
    exec::ManualClock clock{Time::from_seconds(1'800'000'000)};
    exec::Context ctx;
};

TEST_F(ArchiveTest, WhatWasStoredIsReadAgainToTheByte) {
    const std::string body = "{\"a\":\"\\u00e9 \xc3\xa9 \\\" \\n\",\n\t\"b\":[1, 2.50]}";
    std::string lines;
    append_line(lines, "activities", page(body), "run-1");
    append_line(lines, "activities", page("[]", "8"), "run-1");
    RunArchive archive(*objects, clock, "run-1");
    ASSERT_TRUE(archive.store(ctx, page("").call.repo, "pull_requests", lines));
    ASSERT_TRUE(archive.store(ctx, page("").call.repo, "pull_requests", ""));
    ASSERT_EQ(parts().size(), 1U);
    const auto name = part_name(parts()[0].key);
    ASSERT_TRUE(name) << parts()[0].key;
    EXPECT_EQ(name->project_key, "~me/x");
    EXPECT_EQ(name->repo_slug, "r.1");
    EXPECT_EQ(name->folder, "pull_requests");
    EXPECT_EQ(name->date, "2027-01-15");
    std::vector<ArchivedPage> pages;
    ASSERT_TRUE(read_part(ctx, *objects, parts()[0], [&](ArchivedPage one) -> Result<void> {
        pages.push_back(std::move(one));
        return {};
    }));
    ASSERT_EQ(pages.size(), 2U);
    EXPECT_EQ(pages[0].body, body);
    EXPECT_EQ(pages[0].repo, page("").call.repo);
    EXPECT_EQ(pages[0].target, "/rest?a=b&c=%20");
    EXPECT_EQ(pages[0].received, Time::from_ms(1'800'000'000'123));
    EXPECT_EQ(pages[0].version, 42U);
    EXPECT_EQ(pages[0].run, "run-1");
    EXPECT_EQ(pages[1].item, "8");
}

TEST_F(ArchiveTest, TheWholeForgeHasAPlaceOfItsOwn) {
    std::string lines;
    append_line(lines, "users", page("[]"), "run-1");
    RunArchive archive(*objects, clock, "run-1");
    ASSERT_TRUE(archive.store(ctx, {.data_source = "d", .project_key = {}, .repo_slug = {}},
                              "users", lines));
    ASSERT_EQ(parts().size(), 1U);
    EXPECT_TRUE(parts()[0].key.starts_with("d/@/@/users/2027-01-15/run-1-")) << parts()[0].key;
    EXPECT_EQ(part_name(parts()[0].key)->repo_slug, "");
}

TEST_F(ArchiveTest, TheDaysThatAreOverBecomeOnePart) {
    const sources::RepoRef repo = page("").call.repo;
    const auto store = [&](RunArchive& run, const std::string& item) {
        std::string lines;
        append_line(lines, "activities", page("[]", item), run.run_id());
        ASSERT_TRUE(run.store(ctx, repo, "pull_requests", lines));
    };
    RunArchive early(*objects, clock, "run-1");
    RunArchive late(*objects, clock, "run-2");
    store(early, "1");
    store(early, "2");
    store(late, "3");
    store(late, "4");
    clock.advance(std::chrono::hours(24));
    RunArchive today(*objects, clock, "run-3");
    store(today, "5");
    store(today, "6");
    const auto done = archive_compact(ctx, *objects, folder.path(), {}, "2027-01-16");
    ASSERT_TRUE(done) << done.error().describe();
    EXPECT_EQ(done->parts_before, 4U);
    EXPECT_EQ(done->parts_after, 1U);
    ASSERT_EQ(parts().size(), 3U);
    // The newest run first, and each run's in its order.
    std::string order;
    for (const ports::ObjectInfo& part : parts())
        ASSERT_TRUE(read_part(ctx, *objects, part, [&](const ArchivedPage& one) -> Result<void> {
            order += one.item;
            return {};
        }));
    EXPECT_EQ(order, "341256");
    EXPECT_EQ(archive_compact(ctx, *objects, folder.path(), {}, "2027-01-16")->parts_before, 0U);

    const std::string key = parts()[1].key;
    const std::string bytes = objects->get(ctx, key)->bytes;
    ASSERT_TRUE(objects->put(ctx, key, bytes.substr(0, bytes.size() / 2)));
    ASSERT_TRUE(objects->put(ctx, parts()[2].key, ""));
    EXPECT_EQ(archive_verify(ctx, *objects, {})->faults.size(), 2U);
    const auto damaged = archive_compact(ctx, *objects, folder.path(), {}, "2027-01-17");
    ASSERT_TRUE(damaged);
    ASSERT_EQ(damaged->faults.size(), 1U);
    EXPECT_EQ(damaged->faults[0].key, key);
    EXPECT_EQ(parts().size(), 3U);
}

TEST_F(ArchiveTest, SummaryVerifyAndWipe) {
    std::string lines;
    append_line(lines, "activities", page("[]"), "run-1");
    RunArchive archive(*objects, clock, "run-1");
    for (const std::string slug : {"one", "two"})
        ASSERT_TRUE(archive.store(ctx, {.data_source = "d", .project_key = "P", .repo_slug = slug},
                                  "pull_requests", lines));
    clock.advance(std::chrono::hours(24));
    ASSERT_TRUE(archive.store(ctx, {.data_source = "d", .project_key = "P", .repo_slug = "one"},
                              "pull_requests", lines));
    const auto summary = archive_summary(ctx, *objects, {});
    ASSERT_TRUE(summary);
    ASSERT_EQ(summary->size(), 2U);
    EXPECT_EQ((*summary)[0].parts, 2U);
    EXPECT_EQ((*summary)[0].first_date, "2027-01-15");
    EXPECT_EQ((*summary)[0].last_date, "2027-01-16");
    EXPECT_TRUE(archive_verify(ctx, *objects, {})->faults.empty());
    EXPECT_EQ(archive_verify(ctx, *objects, {})->pages, 3U);

    const std::string key = parts()[0].key;
    const std::string bytes = objects->get(ctx, key)->bytes;
    ASSERT_TRUE(objects->put(ctx, key, bytes.substr(0, bytes.size() - 3)));
    const auto damaged = archive_verify(ctx, *objects, {});
    ASSERT_TRUE(damaged);
    ASSERT_EQ(damaged->faults.size(), 1U);
    EXPECT_EQ(damaged->faults[0].key, key);

    const testing_support::TemporaryFolder data;
    const auto checkpoints = objects::LocalObjects::open(data.path() / "checkpoints");
    ASSERT_TRUE(checkpoints);
    const std::filesystem::path& data_dir = data.path();
    const WipeParts wiping{.archive = *objects, .checkpoints = **checkpoints, .data_dir = data_dir};
    const sources::RepoRef wiped{.data_source = "d", .project_key = "P", .repo_slug = "one"};
    StoredLedger ledger;
    ledger.ledger.read[7] = {};
    ASSERT_TRUE(save_ledger(ctx, **checkpoints, wiped, ledger));
    EXPECT_FALSE(archive_wipe(ctx, wiping, {}, false));
    const ArchivePick one{.data_source = {}, .repositories = {"P/one"}, .date = {}};
    EXPECT_EQ(archive_wipe(ctx, wiping, one, true)->parts, 2U);
    EXPECT_EQ(parts().size(), 3U);
    EXPECT_FALSE(load_ledger(ctx, **checkpoints, wiped)->ledger.read.empty());
    EXPECT_EQ(archive_wipe(ctx, wiping, one, false)->parts, 2U);
    EXPECT_TRUE(load_ledger(ctx, **checkpoints, wiped)->ledger.read.empty());
    EXPECT_EQ(parts().size(), 1U);
}

}  // namespace
}  // namespace forgehouse::collect
