#include "engine/policy.h"

#include <gtest/gtest.h>

namespace forgehouse::engine {
namespace {

const std::set<std::string> kOutside{"file", "url", "s3"};

TEST(CheckRead, RefusesWhatReachesOutsideHoweverItIsCalled) {
    for (const char* sql :
         {"SELECT file('x')", "SELECT * FROM url('x')", "SELECT * APPLY(file) FROM t",
          "SELECT * APPLY file FROM t", "SELECT arrayMap(file, ['x'])",
          "SELECT arrayMap(`file`, x)", "SELECT arrayMap(FILE, ['x'])",
          "SELECT arrayMap({f:Identifier}, ['x'])", "SELECT evalMLMethod(x)"}) {
        const auto checked = check_read(sql, kOutside, {{"f", "file"}});
        ASSERT_FALSE(checked) << sql;
        EXPECT_EQ(checked.error().code(), Errc::Denied);
        EXPECT_TRUE(may_reach_outside(sql, kOutside) || std::string_view(sql).contains("evalML"));
    }
}

TEST(CheckRead, LetsParametersStandForPlainNamesOnly) {
    constexpr const char* kSql = "SELECT {c:Identifier} FROM {d:Identifier}.{t : Identifier}";
    EXPECT_TRUE(check_read(kSql, kOutside, {{"c", "a_1"}, {"d", "system"}, {"t", "one"}}));
    EXPECT_TRUE(check_read(kSql, kOutside, {{"other", "file('x')"}}));
    EXPECT_TRUE(may_reach_outside(kSql, kOutside));  // so that it is looked at
    for (const char* bad : {"", "file", "File", "URL", "a.b", "a b", "file('x')", "`file`", "é"}) {
        EXPECT_FALSE(check_read(kSql, kOutside, {{"c", bad}})) << bad;
        EXPECT_FALSE(check_read(kSql, kOutside, {{"c", "a"}, {"c", bad}})) << bad;
    }
}

TEST(CheckRead, LeavesNamesOfColumnsAlone) {
    for (const char* sql : {"SELECT t.file FROM t", "SELECT 'file'", "SELECT file_path FROM t",
                            "SELECT url, s3 FROM t", "SELECT 1 AS file"})
        EXPECT_TRUE(check_read(sql, kOutside)) << sql;
}

TEST(CheckRead, RefusesNamesThatAreFiles) {
    for (const char* sql :
         {"SELECT * FROM `/proc/self/maps`", "SELECT * FROM a, `/x`", "SELECT * FROM `../x`",
          "SELECT * FROM (SELECT * FROM `/x`)", "DESCRIBE TABLE `/x`", "SELECT * FROM `a/../b`",
          "SELECT * FROM `http://127.0.0.1/`", "SELECT * FROM `~/x`",
          "SELECT * FROM default.`/x`"}) {
        EXPECT_FALSE(check_read(sql, kOutside)) << sql;
        EXPECT_TRUE(may_reach_outside(sql, kOutside)) << sql;
    }
    for (const char* sql :
         {"SELECT a / b AS `a/b` FROM t ORDER BY `a/b`", "SELECT '/x', '..'", "SELECT 1 AS `/y`"})
        EXPECT_TRUE(check_read(sql, kOutside)) << sql;
}

TEST(CheckNestedSettings, HoldsThemToWhatAReaderMaySet) {
    const QueryLimits limits{.memory_bytes = 1000, .seconds = 10, .threads = 2};
    for (const char* sql :
         {"SELECT * FROM (SELECT 1 SETTINGS readonly = 0)",
          "SELECT 1 SETTINGS max_memory_usage = 0",
          "SELECT (SELECT 1 SETTINGS max_block_size = 5, readonly = 0)",
          "SELECT 1 UNION ALL SELECT 2 SETTINGS max_execution_time = 11",
          "WITH x AS (SELECT 1 SETTINGS allow_introspection_functions = 1) SELECT * FROM x",
          "SELECT 1 SETTINGS additional_table_filters = {'t':'1'}",
          "SELECT 1 SETTINGS max_block_size = -5",
          "SELECT 1 SETTINGS max_threads = 3, final = 1"}) {
        EXPECT_FALSE(check_nested_settings(sql, limits)) << sql;
        EXPECT_TRUE(may_reach_outside(sql, kOutside)) << sql;
    }
    for (const char* sql : {"SELECT * FROM (SELECT 1 SETTINGS max_threads = 2, max_block_size = 5)",
                            "SELECT settings FROM t", "SELECT 'SETTINGS readonly = 0'",
                            "SELECT 1 SETTINGS output_format_json_quote_64bit_integers = TRUE"})
        EXPECT_TRUE(check_nested_settings(sql, limits)) << sql;
}

TEST(CheckOthersQueries, ClosesWhatShowsThem) {
    for (const char* sql :
         {"SELECT query FROM system.processes", "SELECT * FROM `system`.`processes`",
          "SHOW PROCESSLIST", "SELECT * FROM processes", "SELECT * FROM system.errors",
          "SELECT * FROM merge('system', 'proc')", "SELECT * FROM system.query_log"}) {
        EXPECT_FALSE(check_others_queries(sql, "default")) << sql;
        EXPECT_TRUE(may_show_others_queries(sql)) << sql;
    }
    EXPECT_FALSE(check_others_queries("SELECT * FROM errors", "system"));
    EXPECT_FALSE(check_others_queries("SELECT * FROM system.{t:Identifier}", "default",
                                      {{"t", "processes"}}));
    // Of a name of the client's own it is said how to come by.
    const auto alias = check_others_queries("SELECT * FROM (SELECT 1) AS processes", "default");
    ASSERT_FALSE(alias);
    EXPECT_NE(alias.error().describe().find("call an alias otherwise"), std::string::npos)
        << alias.error().describe();
    EXPECT_NE(alias.error().describe().find("processes"), std::string::npos);
    for (const char* sql : {"SELECT t.processes FROM t", "SELECT errors FROM runs",
                            "SELECT 'system.processes'", "SELECT * FROM runs.errors"})
        EXPECT_TRUE(check_others_queries(sql, "default")) << sql;
}

TEST(CheckSetting, TakesNoExpressionFromAClient) {
    const QueryLimits limits{};
    for (const char* name : {"additional_result_filter", "additional_table_filters", "readonly",
                             "input_format_values_interpret_expressions", "format_schema"})
        for (const Role role : {Role::Reader, Role::Owner})
            EXPECT_FALSE(check_setting(role, name, "1", limits)) << name;
    EXPECT_TRUE(
        check_setting(Role::Reader, "output_format_json_quote_64bit_integers", "1", limits));
}

TEST(CheckSetting, TellsWhatIsNoNumberFromWhatIsOutOfBounds) {
    const QueryLimits limits{.memory_bytes = 1000, .seconds = 10, .threads = 2};
    const auto said = [&](const char* name, const char* value) {
        const auto allowed = check_setting(Role::Reader, name, value, limits);
        return allowed ? 0 : allowed.error().code;
    };
    for (const char* name : {"max_threads", "max_memory_usage", "max_execution_time"}) {
        for (const char* value : {"abc", "", "1x", "1e1"})
            EXPECT_EQ(said(name, value), 72) << value;
        for (const char* value : {"0", "1001", "99999999999999999999999"})
            EXPECT_EQ(said(name, value), 452) << value;
        EXPECT_EQ(said(name, "1"), 0);
    }
    EXPECT_EQ(said("max_threads", "-1"), 452);
    EXPECT_EQ(said("max_execution_time", "nan"), 452);
    EXPECT_EQ(
        check_setting(Role::Reader, "max_threads", "abc", limits).error().text,
        "Code: 72. DB::Exception: Setting max_threads takes a whole number, in digits: 'abc' is "
        "none. (CANNOT_PARSE_NUMBER)");
}

}  // namespace
}  // namespace forgehouse::engine
