#include "schema/batch_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schema/rows_text.h"
#include "schema/testing_rows.h"

namespace forgehouse::schema {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Batch two_commits() {
    Batch batch(git_commits.info());
    batch.append(git_commits, sample_commit());
    GitCommit second = sample_commit();
    second.commit_hash = std::string(300, 'a');
    second.parents = {"5f2c", ""};
    second.patch_id = "p";
    second.is_merge_commit = true;
    batch.append(git_commits, second);
    return batch;
}

TEST(BatchReader, ReadsBackWhatWasAppended) {
    const Batch batch = two_commits();
    const auto reader = BatchReader::open(batch);
    ASSERT_TRUE(reader) << reader.error().describe();
    const BatchReader& rows = *reader;
    EXPECT_EQ(rows.rows(), 2u);
    EXPECT_EQ(rows["commit_hash"].text(0), "5f2c");
    EXPECT_EQ(rows["commit_hash"].text(1), std::string(300, 'a'));
    EXPECT_EQ(rows["branch"].text(1), "main");
    EXPECT_EQ(rows["date"].time(1), Time::from_ms(-1));
    EXPECT_EQ(rows["lines_added"].count(1), 70'000u);
    EXPECT_EQ(rows["_version"].count(0), 1'700'000'001'000u);
    EXPECT_TRUE(rows["is_merge_commit"].flag(1));
    EXPECT_THAT(rows["co_authors"].texts(0), ElementsAre("Bo <bo@example.org>", "caf\xE9"));
    EXPECT_THAT(rows["parents"].texts(0), IsEmpty());
    EXPECT_THAT(rows["parents"].texts(1), ElementsAre("5f2c", ""));
    EXPECT_TRUE(rows["patch_id"].is_null(0));
    EXPECT_EQ(rows["patch_id"].text(0), "");
    EXPECT_EQ(rows["patch_id"].text(1), "p");
    EXPECT_FALSE(rows["commit_hash"].is_null(0));
}

TEST(BatchReader, AnEmptyBatchHasNoRows) {
    const auto reader = BatchReader::open(Batch(git_commits.info()));
    ASSERT_TRUE(reader);
    EXPECT_EQ(reader->rows(), 0u);
}

struct Damage {
    const char* what;
    Type type;
    bool nullable;
    std::size_t rows;
    ColumnData data;
};

class DamagedColumn : public testing::TestWithParam<Damage> {};

TEST_P(DamagedColumn, IsRefused) {
    const Damage& damage = GetParam();
    const ColumnInfo info{
        .name = "c", .doc = "", .type = damage.type, .nullable = damage.nullable, .words = {}};
    const auto view = ColumnView::open(info, damage.data, damage.rows);
    ASSERT_FALSE(view) << damage.what;
    EXPECT_EQ(view.error().code(), Errc::Corrupt);
    EXPECT_EQ(view.error().field("column"), "c");
}

std::string u64(std::uint64_t value) {
    return {reinterpret_cast<const char*>(&value), sizeof value};
}

INSTANTIATE_TEST_SUITE_P(
    All, DamagedColumn,
    testing::Values(
        Damage{"a value is missing", Type::UInt32, false, 2, {"", "", "1234"}},
        Damage{"half a value", Type::UInt32, false, 1, {"", "", "123456"}},
        Damage{"no null map", Type::Bool, true, 1, {"", "", "1"}},
        Damage{"a null map too many", Type::Bool, false, 1, {std::string(1, '\0'), "", "1"}},
        Damage{"a text is cut off", Type::Text, false, 1, {"", "", "\x05hell"}},
        Damage{"bytes are left", Type::Text, false, 1, {"", "", "\x01hh"}},
        Damage{"a length is cut off", Type::Text, false, 1, {"", "", "\x85"}},
        Damage{"a length never ends", Type::Text, false, 1, {"", "", std::string(11, '\xFF')}},
        Damage{"texts are missing", Type::Word, false, 9, {"", "", std::string("\0", 1)}},
        Damage{"no ends", Type::TextList, false, 1, {"", "", ""}},
        Damage{"ends go back", Type::TextList, false, 2, {"", u64(2) + u64(1), "\x01x\x01y"}},
        Damage{"a lying count", Type::TextList, false, 1, {"", u64(1ULL << 60), "\x01x"}}),
    [](const auto& info) {
        std::string name = info.param.what;
        std::ranges::replace(name, ' ', '_');
        return name;
    });

TEST(RowsText, ShowsEveryValueOnce) {
    const auto text = to_json_lines(two_commits());
    ASSERT_TRUE(text);
    const std::string first = text->substr(0, text->find('\n'));
    EXPECT_EQ(
        first,
        R"({"data_source":"insight_git","project_key":"example.org/team","repo_slug":"app",)"
        R"("commit_hash":"5f2c","branch":"main","is_reachable":true,"is_in_default_branch":false,)"
        R"("author_name":"Ada","author_email":"ada@example.org","author_login":null,)"
        R"("co_authors":["Bo <bo@example.org>","caf\udce9"],"committer_name":"Ada",)"
        R"("committer_email":null,"message":"Say \"hi\"\n\nna)"
        "\xC3\xAF"
        R"(ve \udcff\udcc3","date":"1969-12-31T23:59:59.999Z",)"
        R"("committed_on":"2023-11-14T22:13:20.000Z","parents":[],"files_changed":3,)"
        R"("lines_added":70000,"lines_removed":null,"is_merge_commit":false,"patch_id":null,)"
        R"("language_breakdown":{"C++":{"added":70000}},"metadata":"not json",)"
        R"("collected_at":"2023-11-14T22:13:21.000Z","_version":1700000001000,"is_deleted":0})");
    EXPECT_EQ(std::ranges::count(*text, '\n'), 2);
}

}  // namespace
}  // namespace forgehouse::schema
