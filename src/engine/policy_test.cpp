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

TEST(CheckSetting, TakesNoExpressionFromAClient) {
    const QueryLimits limits{};
    for (const char* name : {"additional_result_filter", "additional_table_filters", "readonly",
                             "input_format_values_interpret_expressions", "format_schema"})
        for (const Role role : {Role::Reader, Role::Owner})
            EXPECT_FALSE(check_setting(role, name, "1", limits)) << name;
    EXPECT_TRUE(
        check_setting(Role::Reader, "output_format_json_quote_64bit_integers", "1", limits));
}

}  // namespace
}  // namespace forgehouse::engine
