// ClickHouse's HTTP interface as clients use it: sessions, settings, packed bodies, forms, KILL.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <thread>

#include "base/text.h"
#include "engine/coding.h"
#include "engine/testing/live.h"

namespace forgehouse::engine::live {
namespace {

class Http : public OneEngine<Http> {
public:
    static std::unique_ptr<Child> start(const std::filesystem::path& folder) {
        auto child = std::make_unique<Child>(
            folder, std::vector<std::string>{"--listen", "127.0.0.1:0", "--writable"});
        child->must("CREATE TABLE git_commits (a Int64) ENGINE = MergeTree ORDER BY a");
        return child;
    }

protected:
    static Reply ask(const std::string& parameters, std::string_view sql,
                     const Headers& headers = {}) {
        return request(child_->tcp(), "POST", "/?" + parameters, headers, sql);
    }
    static std::string body(const std::string& parameters, std::string_view sql) {
        return ask(parameters, sql).body;
    }
    static std::string code(const Reply& reply) {
        const auto found = reply.headers.find("x-clickhouse-exception-code");
        return found == reply.headers.end() ? "" : found->second;
    }
    static std::string packed(Coding coding, std::string_view text) {
        std::string out;
        make_packer(coding)->pack(text, Packer::End::Finish, out);
        return out;
    }
    static std::string unpacked(Coding coding, std::string_view bytes) {
        const auto unpacker = make_unpacker(coding);
        std::string out;
        std::vector<char> room(65536);
        for (;;) {
            const std::size_t before = bytes.size();
            const auto n = unpacker->step(bytes, room);
            if (!n || (*n == 0 && bytes.size() == before)) break;
            out.append(room.data(), *n);
        }
        return unpacker->at_end() ? out : out + "(cut)";
    }
};

TEST_F(Http, KeepsSettingsAndDatabaseOfASession) {
    EXPECT_EQ(ask("session_id=s1", "SET max_block_size = 777, extremes = 1").status, 200);
    EXPECT_EQ(body("session_id=s1", "SELECT getSetting('max_block_size')"), "777\n\n777\n777\n");
    EXPECT_EQ(
        body("session_id=s1&max_block_size=5&extremes=0", "SELECT getSetting('max_block_size')"),
        "5\n");
    EXPECT_EQ(body("session_id=other", "SELECT getSetting('max_block_size')"), "65409\n");
    EXPECT_EQ(body("", "SELECT getSetting('max_block_size')"), "65409\n");
    EXPECT_EQ(ask("session_id=s2", "USE system").status, 200);
    EXPECT_EQ(body("session_id=s2", "SELECT currentDatabase()"), "system\n");
    EXPECT_EQ(code(ask("session_id=s2", "USE nosuch")), "81");
    EXPECT_EQ(code(ask("session_id=s1", "SET readonly = 0")), "164");
    EXPECT_EQ(code(ask("session_id=s1", "SET max_memory_usage = 0")), "452");
}

/// As many as there are workers, and more: none of them is kept.
TEST_F(Http, ConversionsThatFailKeepNoWorker) {
    const std::string query =
        "SELECT repeat('x', 1000000), throwIf(number = 12) FROM numbers(30) "
        "SETTINGS max_block_size = 1 FORMAT ";
    for (int i = 0; i < 34; ++i) {
        const auto reply = ask("", query + (i % 2 == 0 ? "JSON" : "Parquet"));
        EXPECT_TRUE(reply.body.contains("Code: 395")) << reply.body.substr(0, 200);
    }
    EXPECT_EQ(body("", "SELECT 1"), "1\n");
}

TEST_F(Http, KnowsASessionByItsIdAndItsListener) {
    EXPECT_EQ(code(ask("session_id=none&session_check=1", "SELECT 1")), "372");
    EXPECT_EQ(ask("session_id=s3", "SELECT 1").status, 200);
    EXPECT_EQ(ask("session_id=s3&session_check=1", "SELECT 1").status, 200);
    EXPECT_EQ(code(ask("session_id=s3&session_timeout=99999", "SELECT 1")), "374");
    EXPECT_EQ(ask("session_id=s3", "SET max_block_size = 777").status, 200);
    EXPECT_EQ(ask("session_id=s7&close_session=1", "SELECT 1").status, 200);
    EXPECT_EQ(code(ask("session_id=s7&session_check=1", "SELECT 1")), "372");
    EXPECT_EQ(request(child_->socket(), "POST", "/?session_id=s3", {},
                      "SELECT getSetting('max_block_size')")
                  .body,
              "65409\n");
    const Reply reader = request(child_->socket(), "POST", "/?session_id=s4", {},
                                 "CREATE TEMPORARY TABLE x (a Int8)");
    EXPECT_EQ(code(reader), "164");
}

TEST_F(Http, LetsOneRequestAtATimeIntoASession) {
    const std::jthread slow([] {
        ask("session_id=s5&query_id=slow-0&max_block_size=100",
            "SELECT sum(sleepEachRow(0.011)) FROM numbers(2000)");
    });
    const std::string running =
        "SELECT count() FROM system.processes WHERE query LIKE '%(0.011)%' AND query NOT LIKE "
        "'%processes%'";
    for (int i = 0; i < 3000 && body("", running) != "1\n"; ++i) continue;
    EXPECT_EQ(code(ask("session_id=s5", "SELECT 1")), "373");
    EXPECT_EQ(ask("session_id=s6", "SELECT 1").status, 200);
    EXPECT_EQ(body("", "KILL QUERY WHERE query_id = 'slow-0'"), "waiting\tslow-0\tdefault\t\n");
}

TEST_F(Http, HoldsTemporaryTablesOfASession) {
    EXPECT_EQ(ask("session_id=t1", "CREATE TEMPORARY TABLE mine (a Int32)").status, 200);
    EXPECT_EQ(
        ask("session_id=t1", "INSERT INTO mine FORMAT JSONEachRow\n{\"a\":5}{\"a\":6}").status,
        200);
    EXPECT_EQ(body("session_id=t1&default_format=JSONEachRow", "SELECT sum(a) AS s FROM mine"),
              "{\"s\":11}\n");
    EXPECT_EQ(body("session_id=t1&max_block_size=5", "SELECT getSetting('max_block_size')"), "5\n");
    EXPECT_EQ(body("session_id=t1", "SELECT getSetting('max_block_size')"), "65409\n");
    // Neither an error with a part of an answer nor one without leaves anything behind.
    EXPECT_EQ(code(ask("session_id=t1", "SELECT throwIf(number = 300000) FROM numbers(1000000)")),
              "395");
    EXPECT_EQ(code(ask("session_id=t1", "SELECT nosuch FROM mine")), "47");
    EXPECT_EQ(code(ask("session_id=t1", "INSERT INTO mine FORMAT JSONEachRow\n{\"a\":\"x\"}")),
              "27");
    EXPECT_EQ(body("session_id=t1", "SELECT a FROM mine ORDER BY a"), "5\n6\n");
    EXPECT_EQ(code(ask("session_id=t2", "SELECT a FROM mine")), "60");
    EXPECT_EQ(ask("session_id=t1", "DROP TEMPORARY TABLE mine").status, 200);
    EXPECT_EQ(code(ask("session_id=t1", "SELECT a FROM mine")), "60");
}

TEST_F(Http, HoldsASessionWithTablesToTheSameRules) {
    EXPECT_EQ(ask("session_id=t3", "CREATE TEMPORARY TABLE mine (a Int32)").status, 200);
    for (const char* sql :
         {"SELECT * FROM file('/etc/passwd', 'LineAsString')", "SELECT file('/etc/passwd')",
          "SELECT 1 SETTINGS readonly = 0", "SELECT 1 INTO OUTFILE '/tmp/out'",
          "CREATE TEMPORARY TABLE x ENGINE = File(CSV)", "INSERT INTO git_commits VALUES (1)",
          "CREATE TEMPORARY TABLE x AS SELECT * FROM url('http://127.0.0.1:1/', 'CSV')",
          "SELECT 1 UNION ALL (SELECT 2 UNION DISTINCT SELECT * FROM url('x', 'CSV'))",
          "DROP TABLE git_commits", "SYSTEM SHUTDOWN", "SELECT 1; DROP TABLE mine"})
        EXPECT_NE(ask("session_id=t3", sql).status, 200) << sql;
    EXPECT_NE(ask("session_id=t3&default_format=CSV+SETTINGS+readonly%3D0,", "SELECT 1").status,
              200);
    EXPECT_EQ(body("session_id=t3", "SELECT count() FROM mine"), "0\n");
}

TEST_F(Http, TakesSettingsInTheStatement) {
    EXPECT_EQ(body("", "SELECT getSetting('max_block_size') SETTINGS max_block_size = 5"), "5\n");
    EXPECT_EQ(request(child_->socket(), "POST", "/", {},
                      "SELECT getSetting('max_block_size') SETTINGS max_block_size = 5 FORMAT CSV")
                  .body,
              "5\n");
    EXPECT_EQ(code(ask("", "SELECT 1 SETTINGS max_memory_usage = 0")), "452");
    EXPECT_EQ(code(ask("", "SELECT 1 SETTINGS log_comment = 'x'")), "164");
}

TEST_F(Http, ShowsWhichSettingsAreOpen) {
    const char* sql = "SELECT readonly FROM system.settings WHERE name = 'max_block_size'";
    EXPECT_EQ(body("", sql), "0\n");
    EXPECT_EQ(request(child_->socket(), "POST", "/", {}, sql).body, "0\n");
    EXPECT_NE(ask("", "SELECT readonly FROM system.settings INTO OUTFILE '/tmp/out'").status, 200);
}

TEST_F(Http, EvaluatesHarmlessExpressionsAmongValues) {
    EXPECT_EQ(ask("", "CREATE TABLE dates (d DateTime) ENGINE = Memory").status, 200);
    EXPECT_EQ(ask("", "INSERT INTO dates VALUES (toDateTime(5, 'UTC'))").status, 200);
    EXPECT_NE(ask("", "INSERT INTO dates VALUES (length(file('/etc/passwd')))").status, 200);
    EXPECT_NE(ask("", "INSERT INTO dates VALUES (length(\"file\"('/etc/passwd')))").status, 200);
    EXPECT_EQ(body("", "SELECT toUnixTimestamp(d) FROM dates"), "5\n");
}

TEST_F(Http, TakesAndGivesPackedBodies) {
    const std::string many = "SELECT number FROM numbers(100000)";
    const std::string plain = body("", many);
    for (const Coding coding :
         {Coding::Gzip, Coding::Deflate, Coding::Brotli, Coding::Zstd, Coding::Lz4}) {
        const std::string name(name_of(coding));
        const Reply reply =
            ask("", packed(coding, many), {{"Content-Encoding", name}, {"Accept-Encoding", name}});
        EXPECT_EQ(reply.headers.at("content-encoding"), name);
        EXPECT_EQ(unpacked(coding, reply.body), plain) << name;
        const Reply error = ask("", "SELECT nosuch", {{"Accept-Encoding", name}});
        EXPECT_EQ(error.status, 404);
        EXPECT_TRUE(unpacked(coding, error.body).starts_with("Code: 47.")) << name;
    }
    EXPECT_FALSE(ask("enable_http_compression=0", "SELECT 1", {{"Accept-Encoding", "gzip"}})
                     .headers.contains("content-encoding"));
    EXPECT_EQ(
        unpacked(Coding::Blocks, ask("compress=1&decompress=1", packed(Coding::Blocks, many)).body),
        plain);
    const Reply both = ask("compress=1", many, {{"Accept-Encoding", "gzip"}});
    EXPECT_EQ(unpacked(Coding::Blocks, unpacked(Coding::Gzip, both.body)), plain);
}

TEST_F(Http, RefusesBrokenPackedBodies) {
    const std::string whole = packed(Coding::Gzip, "SELECT 1");
    EXPECT_EQ(code(ask("", whole.substr(0, whole.size() - 3), {{"Content-Encoding", "gzip"}})),
              "117");
    EXPECT_EQ(code(ask("", "SELECT 1 not packed", {{"Content-Encoding", "zstd"}})), "117");
    EXPECT_EQ(code(ask("decompress=1", "SELECT 1, which is no block of any kind")), "117");
    EXPECT_EQ(code(ask("", "SELECT 1", {{"Content-Encoding", "xz"}})), "89");
    // A cut INSERT leaves no row.
    EXPECT_EQ(ask("", "CREATE TABLE cut (a Int64) ENGINE = MergeTree ORDER BY a").status, 200);
    std::string rows = "INSERT INTO cut FORMAT TSV\n";
    for (int i = 0; i < 300'000; ++i) rows += std::to_string(i * 7919LL) + "\n";
    const std::string bytes = packed(Coding::Lz4, rows);
    EXPECT_NE(ask("", bytes.substr(0, bytes.size() / 2), {{"Content-Encoding", "lz4"}}).status,
              200);
    EXPECT_EQ(body("", "SELECT count() FROM cut"), "0\n");
    EXPECT_EQ(ask("", bytes, {{"Content-Encoding", "lz4"}}).status, 200);
    EXPECT_EQ(body("", "SELECT count() FROM cut"), "300000\n");
}

Reply send_form(const std::string& where, const std::string& target, const std::string& structure) {
    const std::string form =
        "--b\r\nContent-Disposition: form-data; name=\"query\"\r\n\r\n"
        "SELECT sum(a), max(s) FROM ext\r\n--b\r\n"
        "Content-Disposition: form-data; name=\"ext_structure\"\r\n\r\n" +
        structure +
        "\r\n--b\r\nContent-Disposition: form-data; name=\"ext\"; filename=\"x\"\r\n\r\n"
        "1\tx\n2\ty\n\r\n--b--\r\n";
    return request(where, "POST", target, {{"Content-Type", "multipart/form-data; boundary=b"}},
                   form);
}

TEST_F(Http, TakesTablesThatAreSentAlong) {
    for (const std::string& where : {child_->tcp(), child_->socket()}) {
        EXPECT_EQ(send_form(where, "/", "a Int32, s String").body, "3\ty\n");
        for (const char* bad :
             {"a Int32, s String DEFAULT file('/etc/passwd')",
              "a Int32, s String) ENGINE = File(CSV", "a Int32, s String DEFAULT toString(1)",
              "a Int32", "a Int32, s NoSuch"})
            EXPECT_NE(send_form(where, "/", bad).status, 200) << bad;
        EXPECT_EQ(code(request(where, "POST", "/", {}, "SELECT * FROM ext")), "60");
    }
}

TEST_F(Http, GivesNativeOfAProtocolVersion) {
    const std::string types =
        "SELECT 1::UInt8 AS a, 'x' AS b, [[1, 2], []] AS c, map('k', [toNullable(1.5)]) AS d, "
        "toFixedString('ab', 4) AS e, toDecimal128(1, 3) AS f, toLowCardinality('l') AS g, "
        "[]::Array(LowCardinality(Nullable(String))) AS h, ['z']::Array(LowCardinality(String)) AS "
        "i, "
        "tuple(1, 'x')::Tuple(a Int8, `b c` String) AS j, tuple() AS k, NULL AS l, now64(3) AS m, "
        "generateUUIDv4() AS n, toIPv6('::1') AS o, toIntervalDay(1) AS p, "
        "CAST('x', 'Enum8(\\'x\\' = 1, \\'(,\\' = 2)') AS q, (1., 2.)::Point AS r, true AS s";
    const std::size_t columns = 19;
    const std::string info("\x01\x00\x02\xff\xff\xff\xff\x00", 8);
    const Reply plain = ask("default_format=Native", types);
    ASSERT_EQ(plain.status, 200) << plain.body;
    const Reply with = ask("default_format=Native&client_protocol_version=54460", types);
    ASSERT_EQ(with.status, 200) << with.body;
    EXPECT_EQ(with.body.substr(0, 8), info);
    EXPECT_EQ(with.body.size(), plain.body.size() + info.size() + columns);
    EXPECT_EQ(ask("default_format=Native&client_protocol_version=54405", types).body.size(),
              plain.body.size() + info.size());
    const std::string empty = "SELECT number FROM numbers(0)";
    EXPECT_EQ(ask("default_format=Native&client_protocol_version=54460", empty).status, 200);
    // Types that stand in the data: what is put in is a byte for each column, no more.
    const std::string open =
        "SELECT number::Dynamic AS a, if(number % 2, 'x'::Variant(String, UInt64), "
        "number::Variant(String, UInt64)) AS b, "
        "CAST(format('{{\"a\":{}, \"b\":{{\"c\":[1,2]}}, \"t\":\"x\"}}', number), 'JSON(t "
        "String)') AS c, "
        "[c, '{}'::JSON(t String)] AS d, multiIf(number % 3 = 0, NULL::Dynamic, number % 3 = 1, "
        "'s'::Dynamic, [number]::Dynamic) AS e, map('k', toLowCardinality(toString(number))) AS f "
        "FROM numbers(100)";
    const Reply open_plain = ask("default_format=Native&max_threads=1", open);
    ASSERT_EQ(open_plain.status, 200) << open_plain.body;
    const Reply open_with =
        ask("default_format=Native&max_threads=1&client_protocol_version=54480", open);
    ASSERT_EQ(open_with.status, 200) << open_with.body;
    EXPECT_EQ(open_with.body.size(), open_plain.body.size() + info.size() + 6);
    EXPECT_EQ(code(ask("default_format=Native&client_protocol_version=54460",
                       "SELECT sumState(number) FROM numbers(3)")),
              "48");
    EXPECT_EQ(body("client_protocol_version=54460", "SELECT 1"), "1\n");
    const Reply zoned = ask("default_format=Native&client_protocol_version=54460",
                            "SELECT now() AS a, now('Europe/Moscow') AS b");
    EXPECT_NE(zoned.body.find("b\x19"
                              "DateTime('Europe/Moscow')"),
              std::string::npos);
    EXPECT_NE(zoned.body.find("a\x08"
                              "DateTime"),
              std::string::npos);
}

TEST_F(Http, KillsAQueryById) {
    std::jthread slow([&] {
        const Reply reply = ask("query_id=slow-1&max_block_size=100",
                                "SELECT sum(sleepEachRow(0.01)) FROM numbers(2000)");
        EXPECT_EQ(code(reply), "394") << reply.body;
    });
    std::string killed;
    for (int i = 0; i < 3000 && killed.empty(); ++i)
        killed = body("", "KILL QUERY WHERE query_id = 'slow-1' ASYNC");
    EXPECT_EQ(killed, "waiting\tslow-1\tdefault\t\n");
    slow.join();
    EXPECT_EQ(body("", "KILL QUERY WHERE query_id = 'slow-1'"), "");
    EXPECT_NE(ask("", "KILL QUERY WHERE 1").status, 200);
}

TEST_F(Http, WaitsForTheEndOfAQueryThatItKillsInSync) {
    std::jthread slow([&] {
        const Reply reply = ask("query_id=slow-2&max_block_size=100",
                                "SELECT sum(sleepEachRow(0.01)) FROM numbers(2000)");
        EXPECT_EQ(code(reply), "394") << reply.body;
    });
    std::string killed;
    for (int i = 0; i < 3000 && killed.empty(); ++i)
        killed = body("", "KILL QUERY WHERE query_id = 'slow-2' SYNC");
    EXPECT_EQ(killed, "finished\tslow-2\tdefault\t\n");
    EXPECT_EQ(body("",
                   "SELECT count() FROM system.processes WHERE query LIKE '%(0.01)%' AND query "
                   "NOT LIKE '%processes%'"),
              "0\n");
    // One that asks for its own end has none to wait for.
    EXPECT_EQ(ask("query_id=self", "KILL QUERY WHERE query_id = 'self' SYNC")
                  .headers.count("x-clickhouse-query-id"),
              1U);
}

TEST_F(Http, WritesOneArrayWhereTheRowsOfJsonAreToStandInOne) {
    const std::string setting = "output_format_json_array_of_rows=1";
    const std::string all = "SELECT number FROM numbers(200000)";
    const auto expect_one = [&](const std::string& parameters, const std::string& sql) {
        const Reply reply = ask(parameters, sql);
        EXPECT_EQ(reply.status, 200) << reply.body;
        const auto count = [&](char c) { return std::ranges::count(reply.body, c); };
        EXPECT_EQ(count('{'), 200'000) << sql;
        EXPECT_EQ(count('['), 1) << sql;
        EXPECT_EQ(count(']'), 1) << sql;
        EXPECT_TRUE(reply.body.starts_with("[") && reply.body.ends_with("]\n")) << sql;
    };
    for (const char* format : {"JSONEachRow", "JSONStringsEachRow", "JSONLines", "NDJSON"})
        expect_one(setting, all + " FORMAT " + format);
    expect_one("", all + " FORMAT JSONEachRow SETTINGS " + setting);
    expect_one("", all + " SETTINGS " + setting + " FORMAT JSONEachRow");
    expect_one("default_format=JSONEachRow", all + " SETTINGS " + setting);
}

TEST_F(Http, PacksARefusalToo) {
    const Reply refused = ask("role=x&compress=1", "SELECT 1");
    EXPECT_EQ(refused.status, 501);
    EXPECT_TRUE(unpacked(Coding::Blocks, refused.body).starts_with("Code: 48.")) << refused.body;
    const Reply gzip = ask("role=x", "SELECT 1", {{"Accept-Encoding", "gzip"}});
    EXPECT_TRUE(unpacked(Coding::Gzip, gzip.body).starts_with("Code: 48."));
    EXPECT_TRUE(ask("role=x&enable_http_compression=0", "SELECT 1", {{"Accept-Encoding", "gzip"}})
                    .body.starts_with("Code: 48."));
}

TEST_F(Http, EndsAFailedAnswerAsClickHouseDoes) {
    const Reply cut = ask("max_threads=1&max_block_size=65536",
                          "SELECT throwIf(number = 3000000) FROM numbers(10000000)");
    const std::string& tag = cut.headers.at("x-clickhouse-exception-tag");
    const auto begin = cut.body.find("\r\n__exception__\r\n" + tag + "\r\n");
    ASSERT_NE(begin, std::string::npos);
    const std::string text = cut.body.substr(begin + 2 * 2 + 13 + 2 + 16);
    const auto end = text.find("\n", text.find("(FUNCTION_THROW_IF"));
    EXPECT_EQ(text.substr(end + 1), fmt::format("{} {}\r\n__exception__\r\n", end + 1, tag));
}

}  // namespace
}  // namespace forgehouse::engine::live
