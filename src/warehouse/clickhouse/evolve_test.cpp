#include "warehouse/clickhouse/evolve.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schema/all.h"
#include "schema/version.h"
#include "warehouse/clickhouse/views.h"

namespace forgehouse::warehouse::clickhouse {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Everything as plan() itself makes it.
std::vector<Existing> complete(const Layout& layout) {
    std::vector<Existing> out;
    for (const schema::TableInfo& table : schema::all_tables())
        for (const std::string& name : physical_names(table, layout)) {
            Existing existing{.database = layout.database,
                              .name = name,
                              .comment = table_comment(table),
                              .columns = {}};
            for (const schema::ColumnInfo& column : table.columns)
                existing.columns.push_back(
                    {std::string(column.name), stored_type(column), schema::described(column)});
            out.push_back(std::move(existing));
        }
    for (const View& view : all_views())
        out.push_back({.database = std::string(view.database),
                       .name = std::string(view.name),
                       .comment = view_comment(view, layout),
                       .columns = {}});
    return out;
}

Existing& named(std::vector<Existing>& all, std::string_view name) {
    return *std::ranges::find(all, name, &Existing::name);
}

void drop(Existing& table, std::string_view column) {
    std::erase_if(table.columns, [&](const ExistingColumn& c) { return c.name == column; });
}

TEST(Plan, MakesEverythingOnAnEmptyServer) {
    const auto made = plan({}, Layout{});
    ASSERT_TRUE(made);
    EXPECT_EQ(made->prepared.created.size(), schema::all_tables().size() + all_views().size());
    EXPECT_THAT(made->statements.front(), HasSubstr("CREATE TABLE IF NOT EXISTS"));
    EXPECT_THAT(made->prepared.evolved, IsEmpty());
}

TEST(Plan, MakesTheDatabaseFirstWhereItIsNotTheServersOwn) {
    const auto made =
        plan({}, Layout{.database = "a`b", .cluster = "", .partition_by_year = false});
    ASSERT_TRUE(made);
    EXPECT_EQ(made->statements.front(), "CREATE DATABASE IF NOT EXISTS `a\\`b`");
}

TEST(Plan, IsEmptyWhereAllIsThere) {
    for (const char* cluster : {"", "main"}) {
        const Layout layout{.database = "default", .cluster = cluster, .partition_by_year = false};
        const auto made = plan(complete(layout), layout);
        ASSERT_TRUE(made);
        EXPECT_THAT(made->statements, IsEmpty());
        EXPECT_THAT(made->prepared.created, IsEmpty());
    }
}

TEST(Plan, AddsMissingColumnsInTheirPlacesAndThenTheVersion) {
    auto existing = complete(Layout{});
    Existing& commits = named(existing, "git_commits");
    drop(commits, "patch_id");
    drop(commits, "language_breakdown");
    commits.comment = "An older text. (schema 0)";
    const auto made = plan(existing, Layout{});
    ASSERT_TRUE(made);
    EXPECT_THAT(made->prepared.evolved,
                ElementsAre("git_commits.patch_id", "git_commits.language_breakdown"));
    ASSERT_EQ(made->statements.size(), 2u);
    EXPECT_THAT(
        made->statements[0],
        testing::AllOf(testing::StartsWith("ALTER TABLE `default`.`git_commits`\n    ADD "
                                           "COLUMN IF NOT EXISTS `patch_id` "),
                       HasSubstr(" AFTER `is_merge_commit`,\n"), HasSubstr(" AFTER `patch_id`")));
    EXPECT_THAT(made->statements[1], HasSubstr(" (schema 1, definition "));
}

TEST(Plan, RefreshesTheMeaningOfAColumn) {
    auto existing = complete(Layout{});
    named(existing, "git_tags").columns[1].comment = "An older meaning.";
    const auto made = plan(existing, Layout{});
    ASSERT_TRUE(made);
    ASSERT_EQ(made->statements.size(), 1u);
    EXPECT_THAT(
        made->statements[0],
        testing::StartsWith("ALTER TABLE `default`.`git_tags`\n    COMMENT COLUMN IF EXISTS "));
    EXPECT_THAT(made->prepared.evolved, IsEmpty());
}

TEST(IsComplete, TellsByTheCommentsAlone) {
    for (const char* cluster : {"", "main"}) {
        const Layout layout{.database = "default", .cluster = cluster, .partition_by_year = false};
        ports::Answer comments;
        for (const Existing& e : complete(layout))
            comments.rows.push_back({e.database, e.name, e.comment});
        EXPECT_TRUE(is_complete(comments, layout));
        for (const std::size_t at : {std::size_t{0}, comments.rows.size() - 1}) {
            ports::Answer other = comments;
            other.rows[at][2] = "Another text. (schema 1, definition 0)";
            EXPECT_FALSE(is_complete(other, layout));
            other.rows.erase(other.rows.begin() + static_cast<std::ptrdiff_t>(at));
            EXPECT_FALSE(is_complete(other, layout));
        }
    }
    EXPECT_FALSE(is_complete(ports::Answer{}, Layout{}));
}

TEST(SchemaHistory, EndsWithTheSchemaThatIs) {
    EXPECT_EQ(schema::kSchemaHistory.back(), schema_fingerprint())
        << "The tables or views have changed: append this fingerprint to kSchemaHistory in "
           "src/schema/version.h (or replace the last one, where no release has had it).";
}

TEST(Plan, AddsColumnsToBothTablesOfACluster) {
    const Layout layout{.database = "default", .cluster = "main", .partition_by_year = false};
    auto existing = complete(layout);
    drop(named(existing, "git_tags_local"), "message");
    drop(named(existing, "git_tags"), "message");
    const auto made = plan(existing, layout);
    ASSERT_TRUE(made);
    ASSERT_EQ(made->statements.size(), 2u);
    EXPECT_THAT(made->statements[0],
                testing::StartsWith("ALTER TABLE `default`.`git_tags_local` ON CLUSTER `main`"));
    EXPECT_THAT(made->statements[1],
                testing::StartsWith("ALTER TABLE `default`.`git_tags` ON CLUSTER `main`"));
}

TEST(Plan, KeepsColumnsThatItDoesNotKnow) {
    auto existing = complete(Layout{});
    named(existing, "git_users").columns.push_back({"team", "String", ""});
    const auto made = plan(existing, Layout{});
    ASSERT_TRUE(made);
    EXPECT_THAT(made->statements, IsEmpty());
    EXPECT_THAT(made->unknown, ElementsAre("git_users.team"));
}

TEST(Plan, RefusesAColumnOfAnotherType) {
    auto existing = complete(Layout{});
    named(existing, "git_commits").columns[4].type = "UInt8";
    const auto made = plan(existing, Layout{});
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code(), Errc::Invalid);
    EXPECT_EQ(made.error().field("table"), "default.git_commits");
    EXPECT_EQ(made.error().field("column"), "branch");
    EXPECT_EQ(made.error().field("type"), "UInt8");
    EXPECT_EQ(made.error().field("expected"), "LowCardinality(String)");
    EXPECT_THAT(made.error().hint(), HasSubstr("RENAME TABLE default.git_commits"));
}

TEST(Plan, RefusesATableWithoutAKeyColumn) {
    auto existing = complete(Layout{});
    drop(named(existing, "git_commits"), "commit_hash");
    const auto made = plan(existing, Layout{});
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code(), Errc::Invalid);
    EXPECT_EQ(made.error().field("column"), "commit_hash");
}

TEST(Plan, RefusesWhatANewerVersionHasMade) {
    for (const char* name : {"git_coverage", "users"}) {
        auto existing = complete(Layout{});
        named(existing, name).comment = "Whatever. (schema 12)";
        const auto made = plan(existing, Layout{});
        ASSERT_FALSE(made) << name;
        EXPECT_EQ(made.error().code(), Errc::Conflict);
        EXPECT_EQ(made.error().field("theirs"), "12");
        EXPECT_EQ(made.error().field("ours"), std::to_string(schema::kSchemaVersion));
        EXPECT_FALSE(made.error().hint().empty());
    }
}

TEST(Plan, MakesAViewAnewWhereItsDefinitionDiffers) {
    auto existing = complete(Layout{});
    named(existing, "metrics").comment = "definition 0 (schema 1)";
    const auto made = plan(existing, Layout{});
    ASSERT_TRUE(made);
    EXPECT_THAT(made->prepared.evolved, ElementsAre("github_stats.metrics"));
    EXPECT_THAT(made->statements.back(),
                testing::StartsWith("CREATE OR REPLACE VIEW `github_stats`.`metrics` AS"));
}

TEST(Plan, ViewsNameTheLayoutsDatabase) {
    const Layout layout{.database = "team", .cluster = "", .partition_by_year = false};
    for (const View& view : all_views()) {
        EXPECT_THAT(create_view(view, layout),
                    testing::AnyOf(HasSubstr("`team`.git_"), HasSubstr("gitlab.data_sources")));
        EXPECT_NE(view_comment(view, layout), view_comment(view, Layout{}));
    }
}

TEST(ExistingFrom, GroupsColumnsByTable) {
    const ports::Answer answer{.columns = {},
                               .rows = {{"default", "git_a", "A (schema 1)", "x", "String"},
                                        {"default", "git_a", "A (schema 1)", "y", "Bool"},
                                        {"gitlab", "git_a", std::nullopt, "x", "String"}}};
    const auto existing = existing_from(answer);
    ASSERT_EQ(existing.size(), 2u);
    EXPECT_EQ(existing[0].comment, "A (schema 1)");
    EXPECT_EQ(existing[0].columns.size(), 2u);
    EXPECT_EQ(existing[1].database, "gitlab");
}

}  // namespace
}  // namespace forgehouse::warehouse::clickhouse
