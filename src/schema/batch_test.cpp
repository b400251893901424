#include "schema/batch.h"

#include <gtest/gtest.h>

#include "schema/git_commit_files.h"

namespace forgehouse::schema {
namespace {

TEST(Batch, LaysColumnsOutAsNativeDoes) {
    Batch batch(git_commit_files.info());
    batch.append(git_commit_files, GitCommitFile{.data_source = {"insight_git"},
                                                 .project_key = "p",
                                                 .repo_slug = "r",
                                                 .commit_hash = "c",
                                                 .file_path = std::string(130, 'x'),
                                                 .committed_on = Time::from_ms(-1),
                                                 .old_path = std::nullopt,
                                                 .change_type = ChangeType::Renamed,
                                                 .file_extension = {""},
                                                 .language = {""},
                                                 .lines_added = 258,
                                                 .lines_removed = 0,
                                                 .is_binary = true,
                                                 .blob_hash = "",
                                                 .diff_hash = "",
                                                 .collected_at = Time(),
                                                 ._version = 1,
                                                 .is_deleted = 0});
    const auto column = [&](std::string_view name) -> const ColumnData& {
        return batch.column(batch.table().index_of(name));
    };
    EXPECT_EQ(batch.rows(), 1u);
    EXPECT_EQ(column("change_type").values, "\x07RENAMED");
    EXPECT_EQ(column("file_path").values.substr(0, 3), "\x82\x01x");
    EXPECT_EQ(column("lines_added").values, std::string("\x02\x01\0\0", 4));
    EXPECT_EQ(column("committed_on").values, std::string(8, '\xFF'));
    EXPECT_EQ(column("old_path").nulls, "\x01");
    EXPECT_EQ(column("old_path").values, std::string(1, '\0'));
    batch.clear();
    EXPECT_TRUE(batch.empty());
    EXPECT_EQ(batch.bytes(), 0u);
}

}  // namespace
}  // namespace forgehouse::schema
