// The life of engines: one for each directory, found, started, replaced, killed and started again.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "base/text.h"
#include "engine/data_dir.h"
#include "engine/knock.h"
#include "engine/launcher.h"
#include "engine/testing/live.h"
#include "exec/process.h"

extern char** environ;

namespace forgehouse::engine::live {
namespace {

namespace fs = std::filesystem;

Environment environment_in(const fs::path& folder) {
    ::mkdir((folder / "run").c_str(), 0700);
    std::vector<std::string> variables{"XDG_RUNTIME_DIR=" + (folder / "run").string()};
    for (char** v = environ; *v != nullptr; ++v)
        if (!std::string_view(*v).starts_with("XDG_RUNTIME_DIR=")) variables.emplace_back(*v);
    return Environment(variables);
}

Launcher launcher_in(const fs::path& folder) {
    return Launcher({.data_dir = folder / "data",
                     .program = {FORGEHOUSE_ENGINE_CHILD},
                     .environment = environment_in(folder),
                     .idle = std::chrono::seconds(30),
                     .progress = {}});
}

Reply ask(const Endpoint& endpoint, std::string_view sql) {
    return request(endpoint.socket.string(), "POST", "/",
                   {{std::string(kWriterHeader), std::string(endpoint.writer_token.reveal())}},
                   sql);
}

long pid_of(const fs::path& folder) {
    const auto holder = lock_holder(folder / "data" / "engine.lock");
    return holder && *holder ? (*holder)->pid : 0;
}

bool bubblewrap_works() {
    const auto tried = exec::run({}, {.program = "/usr/bin/bwrap",
                                      .arguments = {"--ro-bind", "/", "/", "--unshare-pid",
                                                    "--proc", "/proc", "--dev", "/dev", "true"}});
    return tried && tried->exit.ok();
}

TEST(Life, LaunchersOfManyProcessesStartOneEngine) {
    ASSERT_FALSE(library().empty());
    const TempFolder folder;
    const Launcher launcher = launcher_in(folder.path());
    exec::Context ctx;
    EXPECT_EQ(launcher.find(ctx).error().code(), Errc::NotFound);
    std::vector<std::jthread> racers;
    std::atomic<int> right = 0;
    for (int i = 0; i < 6; ++i)
        racers.emplace_back([&] {
            exec::Context mine;
            const auto endpoint = launcher_in(folder.path()).ensure(mine);
            ASSERT_TRUE(endpoint) << endpoint.error().describe() << endpoint.error().hint();
            if (ask(*endpoint, "SELECT 1").body == "1\n") ++right;
        });
    racers.clear();
    EXPECT_EQ(right, 6);
    const long pid = pid_of(folder.path());
    EXPECT_GT(pid, 0);
    ASSERT_TRUE(launcher.ensure(ctx));
    EXPECT_EQ(pid_of(folder.path()), pid);
    EXPECT_TRUE(launcher.stop(ctx));
    EXPECT_EQ(pid_of(folder.path()), 0);
}

TEST(Life, AKilledEngineIsStartedAgainAndHasLostNothing) {
    ASSERT_FALSE(library().empty());
    const TempFolder folder;
    const Launcher launcher = launcher_in(folder.path());
    exec::Context ctx;
    for (int round = 0; round < 3; ++round) {
        const auto endpoint = launcher.ensure(ctx);
        ASSERT_TRUE(endpoint) << endpoint.error().describe();
        ask(*endpoint, "CREATE TABLE IF NOT EXISTS t (a Int64) ENGINE = MergeTree ORDER BY a");
        EXPECT_EQ(ask(*endpoint, fmt::format("INSERT INTO t VALUES ({})", round)).status, 200);
        EXPECT_EQ(ask(*endpoint, "SELECT count() FROM t").body, fmt::format("{}\n", round + 1));
        ASSERT_EQ(::kill(static_cast<pid_t>(pid_of(folder.path())), SIGKILL), 0);
        while (pid_of(folder.path()) != 0) std::this_thread::yield();  // the kernel frees the lock
    }
    ASSERT_TRUE(launcher.stop(ctx));
}

// Its socket is found under the path's name, whatever has become of the directory.
TEST(Life, OneOfARemovedDirectoryIsNotTakenForOneOfItsSuccessor) {
    const TempFolder folder;
    const Launcher launcher = launcher_in(folder.path());
    exec::Context ctx;
    ASSERT_TRUE(launcher.ensure(ctx));
    const long old = pid_of(folder.path());
    ASSERT_GT(old, 0);
    fs::remove_all(folder.path() / "data");
    const auto endpoint = launcher.ensure(ctx);
    ASSERT_TRUE(endpoint) << endpoint.error().describe();
    EXPECT_EQ(ask(*endpoint, "SELECT 1").body, "1\n");
    EXPECT_NE(pid_of(folder.path()), old);
    exec::Context patience = ctx.with_timeout(std::chrono::seconds(30));
    while (::kill(static_cast<pid_t>(old), 0) == 0)
        ASSERT_TRUE(patience.sleep(std::chrono::milliseconds(20))) << "the old engine lives on";
    EXPECT_EQ(ask(*endpoint, "SELECT 2").body, "2\n");
    EXPECT_TRUE(launcher.stop(ctx));
}

TEST(Life, LeavesWhenNobodyAsks) {
    ASSERT_FALSE(library().empty());
    const TempFolder folder;
    Child child(folder.path(), {"--idle", "1"});
    EXPECT_EQ(child.as_reader("SELECT 1").body, "1\n") << child.errors();
    const std::string socket = child.socket();
    EXPECT_EQ(child.wait(), 0);
    EXPECT_FALSE(fs::exists(socket));
    EXPECT_NE(child.errors().find("left"), std::string::npos);
}

TEST(Life, FinishesMergesAndMutationsBeforeItLeavesIdle) {
    ASSERT_FALSE(library().empty());
    const TempFolder folder;
    const auto from = std::chrono::steady_clock::now();
    {
        Child child(folder.path(), {"--idle", "1"});
        child.must("CREATE TABLE t (a Int64) ENGINE = MergeTree ORDER BY a");
        child.must("INSERT INTO t SELECT number FROM numbers(5)");
        // Two that take two seconds and a half each, one behind the other.
        for (const char* which : {"a = 3", "a = 9"})
            child.must(
                fmt::format("ALTER TABLE t DELETE WHERE sleepEachRow(0.5) = 0 AND {}", which),
                "allow_nondeterministic_mutations=1");
        EXPECT_EQ(child.wait(), 0);
        EXPECT_NE(child.errors().find("left"), std::string::npos);
    }
    EXPECT_GT(std::chrono::steady_clock::now() - from, std::chrono::seconds(3));
    // The next engine finds them done, and does not begin again.
    const Child next(folder.path());
    EXPECT_EQ(next.must("SELECT count() FROM system.mutations WHERE NOT is_done"), "0\n");
    EXPECT_EQ(next.must("SELECT groupArray(a) FROM t"), "[0,1,2,4]\n");
}

TEST(Life, ASecondOneLeavesQuietly) {
    ASSERT_FALSE(library().empty());
    const TempFolder folder;
    const Child first(folder.path());
    Child second(folder.path());
    EXPECT_EQ(second.wait(), 0);
    EXPECT_EQ(second.ready_line(), "");
    EXPECT_EQ(first.as_reader("SELECT 1").body, "1\n");
}

TEST(Life, FinishesRunningQueriesWhenToldToStop) {
    ASSERT_FALSE(library().empty());
    const TempFolder folder;
    Child child(folder.path());
    Wire wire(child.socket());
    const std::string sql = "SELECT sleepEachRow(0.5) FROM numbers(2) FORMAT Null";
    ASSERT_TRUE(wire.send(fmt::format(
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n{}", sql.size(), sql)));
    while (child.must("SELECT count() FROM system.processes WHERE query LIKE '%sleepEachRow(0.5)%' "
                      "AND query NOT LIKE '%processes%'") == "0\n")
        std::this_thread::yield();
    child.signal(SIGTERM);
    const Reply reply = wire.receive();
    EXPECT_EQ(reply.status, 200) << reply.body;
    EXPECT_EQ(child.wait(), 0);
}

TEST(Life, TakesOverWithoutAFailedQuery) {
    ASSERT_FALSE(library().empty());
    const TempFolder folder;
    const Launcher launcher = launcher_in(folder.path());
    exec::Context ctx;
    const auto endpoint = launcher.ensure(ctx);
    ASSERT_TRUE(endpoint) << endpoint.error().describe();
    ask(*endpoint, "CREATE TABLE t (a Int64) ENGINE = MergeTree ORDER BY a");
    const long before = pid_of(folder.path());

    std::atomic<bool> enough = false;
    std::atomic<int> inserted = 0, failed = 0;
    std::string why;
    std::vector<std::jthread> clients;
    for (int c = 0; c < 4; ++c)
        clients.emplace_back([&, c] {
            for (int i = 0; !enough; ++i) {
                const Reply reply =
                    ask(*endpoint, fmt::format("INSERT INTO t VALUES ({})", c * 1000000 + i));
                if (reply.status == 200)
                    ++inserted;
                else if (failed++ == 0)
                    why = fmt::format("{} {}", reply.status, reply.body);
            }
        });
    std::string replaced;
    {
        std::vector<std::unique_ptr<Child>> engines;
        for (int i = 0; i < 2; ++i) {
            const int sofar = inserted;
            while (inserted < sofar + 20 && failed == 0) std::this_thread::yield();
            engines.push_back(std::make_unique<Child>(
                folder.path(), std::vector<std::string>{"--listen", "127.0.0.1:0"}));
            EXPECT_TRUE(engines.back()->ready_line().starts_with("ready"))
                << engines.back()->errors();
            EXPECT_NE(pid_of(folder.path()), before);
            EXPECT_EQ(pid_of(folder.path()), engines.back()->pid());
        }
        EXPECT_EQ(engines.front()->wait(), 0) << engines.front()->errors();
        const int sofar = inserted;
        while (inserted < sofar + 20 && failed == 0) std::this_thread::yield();
        enough = true;
        clients.clear();
        EXPECT_EQ(failed, 0) << why;
        EXPECT_EQ(ask(*endpoint, "SELECT count() FROM t").body,
                  fmt::format("{}\n", inserted.load()));
    }
}

TEST(Life, KeepsNoSecretOfItsCallersEnvironment) {
    ASSERT_FALSE(library().empty());
    const TempFolder folder;
    ::setenv("FORGEHOUSE_WAREHOUSE_PASSWORD", "treasure", 1);
    Child child(folder.path(), {"--listen", "127.0.0.1:0"});
    ::unsetenv("FORGEHOUSE_WAREHOUSE_PASSWORD");
    EXPECT_EQ(child.as_reader("SELECT 1").body, "1\n") << child.errors();
    std::ifstream file(fmt::format("/proc/{}/environ", child.pid()), std::ios::binary);
    const std::string environment((std::istreambuf_iterator<char>(file)), {});
    EXPECT_NE(environment.find("XDG_RUNTIME_DIR="), std::string::npos);
    EXPECT_EQ(environment.find("treasure"), std::string::npos);
}

TEST(Life, LivesInBubblewrapWhereThereIsNoLandlock) {
    ASSERT_FALSE(library().empty());
    const TempFolder folder;
    ASSERT_TRUE(open_data_dir(folder.path() / "data", folder.path().string()));
    std::ofstream(folder.path() / "secret") << "treasure\n";
    fs::create_directory(folder.path() / "data" / "mirrors");
    std::ofstream(folder.path() / "data" / "mirrors" / "secret") << "treasure\n";
    std::ofstream(folder.path() / "data" / "checkpoint") << "treasure\n";
    Child child(folder.path(), {"--no-landlock", "--listen", "127.0.0.1:0"});
    if (!bubblewrap_works()) {  // not there, or forbidden in a container: then it must not serve
        EXPECT_EQ(child.ready_line(), "");
        EXPECT_NE(child.wait(), 0);
        return;
    }
    child.must("CREATE TABLE t (a Int64) ENGINE = MergeTree ORDER BY a");
    child.must("INSERT INTO t SELECT number FROM numbers(1000)");
    EXPECT_EQ(child.as_client("SELECT count() FROM t").body, "1000\n");
    for (const char* name : {"secret", "data/mirrors/secret", "data/checkpoint"}) {
        const std::string path = (folder.path() / name).string();
        const Reply reply = child.as_writer("SELECT * FROM file('" + path + "', 'LineAsString')");
        EXPECT_GE(reply.status, 400) << path;
        EXPECT_EQ(reply.body.find("treasure"), std::string::npos) << path;
        child.as_writer("INSERT INTO FUNCTION file('" + path + ".made', 'TSV', 'a Int8') SELECT 1");
        EXPECT_FALSE(fs::exists(path + ".made"));
    }
    EXPECT_GE(child.as_writer("SELECT * FROM file('/etc/passwd', 'LineAsString')").status, 400);
    EXPECT_EQ(pid_of(folder.path()), child.pid());
    Child second(folder.path(), {"--no-landlock"});
    EXPECT_EQ(second.wait(), 0) << "it finds the lock of the first";
    const Reply leave = request(child.socket(), "POST", "/forgehouse/leave",
                                {{"X-Forgehouse-Writer", child.token()}}, "");
    EXPECT_EQ(leave.status, 200);
    EXPECT_EQ(child.wait(), 0) << child.errors();
}

TEST(Life, SaysWhatIsWrongWithTheStart) {
    const TempFolder folder;
    const auto failure = [&](std::vector<std::string> more) {
        Child child(folder.path(), std::move(more));
        EXPECT_EQ(child.wait(), 1);
        EXPECT_EQ(child.ready_line(), "");
        return child.errors();
    };
    EXPECT_NE(failure({"--library", "/no/such/libchdb.so"}).find("tools/fetch_libchdb"),
              std::string::npos);
    EXPECT_NE(failure({"--listen", "0.0.0.0:0"}).find("loopback"), std::string::npos);
    EXPECT_NE(failure({"--listen", "nonsense"}).find("loopback"), std::string::npos);
    std::ofstream(folder.path() / "data" / "format") << "99\n";
    EXPECT_NE(failure({}).find("newer version"), std::string::npos);
    std::ofstream(folder.path() / "data" / "format") << "1\n";

    // The launcher passes the engine's own words on.
    Launcher launcher({.data_dir = folder.path() / "data",
                       .program = {FORGEHOUSE_ENGINE_CHILD, "--library", "/no/such/libchdb.so"},
                       .environment = environment_in(folder.path()),
                       .idle = std::chrono::seconds(5),
                       .progress = {}});
    exec::Context ctx;
    const auto endpoint = launcher.ensure(ctx);
    ASSERT_FALSE(endpoint);
    EXPECT_EQ(endpoint.error().code(), Errc::Invalid);
    EXPECT_NE(endpoint.error().field("log").find("libchdb.so is not there"),
              std::string_view::npos);
    Launcher nothing({.data_dir = folder.path() / "data",
                      .program = {"/no/such/program"},
                      .environment = environment_in(folder.path()),
                      .idle = std::chrono::seconds(5),
                      .progress = {}});
    EXPECT_NE(nothing.ensure(ctx).error().field("log").find("cannot be executed"),
              std::string_view::npos);
}

}  // namespace
}  // namespace forgehouse::engine::live
