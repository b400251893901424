// Users and TLS as clients meet them: a real engine, and curl where it is about TLS.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>

#include <chrono>
#include <fstream>
#include <thread>

#include "base/password_hash.h"
#include "base/text.h"
#include "engine/testing/live.h"
#include "exec/process.h"
#include "net/testing/certificates.h"

namespace forgehouse::engine::live {
namespace {

namespace fs = std::filesystem;

std::string basic(std::string_view pair) {
    return "Basic " + text::to_base64(pair);
}

/// An engine with the users reader, writer and small, who have their names as passwords.
class Users : public OneEngine<Users> {
public:
    static std::unique_ptr<Child> start(const std::filesystem::path& folder) {
        std::ofstream file(folder / "users");
        const auto line = [&](const char* name, const char* more) {
            file << name << ' ' << more << '\n';
        };
        line("reader", ("read " + *hash_password(Secret("reader"))).c_str());
        line("writer", ("write " + *hash_password(Secret("writer"))).c_str());
        line("other", ("write " + *hash_password(Secret("other"))).c_str());
        line("small", ("read " + *hash_password(Secret("small")) +
                       " max_memory_usage=30000000 max_execution_time=2 max_threads=1")
                          .c_str());
        file.close();
        ::chmod((folder / "users").c_str(), 0600);
        auto child = std::make_unique<Child>(
            folder, std::vector<std::string>{"--listen", "127.0.0.1:0", "--users",
                                             (folder / "users").string()});
        return child;
    }

protected:
    static Reply as(const std::string& user, std::string_view sql,
                    const std::string& parameters = "") {
        return request(child_->tcp(), "POST", "/?" + parameters,
                       {{"Authorization", basic(user + ":" + user)}}, sql);
    }
};

TEST_F(Users, ComeInByEachOfTheThreeWays) {
    const std::string where = child_->tcp();
    EXPECT_EQ(as("reader", "SELECT 1").body, "1\n");
    EXPECT_EQ(request(where, "POST", "/",
                      {{"X-ClickHouse-User", "reader"}, {"X-ClickHouse-Key", "reader"}}, "SELECT 2")
                  .body,
              "2\n");
    EXPECT_EQ(request(where, "GET", "/?user=reader&password=reader&query=SELECT+3", {}, "").body,
              "3\n");
    EXPECT_EQ(request(where, "POST", "/?user=reader", {{"Authorization", basic("reader:reader")}},
                      "SELECT 4")
                  .status,
              403);
    // Health checks need none; our own socket neither.
    EXPECT_EQ(request(where, "GET", "/ping", {}, "").body, "Ok.\n");
    EXPECT_EQ(child_->as_reader("SELECT 5").body, "5\n");
}

TEST_F(Users, AreRefusedAsClickHouseDoes) {
    const std::string where = child_->tcp();
    const std::string text =
        "Code: 516. DB::Exception: {}: Authentication failed: password is incorrect, or there is "
        "no user with such name. (AUTHENTICATION_FAILED)\n";
    const auto expected = [&](std::string_view name) {
        return std::string(text).replace(text.find("{}"), 2, name);
    };
    const Reply anonymous = request(where, "POST", "/", {}, "SELECT 1");
    EXPECT_EQ(anonymous.status, 403);
    EXPECT_EQ(anonymous.headers.at("x-clickhouse-exception-code"), "516");
    EXPECT_EQ(anonymous.headers.count("www-authenticate"), 0U);  // as ClickHouse since 23
    EXPECT_EQ(anonymous.body, expected("default"));
    EXPECT_EQ(request(where, "POST", "/?user=nobody&password=reader", {}, "SELECT 1").body,
              expected("nobody"));
    const Reply wrong =
        request(where, "POST", "/", {{"Authorization", basic("reader:Reader")}}, "SELECT 1");
    EXPECT_EQ(wrong.status, 403);
    EXPECT_EQ(wrong.body, expected("reader"));
    EXPECT_EQ(child_->errors().find("Reader"), std::string::npos);
}

TEST_F(Users, MayDoWhatTheirLineSays) {
    EXPECT_EQ(as("writer", "CREATE TABLE mine (a Int64) ENGINE = MergeTree ORDER BY a").status,
              200);
    EXPECT_EQ(as("writer", "INSERT INTO mine VALUES (1), (2)").status, 200);
    EXPECT_EQ(as("reader", "SELECT sum(a) FROM mine").body, "3\n");
    EXPECT_EQ(as("reader", "INSERT INTO mine VALUES (3)").headers.at("x-clickhouse-exception-code"),
              "164");
    EXPECT_EQ(as("reader", "DROP TABLE mine").headers.at("x-clickhouse-exception-code"), "164");
    EXPECT_EQ(as("writer", "DROP TABLE mine SYNC").status, 200);
}

TEST_F(Users, AreNamedByCurrentUser) {
    EXPECT_EQ(
        as("reader", "SELECT currentUser(), user() = 'reader', concat(CURRENT_USER(), '!')").body,
        "reader\t1\treader!\n");
    EXPECT_EQ(as("reader", "SELECT currentUser() FORMAT TSVWithNames").body,
              "currentUser()\nreader\n");
    EXPECT_EQ(as("reader", "SELECT 'currentUser()'").body, "currentUser()\n");
    EXPECT_EQ(child_->as_reader("SELECT currentUser()").body, "default\n");
}

TEST_F(Users, HaveBoundsOfTheirOwn) {
    const std::string hungry = "SELECT length(groupArray(number)) FROM numbers(20000000)";
    EXPECT_EQ(as("reader", hungry).body, "20000000\n");
    EXPECT_EQ(as("small", hungry).headers.at("x-clickhouse-exception-code"), "241");
    EXPECT_EQ(as("small", "SELECT count() FROM numbers(100000000000) WHERE sipHash64(number) = 1")
                  .headers.at("x-clickhouse-exception-code"),
              "159");
    EXPECT_EQ(
        as("small", "SELECT 1", "max_execution_time=3").headers.at("x-clickhouse-exception-code"),
        "452");
    EXPECT_EQ(as("small", "SELECT 1", "max_memory_usage=30000001").status, 500);
    EXPECT_EQ(as("small", "SELECT 1", "max_execution_time=1&max_memory_usage=20000000").status,
              200);
    EXPECT_EQ(as("small", "SELECT getSetting('max_threads')").body, "1\n");
}

TEST_F(Users, HaveSessionsAndQueriesOfTheirOwn) {
    ASSERT_EQ(as("writer", "SET max_block_size = 777", "session_id=s").status, 200);
    const std::string ask = "SELECT getSetting('max_block_size')";
    EXPECT_EQ(as("writer", ask, "session_id=s").body, "777\n");
    EXPECT_NE(as("other", ask, "session_id=s").body, "777\n");
    const std::string endless =
        "SELECT count() FROM numbers(1000000000000) WHERE sipHash64(number) = 12";
    Wire running(child_->tcp());
    running.send(
        fmt::format("POST /?query_id=of-writer HTTP/1.1\r\nHost: localhost\r\nAuthorization: {}\r\n"
                    "Content-Length: {}\r\n\r\n{}",
                    basic("writer:writer"), endless.size(), endless));
    std::string found;
    for (int i = 0; i < 1000 && found != "1\n"; ++i)
        found = child_
                    ->as_reader(
                        "SELECT count() FROM system.processes WHERE query LIKE '% = 12' "
                        "AND query NOT LIKE '%system.processes%'")
                    .body;
    ASSERT_EQ(found, "1\n");
    EXPECT_EQ(as("other", "KILL QUERY WHERE query_id = 'of-writer'").body, "");
    EXPECT_NE(as("writer", "KILL QUERY WHERE query_id = 'of-writer'").body, "");
    EXPECT_EQ(running.receive().headers["x-clickhouse-exception-code"], "394");
}

TEST_F(Users, MayKeepAndKillWhatIsTheirsThoughTheyOnlyRead) {
    ASSERT_EQ(as("reader", "SET max_block_size = 123", "session_id=r").body, "");
    ASSERT_EQ(as("reader", "USE system", "session_id=r").body, "");
    const std::string ask = "SELECT getSetting('max_block_size'), currentDatabase()";
    EXPECT_EQ(as("reader", ask, "session_id=r").body, "123\tsystem\n");
    EXPECT_NE(as("small", ask, "session_id=r").body, "123\tsystem\n");
    const auto code = [&](const std::string& sql) {
        return as("reader", sql, "session_id=r").headers["x-clickhouse-exception-code"];
    };
    EXPECT_EQ(code("SET readonly = 0"), "164");
    EXPECT_EQ(code("SET max_execution_time = 0"), "452");
    EXPECT_EQ(code("SET log_comment = 'spoof'"), "164");
    EXPECT_EQ(code("SET max_block_size = 1, format_schema_path = '/'"), "164");
    EXPECT_EQ(code("SET output_format_csv_delimiter = '" + std::string(5000, 'x') + "'"), "229");
    EXPECT_EQ(code("USE nosuch"), "81");
    EXPECT_EQ(code("SELECT * FROM processes"), "497");
    EXPECT_EQ(code("KILL QUERY WHERE 1"), "164");
    EXPECT_EQ(as("reader", ask, "session_id=r").body, "123\tsystem\n");

    std::jthread slow([&] {
        const Reply reply = as("reader", "SELECT sum(sleepEachRow(0.01)) FROM numbers(2000)",
                               "query_id=kq&max_block_size=100");
        EXPECT_EQ(reply.headers.at("x-clickhouse-exception-code"), "394") << reply.body;
    });
    std::string killed;
    for (int i = 0; i < 1000 && killed.empty(); ++i) {
        EXPECT_EQ(as("small", "KILL QUERY WHERE query_id = 'kq'").body, "");
        EXPECT_EQ(as("other", "KILL QUERY WHERE query_id = 'kq'").body, "");
        killed = as("reader", "KILL QUERY WHERE query_id = 'kq' SYNC").body;
    }
    EXPECT_EQ(killed, "finished\tkq\treader\t\n");
}

TEST_F(Users, CostOneRunOfArgonForAClientThatStays) {
    using Steady = std::chrono::steady_clock;
    ASSERT_EQ(as("reader", "SELECT 1").status, 200);
    const auto from = Steady::now();
    for (int i = 0; i < 50; ++i) ASSERT_EQ(as("reader", "SELECT 1").status, 200);
    const auto each = (Steady::now() - from) / 50;
    const auto begun = Steady::now();
    EXPECT_FALSE(password_matches(*hash_password(Secret("x")), Secret("y")));
    // A hash and a run; the queries above had neither.
    EXPECT_LT(each, Steady::now() - begun);
}

TEST_F(Users, WhoGuessesIsSlowedDownAndHoldsUpNobody) {
    ASSERT_EQ(as("reader", "SELECT 1").status, 200);
    int sent_away = 0;
    for (int i = 0; i < 40; ++i) {
        const Reply reply =
            request(child_->tcp(), "POST", "/",
                    {{"Authorization", basic(fmt::format("writer:{}", i))}}, "SELECT 1");
        ASSERT_TRUE(reply.status == 403 || reply.status == 429) << reply.status;
        if (reply.status != 429) continue;
        ++sent_away;
        EXPECT_EQ(reply.headers.count("retry-after"), 1U);
        EXPECT_EQ(as("reader", "SELECT 1").status, 200);
    }
    EXPECT_GE(sent_away, 30);
}

/// What curl says, which trusts `certificate`.
std::string curl(const std::string& certificate, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"-sS", "--max-time", "30", "--cacert", certificate});
    const auto done =
        exec::run(exec::Context(), {.program = "/usr/bin/curl", .arguments = std::move(arguments)});
    return done ? done->out + done->error : done.error().describe();
}

TEST(EngineTls, ServesCurlAndKeepsItsKeyOutOfReach) {
    ASSERT_FALSE(library().empty());
    const TempFolder folder;
    const net::testing::Certificates certificates;
    certificates.make("tls");
    for (const std::vector<std::string>& more :
         {std::vector<std::string>{}, std::vector<std::string>{"--no-landlock"}}) {
        std::vector<std::string> arguments{"--listen",          "127.0.0.1:0",
                                           "--tls-certificate", certificates.path("tls.pem"),
                                           "--tls-key",         certificates.path("tls.key")};
        arguments.insert(arguments.end(), more.begin(), more.end());
        const fs::path own = folder.path() / (more.empty() ? "a" : "b");
        fs::create_directory(own);
        const Child engine(own, arguments);
        const std::string& ready = engine.ready_line();
        ASSERT_TRUE(ready.starts_with("ready on https://127.0.0.1:")) << engine.errors();
        const std::string url = ready.substr(ready.find("https"));
        EXPECT_EQ(curl(certificates.path("tls.pem"), {url + "/ping"}), "Ok.\n");
        EXPECT_EQ(curl(certificates.path("tls.pem"), {url, "-d", "SELECT 40 + 2"}), "42\n");
        const std::string big = curl(certificates.path("tls.pem"),
                                     {url, "-d", "SELECT number FROM numbers(3000000) FORMAT TSV",
                                      "-o", "/dev/null", "-w", "%{size_download}"});
        EXPECT_EQ(big, "22888890");
        // Our own writer may say anything: the process itself cannot open the file any more.
        const Reply key = engine.as_writer("SELECT file('" + certificates.path("tls.key") + "')");
        EXPECT_GE(key.status, 400);
        EXPECT_EQ(key.body.find("PRIVATE"), std::string::npos);
    }
}

TEST(EngineTls, RefusesFilesThatWillNotDo) {
    ASSERT_FALSE(library().empty());
    const TempFolder folder;
    const net::testing::Certificates certificates;
    certificates.make("tls");
    const auto said = [&](std::vector<std::string> more) {
        more.insert(more.begin(), {"--listen", "127.0.0.1:0"});
        Child engine(folder.path(), more);
        EXPECT_EQ(engine.ready_line(), "");
        EXPECT_EQ(engine.wait(), 1);
        return engine.errors();
    };
    EXPECT_NE(said({"--tls-certificate", certificates.path("tls.pem")}).find("its key"),
              std::string::npos);
    ::chmod(certificates.path("tls.key").c_str(), 0644);
    EXPECT_NE(said({"--tls-certificate", certificates.path("tls.pem"), "--tls-key",
                    certificates.path("tls.key")})
                  .find("others may read"),
              std::string::npos);
    EXPECT_NE(said({"--users", (folder.path() / "nosuch").string()}).find("cannot be opened"),
              std::string::npos);
}

}  // namespace
}  // namespace forgehouse::engine::live
