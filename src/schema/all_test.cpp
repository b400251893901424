#include "schema/all.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "schema/git_collection_runs.h"
#include "schema/git_pr_comments.h"
#include "schema/git_pull_requests.h"

namespace forgehouse::schema {
namespace {

using testing::ElementsAre;

TEST(AllTables, StartAndEndWithTheCommonColumns) {
    EXPECT_EQ(all_tables().size(), 24u);
    for (const TableInfo& table : all_tables()) {
        const auto columns = table.columns;
        std::vector<std::string_view> names;
        for (const ColumnInfo& column : columns) names.push_back(column.name);
        EXPECT_THAT(std::vector(names.begin(), names.begin() + 3),
                    ElementsAre("data_source", "project_key", "repo_slug"))
            << table.name;
        EXPECT_THAT(std::vector(names.end() - 3, names.end()),
                    ElementsAre("collected_at", "_version", "is_deleted"))
            << table.name;
        EXPECT_EQ(columns[table.index_of("_version")].type, Type::UInt64);
        EXPECT_EQ(columns[table.index_of("is_deleted")].type, Type::UInt8);
    }
}

TEST(AllTables, NamesAreUniqueAndDocsAreSentences) {
    std::set<std::string_view> tables;
    for (const TableInfo& table : all_tables()) {
        EXPECT_TRUE(tables.insert(table.name).second) << table.name;
        EXPECT_TRUE(table.doc.ends_with('.')) << table.name;
        EXPECT_EQ(find_table(table.name)->columns.data(), table.columns.data());
        std::set<std::string_view> columns;
        for (const ColumnInfo& column : table.columns) {
            EXPECT_TRUE(columns.insert(column.name).second) << table.name << "." << column.name;
            EXPECT_TRUE(column.doc.ends_with('.')) << table.name << "." << column.name;
        }
    }
    EXPECT_EQ(find_table("git_nothing"), nullptr);
}

TEST(AllTables, KeysAreThoseOfTheProject) {
    EXPECT_THAT(find_table("git_projects")->key, ElementsAre("data_source", "project_key"));
    EXPECT_THAT(find_table("git_users")->key, ElementsAre("data_source", "user_uuid"));
    EXPECT_THAT(find_table("git_collection_runs")->key, ElementsAre("data_source", "run_id"));
    for (const TableInfo& table : all_tables())
        if (table.key.size() > 2 && table.key[2] != "repo_slug")
            ADD_FAILURE() << table.name << " belongs to no repository";
}

TEST(Words, AreTheEnumsNamesInOrder) {
    EXPECT_THAT(words_of<PullRequestState>,
                ElementsAre("OPEN", "MERGED", "DECLINED", "SUPERSEDED"));
    EXPECT_THAT(words_of<std::optional<UserType>>, ElementsAre("USER", "BOT", "GHOST"));
    EXPECT_THAT(words_of<CommentStream>, ElementsAre("", "REVIEW", "ISSUE"));
    EXPECT_TRUE(words_of<Word>.empty());
    EXPECT_EQ(name_of(RunStatus::Cancelled), "cancelled");
}

TEST(Words, AreReadBack) {
    EXPECT_EQ(from_word<PullRequestState>("DECLINED"), PullRequestState::Declined);
    EXPECT_EQ(from_word<CommentStream>(""), CommentStream::Single);
    EXPECT_EQ(from_word<PullRequestState>("declined"), std::nullopt);
    EXPECT_EQ(from_word<PullRequestState>(""), std::nullopt);
}

TEST(Described, NamesTheWordsAfterTheDoc) {
    const TableInfo& comments = *find_table("git_pr_comments");
    EXPECT_TRUE(described(comments.columns[comments.index_of("stream")])
                    .ends_with(" One of '', REVIEW or ISSUE."));
    const ColumnInfo& content = comments.columns[comments.index_of("content")];
    EXPECT_EQ(described(content), content.doc);
}

}  // namespace
}  // namespace forgehouse::schema
