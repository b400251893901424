#include "warehouse/clickhouse/amend.h"

#include <gtest/gtest.h>

#include "schema/git_commits.h"

namespace forgehouse::warehouse::clickhouse {
namespace {

constexpr schema::TableInfo kCommits = schema::git_commits.info();

ports::Warehouse::Amendment amendment(std::vector<std::string> members) {
    return {.table = &kCommits,
            .prefix = {"git", "p'", "r"},
            .members = std::move(members),
            .changes = {{"branch", "main"}, {"is_reachable", "true"}},
            .version = 17};
}

TEST(AmendStatements, BindsValuesAndQuotesMembers) {
    const auto got = amend_statements(amendment({"abc", "it's"}));
    ASSERT_TRUE(got) << got.error().describe();
    ASSERT_EQ(got->size(), 1u);
    EXPECT_EQ(got->front().sql,
              "INSERT INTO `git_commits` SELECT * REPLACE({p0:String} AS `branch`, "
              "{p1:Bool} AS `is_reachable`, {p2:UInt64} AS `_version`) FROM `git_commits` FINAL "
              "WHERE `git_commits`.`data_source` = {p3:String} AND `git_commits`.`project_key` = "
              "{p4:String} AND "
              "`git_commits`.`repo_slug` = {p5:String} AND `git_commits`.`commit_hash` IN ('abc', "
              "'it\\'s')");
    std::vector<std::string> values;
    for (const auto& parameter : got->front().parameters) values.push_back(parameter.value);
    EXPECT_EQ(values, (std::vector<std::string>{"main", "true", "17", "git", "p'", "r"}));
}

TEST(AmendStatements, CutsLongListsIntoStatements) {
    const auto got = amend_statements(amendment(std::vector<std::string>(kAmendMembers + 1, "x")));
    ASSERT_TRUE(got);
    ASSERT_EQ(got->size(), 2u);
    EXPECT_TRUE((*got)[1].sql.ends_with("IN ('x')"));
    EXPECT_TRUE(amend_statements(amendment({}))->empty());
}

TEST(AmendStatements, TakesAllRowsOfAPrefixAndOnlyOldOnes) {
    auto whole = amendment({});
    whole.members.reset();
    whole.changes = {{"is_deleted", "1"}};
    auto got = amend_statements(whole);
    ASSERT_TRUE(got) << got.error().describe();
    ASSERT_EQ(got->size(), 1u);
    EXPECT_TRUE(got->front().sql.ends_with(" AND `git_commits`.`repo_slug` = {p4:String}"))
        << got->front().sql;

    whole.older_than = 16;
    whole.members = {"me"};
    whole.member_column = "author_name";
    got = amend_statements(whole);
    ASSERT_TRUE(got) << got.error().describe();
    EXPECT_TRUE(got->front().sql.ends_with(
        " AND `git_commits`.`_version` < {p5:UInt64} AND `git_commits`.`author_name` IN "
        "('me')"))
        << got->front().sql;
    EXPECT_EQ(got->front().parameters.back().value, "16");
}

TEST(AmendStatements, RefusesWhatTheTableDoesNotHave) {
    auto unknown = amendment({"x"});
    unknown.changes = {{"brunch", "main"}};
    EXPECT_EQ(amend_statements(unknown).error().code(), Errc::Invalid);
    auto whole_key = amendment({"x"});
    whole_key.prefix.emplace_back("c");
    EXPECT_EQ(amend_statements(whole_key).error().code(), Errc::Invalid);
    whole_key.members.reset();
    EXPECT_TRUE(amend_statements(whole_key));
    whole_key.prefix.emplace_back("more than the key");
    EXPECT_EQ(amend_statements(whole_key).error().code(), Errc::Invalid);
    whole_key.prefix.clear();
    EXPECT_EQ(amend_statements(whole_key).error().code(), Errc::Invalid);
}

}  // namespace
}  // namespace forgehouse::warehouse::clickhouse
