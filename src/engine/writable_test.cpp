// What clients of a --writable listener may do: every case of testdata/writable.cases, against the
// real engine.
#include <gtest/gtest.h>

#include <fstream>

#include "base/text.h"
#include "engine/testing/live.h"

namespace forgehouse::engine::live {
namespace {

constexpr const char* kOurs =
    "SELECT groupArray(a) FROM (SELECT a FROM git_commits ORDER BY a) UNION ALL "
    "SELECT groupArray(a) FROM (SELECT a FROM git_pull_requests ORDER BY a)";
constexpr const char* kOursMeta =
    "SELECT database, name, engine, create_table_query FROM system.tables "
    "WHERE name ILIKE 'git%' OR database IN ('default', 'github_stats') AND name = 'mine' "
    "ORDER BY ALL";

TEST(Writable, OpensWhatIsTheClientsAndNothingElse) {
    ASSERT_FALSE(library().empty());
    const TempFolder folder;
    const Child engine(folder.path(), {"--listen", "127.0.0.1:0", "--writable"});
    for (const char* table : {"git_commits", "git_pull_requests", "mine", "other"}) {
        engine.must(fmt::format("CREATE TABLE {} (a Int64) ENGINE = MergeTree ORDER BY a", table));
        engine.must(fmt::format("INSERT INTO {} SELECT number FROM numbers(3)", table));
    }
    engine.must("CREATE DATABASE github_stats");
    engine.must("CREATE DATABASE gitlab");
    const std::string rows = engine.must(kOurs);
    const std::string tables = engine.must(kOursMeta);

    std::ifstream file(FORGEHOUSE_ROOM_DIR "/testdata/writable.cases");
    std::size_t cases = 0;
    for (std::string line; std::getline(file, line);) {
        if (line.empty() || line.starts_with('#')) continue;
        const auto blank = line.find(' ');
        const std::string verdict = line.substr(0, blank);
        const std::string sql(text::trim(line.substr(blank)));
        const Reply reply = engine.as_client(sql);
        ++cases;
        if (verdict == "allow") {
            EXPECT_EQ(reply.status, 200) << sql << "\n" << reply.body;
        } else {
            ASSERT_EQ(verdict, "deny");
            EXPECT_GE(reply.status, 400) << sql << "\n" << reply.body;
            EXPECT_EQ(reply.body.find("root:"), std::string::npos) << sql;
            ASSERT_EQ(engine.must(kOurs), rows) << sql;
            ASSERT_EQ(engine.must(kOursMeta), tables) << sql;
        }
    }
    EXPECT_GT(cases, 150U);
    // The parameter of a statement is no way in either, nor is a GET.
    EXPECT_GE(request(engine.tcp(), "POST", "/?param_t=git_commits", {},
                      "INSERT INTO {t:Identifier} VALUES (9)")
                  .status,
              400);
    EXPECT_GE(request(engine.tcp(), "GET", "/?query=DROP+TABLE+mine", {}, "").status, 400);
    EXPECT_GE(request(engine.tcp(), "POST", "/?database=github_stats", {},
                      "CREATE TABLE x (a Int8) ENGINE = Memory")
                  .status,
              400);
    EXPECT_EQ(engine.must(kOurs), rows);
}

}  // namespace
}  // namespace forgehouse::engine::live
