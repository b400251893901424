// The engine as its clients and its attackers meet it: the real library in a real process.
#include "engine/serve.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>

#include <fstream>
#include <thread>

#include "base/text.h"
#include "engine/testing/live.h"

namespace forgehouse::engine::live {
namespace {

namespace fs = std::filesystem;

constexpr const char* kTable =
    "CREATE TABLE t (a Int64, s String) ENGINE = MergeTree ORDER BY a "
    "SETTINGS non_replicated_deduplication_window = 1000";

/// One engine for the tests that leave no traces: it takes half a second to start.
class Engine : public OneEngine<Engine> {
public:
    static std::unique_ptr<Child> start(const std::filesystem::path& folder) {
        auto child =
            std::make_unique<Child>(folder, std::vector<std::string>{"--listen", "127.0.0.1:0"});
        child->must(kTable);
        child->must("INSERT INTO t SELECT number, toString(number) FROM numbers(1000)");
        child->must("CREATE TABLE git_commits (a Int64) ENGINE = MergeTree ORDER BY a");
        child->must("INSERT INTO git_commits SELECT number FROM numbers(3)");
        return child;
    }
};

TEST_F(Engine, AnswersPingAndSaysWhereItIs) {
    EXPECT_TRUE(child_->ready_line().starts_with("ready on http://127.0.0.1:")) << child_->errors();
    for (const std::string& where : {child_->socket(), child_->tcp()}) {
        const Reply reply = request(where, "GET", "/ping", {}, "");
        EXPECT_EQ(reply.status, 200);
        EXPECT_EQ(reply.body, "Ok.\n");
    }
    EXPECT_EQ(request(child_->socket(), "GET", "/nosuch", {}, "").status, 404);
}

TEST_F(Engine, TakesTheQueryFromTheUrlTheBodyOrBoth) {
    const std::string where = child_->socket();
    EXPECT_EQ(request(where, "GET", "/?query=SELECT+1%2B1", {}, "").body, "2\n");
    EXPECT_EQ(request(where, "POST", "/", {}, "SELECT 40 + 2").body, "42\n");
    EXPECT_EQ(request(where, "POST", "/?query=SELECT+sum(a)+FROM", {}, "t WHERE a < 3").body,
              "3\n");
    EXPECT_EQ(request(where, "POST", "/?param_x=7&database=system", {},
                      "SELECT {x:UInt8} + dummy FROM one")
                  .body,
              "7\n");
    EXPECT_EQ(request(where, "POST", "/?default_format=JSONEachRow", {}, "SELECT 1 AS a").body,
              "{\"a\":1}\n");
    EXPECT_EQ(request(where, "POST", "/", {{"X-ClickHouse-Format", "CSV"}}, "SELECT 'x'").body,
              "\"x\"\n");
}

TEST_F(Engine, TakesALongUrl) {
    const std::string in(700'000, '+');
    const Reply reply = request(child_->socket(), "GET", "/?query=SELECT" + in + "5", {}, "");
    EXPECT_EQ(reply.body, "5\n");
    EXPECT_EQ(request(child_->socket(), "GET", "/?query=SELECT" + in + in + "5", {}, "").status,
              414);
}

TEST_F(Engine, SendsClickHousesHeadersAndStatuses) {
    const Reply good = request(child_->socket(), "POST", "/?query_id=my-id", {}, "SELECT 1");
    EXPECT_EQ(good.headers.at("x-clickhouse-query-id"), "my-id");
    EXPECT_EQ(good.headers.at("x-clickhouse-format"), "TabSeparated");
    EXPECT_FALSE(good.headers.at("x-clickhouse-timezone").empty());
    EXPECT_NE(good.headers.at("x-clickhouse-summary").find("\"read_rows\":"), std::string::npos);
    const Reply missing = child_->as_reader("SELECT * FROM nosuch");
    EXPECT_EQ(missing.status, 404);
    EXPECT_EQ(missing.headers.at("x-clickhouse-exception-code"), "60");
    EXPECT_NE(missing.body.find("DB::Exception"), std::string::npos);
    EXPECT_EQ(child_->as_reader("SELEC 1").status, 400);
    EXPECT_EQ(child_->as_reader("").status, 400);
    EXPECT_EQ(child_->as_reader("SELECT throwIf(1)").headers.at("x-clickhouse-exception-code"),
              "395");
}

TEST_F(Engine, SendsEveryFormatAsOneDocument) {
    // Over several parts of the streaming call, each of which is a document of its own.
    const std::string from = " FROM numbers(200000) ORDER BY number FORMAT ";
    const std::string csv = child_->as_reader("SELECT number AS n" + from + "CSVWithNames").body;
    EXPECT_TRUE(csv.starts_with("\"n\"\n0\n1\n"));
    EXPECT_EQ(csv.find("\"n\"", 3), std::string::npos);
    EXPECT_TRUE(csv.ends_with("\n199999\n"));
    const std::string json = child_->as_reader("SELECT number AS n" + from + "JSONCompact").body;
    EXPECT_EQ(json.find("\"meta\""), json.rfind("\"meta\""));
    EXPECT_NE(json.find("\"rows\": 200000"), std::string::npos);
    const std::string big =
        child_->as_reader("SELECT number AS n, repeat('x', 50) AS s" + from + "Parquet")
            .body;  // over the whole cap
    EXPECT_TRUE(big.starts_with("PAR1"));
    EXPECT_TRUE(big.ends_with("PAR1"));
    EXPECT_EQ(big.find("PAR1", 4), big.size() - 4);
    EXPECT_EQ(child_->as_reader("SELECT number AS n FROM numbers(0) FORMAT CSVWithNames").body,
              "\"n\"\n");
    EXPECT_EQ(child_->as_reader("SHOW TABLES LIKE 't' FORMAT TSVWithNames").body, "name\nt\n");
    EXPECT_EQ(
        child_->as_reader("SELECT number, count() FROM numbers(1) GROUP BY number WITH TOTALS")
            .body,
        "0\t1\n\n0\t1\n");
}

TEST_F(Engine, KeepsTheClientsOwnBoundsOfAnAnswer) {
    const auto rows = [&](const std::string& bounds, const std::string& format) {
        return request(child_->socket(), "POST", "/?" + bounds, {},
                       "SELECT number AS n, repeat('x', 100) FROM numbers(300000) FORMAT " + format)
            .body;
    };
    const std::string cut =
        rows("max_result_rows=100000&result_overflow_mode=break", "JSONCompact");
    EXPECT_EQ(cut.find("\"meta\""), cut.rfind("\"meta\""));
    EXPECT_TRUE(text::trim(cut).ends_with("}"));
    EXPECT_NE(rows("max_result_rows=100", "JSON").find("396"), std::string::npos);
    EXPECT_NE(rows("", "JSONCompact").find("\"rows\": 300000"), std::string::npos);
    EXPECT_EQ(request(child_->socket(), "POST", "/?max_result_rows=5", {},
                      "SELECT 1 AS a WHERE 0 FORMAT JSONCompactColumns")
                  .status,
              200);
}

TEST_F(Engine, ShowsAnErrorInTheMiddleOfAnAnswer) {
    const Reply cut = request(child_->socket(), "POST", "/?max_threads=1&max_block_size=65536", {},
                              "SELECT throwIf(number = 3000000) FROM numbers(10000000)");
    EXPECT_EQ(cut.status, 200);
    EXPECT_FALSE(cut.whole);
    EXPECT_NE(cut.body.find("Code: 395. DB::Exception"), std::string::npos);
}

TEST_F(Engine, RefusesReadersEverythingButReading) {
    const std::string cases[] = {
        "INSERT INTO t VALUES (1, 'x')",
        "INSERT INTO t FORMAT TSV\n1\tx\n",
        "INSERT INTO t SELECT 1, 'x'",
        "CREATE TABLE x (a Int8) ENGINE = Memory",
        "CREATE TEMPORARY TABLE x (a Int8) ENGINE = Memory",
        "DROP TABLE t",
        "ALTER TABLE t DELETE WHERE 1",
        "TRUNCATE TABLE t",
        "SET readonly = 0",
        "SET max_memory_usage = 0",
        "USE nosuch",
        "KILL QUERY WHERE query_id = 'x'",
        "SELECT 1 SETTINGS readonly = 0",
        "SELECT 1 SETTINGS max_memory_usage = 0",
        "SELECT 1 INTO OUTFILE '/tmp/out'",
        "SELECT 1; DROP TABLE t",
        "SELECT 1 PARALLEL WITH SELECT 2",
        "KILL QUERY WHERE 1",
        "SYSTEM FLUSH LOGS",
        "SYSTEM SHUTDOWN",
        "BACKUP TABLE t TO File('x')",
        "ATTACH TABLE x",
        "DETACH TABLE t",
        "GRANT ALL ON *.* TO default",
        "CREATE USER x",
        "CREATE FUNCTION f AS x -> x",
        "SELECT file('/etc/passwd')",
        "SELECT FILE ('/etc/passwd')",
        "SELECT `file`('/etc/passwd')",
        "SELECT \"file\" /* x */ ('/etc/passwd')",
        "SELECT \"fi\\x6ce\"('/etc/passwd')",
        "SELECT 1 -- \n, file('/etc/passwd')",
        "SELECT '\\'' , file('/etc/passwd'), '\\''",
        "SELECT $x$ ' $x$, file('/etc/passwd')",
        "WITH file('/etc/passwd') AS x SELECT x",
        "SELECT * FROM t WHERE s = file('/etc/passwd')",
        "SELECT * FROM file('/etc/passwd', 'LineAsString')",
        "DESCRIBE file('/etc/passwd', 'LineAsString')",
        "DESCRIBE TABLE url('http://127.0.0.1:1/', 'CSV')",
        "SELECT * FROM url('http://127.0.0.1:1/', 'CSV', 'a String')",
        "SELECT * FROM s3('http://127.0.0.1:1/b/x', 'CSV', 'a String')",
        "SELECT * FROM remote('127.0.0.1:9000', 'system.one')",
        "SELECT * FROM executable('id', 'TSV', 'a String')",
        "SELECT * FROM sqlite('/tmp/x', 'y')",
        "SELECT * FROM mysql('127.0.0.1:1', 'a', 'b', 'c', 'd')",
        "SELECT * FROM eval('SELECT 1')",
        "SELECT * FROM loop(file('/etc/passwd', 'LineAsString')) LIMIT 1",
        "EXPLAIN SELECT * FROM file('/etc/passwd', 'LineAsString')",
        "SELECT catboostEvaluate('/etc/passwd', 1)",
    };
    for (const std::string& where : {child_->socket(), child_->tcp()})
        for (const std::string& sql : cases) {
            const Reply reply = request(where, "POST", "/", {}, sql);
            EXPECT_GE(reply.status, 400) << sql << "\n" << reply.body;
            EXPECT_EQ(reply.body.find("root:"), std::string::npos) << sql;
        }
    EXPECT_EQ(child_->as_reader("SELECT count() FROM t").body, "1000\n");
    // What only looks like it is none of it.
    EXPECT_EQ(child_->as_reader("SELECT 'file(1)', count() FROM numbers(3)").body, "file(1)\t3\n");
    EXPECT_EQ(child_->as_reader("SELECT 1 AS file, 2 AS url").body, "1\t2\n");
}

TEST_F(Engine, LetsParametersStandForColumnsAndTables) {
    const auto with = [&](const std::string& parameters, const std::string& sql) {
        return request(child_->tcp(), "POST", "/?" + parameters, {}, sql);
    };
    EXPECT_EQ(with("param_c=a&param_d=default&param_t=t",
                   "SELECT max({c:Identifier}) FROM {d:Identifier}.{t:Identifier}")
                  .body,
              "999\n");
    for (const char* sql : {"SELECT arrayMap({f:Identifier}, ['/etc/passwd'])",
                            "SELECT * APPLY({f:Identifier}) FROM (SELECT '/etc/passwd')",
                            "SELECT {f:Identifier}('/etc/passwd')",
                            "SELECT * FROM {f:Identifier}('/etc/passwd', 'LineAsString')"}) {
        const Reply reply = with("param_f=file", sql);
        EXPECT_GE(reply.status, 400) << sql;
        EXPECT_EQ(reply.body.find("root:"), std::string::npos) << sql;
    }
    EXPECT_EQ(with("param_f=file", "SELECT {f:Identifier} FROM t").status, 403);
    // Settings that take rows away from, or add them to, whatever runs with them.
    for (const char* settings : {"offset=1", "limit=1&offset=1", "extremes=1", "max_result_rows=1"})
        EXPECT_EQ(with(settings, "SELECT file('/etc/passwd')").status, 403) << settings;
}

TEST_F(Engine, LowersBoundsForClientsAndLiftsNone) {
    const std::string where = child_->socket();
    const auto with = [&](const std::string& settings) {
        return request(where, "POST", "/?" + settings, {}, "SELECT 1").status;
    };
    EXPECT_EQ(with("max_execution_time=5&max_threads=1&output_format_json_quote_64bit_integers=1"),
              200);
    EXPECT_EQ(with("max_memory_usage=0"), 500);
    EXPECT_EQ(with("max_memory_usage=999999999999999"), 500);
    EXPECT_EQ(with("max_execution_time=2.5"), 200);
    EXPECT_EQ(with("max_execution_time=0"), 500);
    EXPECT_EQ(with("max_execution_time=inf"), 500);
    EXPECT_EQ(with("max_execution_time=nan"), 500);
    EXPECT_EQ(with("max_execution_time=-1"), 500);
    EXPECT_EQ(with("max_execution_time=0.000000001"), 500);
    EXPECT_EQ(with("max_memory_usage=0.5"), 400);
    EXPECT_EQ(with("readonly=0"), 500);
    EXPECT_EQ(with("readonly=2"), 500);
    EXPECT_EQ(with("log_comment=x"), 500);
    EXPECT_EQ(with("allow_ddl=1"), 500);
    EXPECT_EQ(with("format_schema=/etc/passwd"), 500);
    EXPECT_EQ(with("max_threads=1'%2C+readonly%3D'0"), 400);
    EXPECT_EQ(with("role=x"), 501);
    EXPECT_EQ(with("user=default&password="), 200);
    EXPECT_EQ(with("user=admin&password=x"), 403);
}

TEST_F(Engine, ReadsWithFinal) {
    child_->must("CREATE TABLE r (a Int8, v UInt64) ENGINE = ReplacingMergeTree(v) ORDER BY a");
    child_->must("INSERT INTO r VALUES (1, 1)");
    child_->must("INSERT INTO r VALUES (1, 2)");
    EXPECT_EQ(child_->as_reader("SELECT v FROM r").body, "2\n");
    EXPECT_EQ(child_->must("SELECT count() FROM r"), "2\n");
}

TEST_F(Engine, TrustsTheTokenOnTheUnixSocketAlone) {
    const Headers right{{"X-Forgehouse-Writer", child_->token()}};
    const Headers wrong{{"X-Forgehouse-Writer", std::string(64, 'a')}};
    EXPECT_EQ(request(child_->socket(), "POST", "/", right, "SELECT 1").status, 200);
    EXPECT_EQ(request(child_->socket(), "POST", "/", wrong, "SELECT 1").status, 403);
    EXPECT_EQ(request(child_->tcp(), "POST", "/", right, "SELECT 1").status, 403);
    EXPECT_EQ(request(child_->socket(), "POST", "/forgehouse/leave", {}, "").status, 403);
    EXPECT_EQ(request(child_->tcp(), "POST", "/forgehouse/leave", {}, "").status, 403);
}

TEST_F(Engine, AnswersNoWebPage) {
    const auto status = [&](const Headers& headers) {
        return request(child_->tcp(), "POST", "/", headers, "SELECT 1").status;
    };
    EXPECT_EQ(status({}), 200);
    EXPECT_EQ(status({{"Origin", "http://evil.example"}}), 403);
    EXPECT_EQ(status({{"Origin", "null"}}), 403);
    EXPECT_EQ(status({{"Sec-Fetch-Site", "cross-site"}}), 403);
    EXPECT_EQ(status({{"Sec-Fetch-Site", "none"}}), 200);
    Wire wire(child_->tcp());
    ASSERT_TRUE(wire.send("GET /?query=SELECT+1 HTTP/1.1\r\nHost: evil.example:8123\r\n\r\n"));
    EXPECT_EQ(wire.receive().status, 403);
    EXPECT_EQ(
        request(child_->tcp(), "OPTIONS", "/", {}, "").headers.count("access-control-allow-origin"),
        0U);
}

TEST_F(Engine, StopsAQueryThatRunsOutOfMemoryOrTime) {
    const Reply memory = request(child_->socket(), "POST", "/?max_memory_usage=50000000", {},
                                 "SELECT groupArray(number) FROM numbers(100000000)");
    EXPECT_EQ(memory.headers.at("x-clickhouse-exception-code"), "241");
    const Reply time = request(child_->socket(), "POST", "/?max_execution_time=1", {},
                               "SELECT sum(sipHash64(number)) FROM numbers(1000000000000)");
    EXPECT_EQ(time.headers.at("x-clickhouse-exception-code"), "159");
    EXPECT_EQ(child_->as_reader("SELECT 1").body, "1\n");
}

TEST_F(Engine, KillsTheQueryOfAClientThatHangsUp) {
    const auto running = [&] {
        return child_->must(
            "SELECT count() FROM system.processes WHERE Settings['log_comment'] = 'doomed'");
    };
    const auto begin = [&](Wire& wire, std::string_view sql) {
        ASSERT_TRUE(wire.send(fmt::format(
            "POST /?query_id=doomed HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n{}",
            sql.size(), sql)));
        for (int i = 0; i < 3000 && running() == "0\n"; ++i) std::this_thread::yield();
        ASSERT_EQ(running(), "1\n");
    };
    const auto expect_death = [&] {
        for (int i = 0; i < 5000 && running() != "0\n"; ++i) std::this_thread::yield();
        EXPECT_EQ(running(), "0\n");
    };
    {
        Wire wire(child_->socket());
        begin(wire, "SELECT sum(sipHash64(number)) FROM numbers(1000000000000000)");
        const Reply twice = request(child_->socket(), "POST", "/?query_id=doomed", {}, "SELECT 1");
        EXPECT_EQ(twice.headers.at("x-clickhouse-exception-code"), "216");
    }
    expect_death();
    {
        Wire wire(child_->socket());  // one whose client does not read on
        begin(wire, "SELECT number FROM numbers(1000000000000000)");
    }
    expect_death();
}

TEST_F(Engine, InsertsBodiesWholeOrNotAtAll) {
    child_->must(
        "CREATE TABLE i (a Int64, s String) ENGINE = MergeTree ORDER BY a SETTINGS "
        "non_replicated_deduplication_window = 1000");
    const auto count = [&] { return child_->must("SELECT count() FROM i"); };
    child_->must("1\tx\n2\ty\n", "query=INSERT+INTO+i+FORMAT+TSV");
    child_->must("INSERT INTO i (a, s) VALUES (3, 'z'), (4, 'q')");
    child_->must("INSERT INTO i FORMAT JSONEachRow\n{\"a\":5,\"s\":\"five\"}\n");
    EXPECT_EQ(count(), "5\n");
    EXPECT_GE(child_->as_writer("1\tx\nbad\n", "query=INSERT+INTO+i+FORMAT+TSV").status, 400);
    EXPECT_EQ(count(), "5\n");
    {
        Wire wire(child_->socket());  // cut by its length
        ASSERT_TRUE(
            wire.send(fmt::format("POST /?query=INSERT+INTO+i+FORMAT+TSV HTTP/1.1\r\nHost: "
                                  "localhost\r\nX-Forgehouse-Writer: {}\r\nContent-Length: "
                                  "1000\r\n\r\n8\tx\n9\ty\n",
                                  child_->token())));
    }
    {
        Wire wire(child_->socket());  // cut by a missing last chunk
        ASSERT_TRUE(wire.send(fmt::format(
            "POST /?query=INSERT+INTO+i+FORMAT+TSV HTTP/1.1\r\nHost: localhost\r\n"
            "X-Forgehouse-Writer: {}\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n8\tx\n\r\n",
            child_->token())));
    }
    const auto token = "query=INSERT+INTO+i+FORMAT+TSV&insert_deduplication_token=once";
    child_->must("6\tsix\n", token);
    child_->must("7\tseven\n", token);
    EXPECT_EQ(count(), "6\n");
    EXPECT_EQ(child_->must("SELECT count() FROM i WHERE a > 6"), "0\n");
}

TEST_F(Engine, DropsALongInsertThatBreaksOff) {
    child_->must("CREATE TABLE long (s String) ENGINE = MergeTree ORDER BY s");
    const std::string row(100'000, 'x');
    {
        Wire wire(child_->socket());
        ASSERT_TRUE(wire.send(
            fmt::format("POST /?query=INSERT+INTO+long+FORMAT+TSV HTTP/1.1\r\nHost: localhost\r\n"
                        "X-Forgehouse-Writer: {}\r\nContent-Length: 10000000\r\n\r\n",
                        child_->token())));
        for (int i = 0; i < 10; ++i) ASSERT_TRUE(wire.send(row + "\n"));
    }
    Wire wire(child_->socket());
    ASSERT_TRUE(wire.send(
        fmt::format("POST /?query=INSERT+INTO+long+FORMAT+TSV HTTP/1.1\r\nHost: localhost\r\n"
                    "X-Forgehouse-Writer: {}\r\nTransfer-Encoding: chunked\r\n\r\n",
                    child_->token())));
    for (int i = 0; i < 10; ++i)
        ASSERT_TRUE(wire.send(fmt::format("{:x}\r\n{}\n\r\n", row.size() + 1, row)));
    ASSERT_TRUE(wire.send("no length\r\n"));
    EXPECT_EQ(wire.receive().status, 400);
    EXPECT_EQ(child_->must("SELECT count() FROM long"), "0\n");
}

TEST_F(Engine, IsNotSilencedByClientsThatStopHalfway) {
    std::vector<std::unique_ptr<Wire>> slow;
    for (const std::string& where : {child_->socket(), child_->tcp()})
        for (int i = 0; i < 70; ++i) {  // more than there are workers
            slow.push_back(std::make_unique<Wire>(where));
            ASSERT_TRUE(slow.back()->send(
                "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nSELECT"));
        }
    for (const std::string& where : {child_->socket(), child_->tcp()}) {
        EXPECT_EQ(request(where, "GET", "/ping", {}, "").status, 200);
        EXPECT_EQ(request(where, "POST", "/", {}, "SELECT 1").body, "1\n");
    }
    ASSERT_TRUE(slow.back()->send(" 2" + std::string(92, ' ')));
    EXPECT_EQ(slow.back()->receive().body, "2\n");
}

TEST_F(Engine, CallsABrokenBodyTheClientsFault) {
    for (const std::string& where : {child_->socket(), child_->tcp()}) {
        Wire wire(where);
        ASSERT_TRUE(
            wire.send("POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nno "
                      "length\r\n"));
        EXPECT_EQ(wire.receive().status, 400);
    }
}

TEST_F(Engine, ReadsALargeChunkedBodyAfterLeaveToSend) {
    child_->must("CREATE TABLE big (a Int64) ENGINE = MergeTree ORDER BY a");
    Wire wire(child_->socket());
    ASSERT_TRUE(wire.send(fmt::format(
        "POST /?query=INSERT+INTO+big+FORMAT+TSV HTTP/1.1\r\nHost: localhost\r\nExpect: "
        "100-continue\r\nX-Forgehouse-Writer: {}\r\nTransfer-Encoding: chunked\r\n\r\n",
        child_->token())));
    std::string rows;
    for (int i = 0; i < 20000; ++i) rows += fmt::format("{}\n", i);
    for (int i = 0; i < 20; ++i)
        ASSERT_TRUE(wire.send(fmt::format("{:x};ext=1\r\n{}\r\n", rows.size(), rows)));
    ASSERT_TRUE(wire.send("0\r\n\r\n"));
    EXPECT_EQ(wire.receive().status, 200);
    EXPECT_EQ(child_->must("SELECT count() FROM big"), "400000\n");
    ASSERT_TRUE(wire.send("GET /ping HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    EXPECT_EQ(wire.receive().body, "Ok.\n");
}

TEST_F(Engine, ReachesNothingOutsideEvenForTheWriter) {
    const fs::path secret = folder_->path() / "secret.txt";
    std::ofstream(secret) << "treasure\n";
    const std::string sql[] = {
        "SELECT file('" + secret.string() + "')",
        "SELECT * FROM file('" + secret.string() + "', 'LineAsString')",
        "SELECT * FROM file('/etc/passwd', 'LineAsString')",
        "SELECT * FROM file('/proc/self/environ', 'LineAsString')",
        "SELECT * FROM file('/proc/self/mem', 'LineAsString')",
        "SELECT * FROM file('/proc/self/root/etc/passwd', 'LineAsString')",
        "SELECT * FROM file('" + (folder_->path() / "data/engine.token").string() +
            "', 'LineAsString')",
        "INSERT INTO FUNCTION file('" + (folder_->path() / "out.tsv").string() +
            "', 'TSV', 'a Int8') SELECT 1",
        "SELECT 1 INTO OUTFILE '" + (folder_->path() / "out2.tsv").string() + "'",
        "SELECT * FROM url('http://" + child_->tcp() +
            "/ping', 'LineAsString') SETTINGS http_max_tries = 1",
        "SELECT * FROM remote('" + child_->tcp() + "', 'system.one')",
        "SELECT * FROM mysql('127.0.0.1:1', 'a', 'b', 'c', 'd')",
        "SELECT * FROM executable('id', 'TSV', 'a String')",
        "SELECT * FROM sqlite('" + secret.string() + "', 'y')",
    };
    for (const std::string& statement : sql) {
        const Reply reply = child_->as_writer(statement);
        EXPECT_GE(reply.status, 400) << statement << "\n" << reply.body;
        EXPECT_EQ(reply.body.find("treasure"), std::string::npos) << statement;
    }
    EXPECT_FALSE(fs::exists(folder_->path() / "out.tsv"));
    EXPECT_FALSE(fs::exists(folder_->path() / "out2.tsv"));
    // Every thread, those of the library too, runs under both layers.
    int threads = 0;
    for (const auto& task : fs::directory_iterator(fmt::format("/proc/{}/task", child_->pid()))) {
        std::ifstream status(task.path() / "status");
        std::string all((std::istreambuf_iterator<char>(status)), {});
        EXPECT_NE(all.find("NoNewPrivs:\t1"), std::string::npos);
        EXPECT_NE(all.find("Seccomp:\t2"), std::string::npos);
        ++threads;
    }
    EXPECT_GT(threads, 10);
}

TEST_F(Engine, LivesThroughManyClientsAtOnce) {
    std::vector<std::jthread> clients;
    std::atomic<int> right = 0;
    for (int c = 0; c < 16; ++c)
        clients.emplace_back([&, c] {
            for (int i = 0; i < 20; ++i)
                if (child_->as_reader(fmt::format("SELECT sum(number) + {} FROM numbers(1000)", c))
                        .body == fmt::format("{}\n", 499500 + c))
                    ++right;
        });
    clients.clear();
    EXPECT_EQ(right, 320);
}

}  // namespace
}  // namespace forgehouse::engine::live
