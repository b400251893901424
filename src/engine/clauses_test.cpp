#include "engine/clauses.h"

#include <gtest/gtest.h>

#include "engine/policy.h"

namespace forgehouse::engine {
namespace {

TEST(Clauses, ReadsSetUseAndKill) {
    const auto set = set_statement("SET a = 1, b = 'x y', c = -2.5, d = true");
    ASSERT_TRUE(set);
    EXPECT_EQ(*set, (Pairs{{"a", "1"}, {"b", "x y"}, {"c", "-2.5"}, {"d", "true"}}));
    for (const char* other : {"SET", "SET a", "SET a = f(1)", "SET a = 'x\\'y'", "SET a = 1 b",
                              "SET a = DEFAULT", "SELECT 1", "SET ROLE x"})
        EXPECT_FALSE(set_statement(other)) << other;
    EXPECT_EQ(use_statement("USE `a b`"), "a b");
    EXPECT_FALSE(use_statement("USE a.b"));
    EXPECT_EQ(kill_statement("KILL QUERY WHERE query_id = 'x-1' ASYNC"),
              (Kill{.id = "x-1", .waits = false}));
    EXPECT_EQ(kill_statement("KILL QUERY WHERE query_id = 'x-1'"), (Kill{.id = "x-1"}));
    EXPECT_EQ(kill_statement("KILL QUERY WHERE query_id = 'x-1' SYNC"),
              (Kill{.id = "x-1", .waits = true}));
    for (const char* other :
         {"KILL QUERY WHERE query_id != 'x'", "KILL QUERY WHERE 1",
          "KILL MUTATION WHERE query_id = 'x'", "KILL QUERY WHERE query_id = 'x' OR 1",
          "KILL QUERY WHERE query_id = x"})
        EXPECT_FALSE(kill_statement(other)) << other;
}

TEST(Clauses, LiftsTheSettingsOfAWholeQueryAlone) {
    const auto lifted = [](std::string_view sql) {
        const auto out = lift_settings(sql);
        return out ? out->statement + "|" + out->settings.front().first + "=" +
                         out->settings.front().second
                   : "";
    };
    EXPECT_EQ(lifted("SELECT 1 SETTINGS max_threads = 1"), "SELECT 1|max_threads=1");
    EXPECT_EQ(lifted("SELECT 1 SETTINGS a = 'b', c = 2 FORMAT CSV"), "SELECT 1 FORMAT CSV|a=b");
    EXPECT_EQ(lifted("SELECT 1 FORMAT CSV SETTINGS a = 1"), "SELECT 1 FORMAT CSV|a=1");
    for (const char* other :
         {"SELECT 1", "SELECT * FROM (SELECT 1 SETTINGS a = 1)",
          "SELECT 1 SETTINGS a = 1 UNION ALL SELECT 2", "SELECT settings FROM t",
          "SELECT 1 SETTINGS a = f(1)", "SELECT ' SETTINGS a = 1'"})
        EXPECT_EQ(lifted(other), "") << other;
}

TEST(Clauses, KnowsAQueryThatReadsSettingsAndNoMore) {
    EXPECT_TRUE(reads_settings_alone(
        "SELECT name, value, readonly AS readonly FROM system.settings LIMIT 10000"));
    for (const char* other :
         {"SELECT file('/x') FROM system.settings", "SELECT * FROM system.settings, t",
          "SELECT * FROM system.settings INTO OUTFILE '/x'",
          "SELECT * FROM system.settings JOIN t USING name", "SELECT * FROM t",
          "SELECT * FROM system.settings UNION ALL SELECT * FROM t",
          "SELECT * FROM system.settings SETTINGS readonly = 0",
          "SELECT * APPLY file FROM system.settings", "DROP TABLE system.settings",
          "SELECT {x:Identifier} FROM system.settings"})
        EXPECT_FALSE(reads_settings_alone(other)) << other;
}

TEST(Policy, LooksAtExpressionsAmongValues) {
    const std::set<std::string> outside{"file", "url"};
    EXPECT_TRUE(values_stay_inside("(1, toDateTime(5), 'it\\'s \xc3\xa4')", outside));
    for (const char* other :
         {"(file('/x'))", "(1, FILE/**/('/x'))", "(\"fi\\x6ce\"('/x'))", "(`file`('/x'))",
          "((SELECT * FROM url('x')))", "({x:Identifier}(1))"})
        EXPECT_FALSE(values_stay_inside(other, outside)) << other;
}

TEST(Clauses, PutsTheUserWhereItIsAskedFor) {
    EXPECT_EQ(with_user("SELECT currentUser(), user() AS u, 'user()', t.user(), `user`", "a'b"),
              "SELECT ('a\\'b' AS `currentUser()`), 'a\\'b' AS u, 'user()', t.user(), `user`");
    EXPECT_EQ(with_user("SELECT users(), user(1), user", "ann"), "SELECT users(), user(1), user");
    EXPECT_TRUE(names_user("select CURRENT_USER"));
}

}  // namespace
}  // namespace forgehouse::engine
