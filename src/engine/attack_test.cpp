// Confinement as somebody with SQL meets it: every case of testdata/attacks.cases against a real
// engine; and the same ends with no policy at all in the way, where the process itself has to hold.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <fstream>

#include "base/password_hash.h"
#include "base/text.h"
#include "engine/testing/live.h"

namespace forgehouse::engine::live {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSecret = "rosebud-7261";

/// A port where nobody may connect.
class Trap {
public:
    Trap() {
        sockaddr_in where{};
        where.sin_family = AF_INET;
        where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        EXPECT_EQ(::bind(fd_, reinterpret_cast<const sockaddr*>(&where), sizeof where), 0);
        EXPECT_EQ(::listen(fd_, 10), 0);
        socklen_t size = sizeof where;
        ::getsockname(fd_, reinterpret_cast<sockaddr*>(&where), &size);
        port_ = std::to_string(ntohs(where.sin_port));
    }
    ~Trap() { ::close(fd_); }
    Trap(const Trap&) = delete;
    Trap& operator=(const Trap&) = delete;
    const std::string& port() const { return port_; }
    bool sprung() const {
        pollfd p{.fd = fd_, .events = POLLIN, .revents = 0};
        return ::poll(&p, 1, 0) > 0;
    }

private:
    int fd_ = -1;
    std::string port_;
};

/// Files that are none of the engine's, and what may not happen to them.
struct Outside {
    Outside() {
        std::ofstream(folder.path() / "secret.csv") << kSecret << "\n";
        std::ofstream(folder.path() / "x.sqlite") << kSecret << "\n";
    }
    std::size_t files() const {
        std::size_t count = 0;
        for ([[maybe_unused]] const auto& file : fs::recursive_directory_iterator(folder.path()))
            ++count;
        return count;
    }
    std::string filled(std::string text, const fs::path& data) const {
        const std::pair<std::string, std::string> words[] = {
            {"{out}", folder.path().string()}, {"{port}", trap.port()}, {"{data}", data.string()}};
        for (const auto& [word, value] : words)
            for (auto at = text.find(word); at != text.npos; at = text.find(word, at))
                text.replace(at, word.size(), value);
        return text;
    }
    TempFolder folder;
    Trap trap;
};

struct Case {
    std::string who, verdict, sql;
};

std::vector<Case> cases() {
    std::ifstream file(FORGEHOUSE_ROOM_DIR "/testdata/attacks.cases");
    std::vector<Case> out;
    for (std::string line; std::getline(file, line);) {
        if (line.empty() || line.starts_with('#')) continue;
        const auto first = line.find(' ');
        const auto second = line.find_first_not_of(' ', first);
        const auto third = line.find(' ', second);
        out.push_back({.who = line.substr(0, first),
                       .verdict = line.substr(second, third - second),
                       .sql = std::string(text::trim(line.substr(third)))});
    }
    return out;
}

/// An engine with the users reader and writer, bounds low enough to be met soon.
class Attacks : public OneEngine<Attacks> {
public:
    static std::unique_ptr<Child> start(const std::filesystem::path& folder) {
        const fs::path users = folder / "users";
        std::ofstream file(users);
        const std::string bounds = " max_memory_usage=300000000 max_execution_time=1\n";
        file << "reader read " << *hash_password(Secret("reader")) << bounds;
        file << "writer write " << *hash_password(Secret("writer")) << bounds;
        file.close();
        ::chmod(users.c_str(), 0600);
        auto child = std::make_unique<Child>(
            folder, std::vector<std::string>{"--listen", "127.0.0.1:0", "--users", users.string()});
        child->must("CREATE TABLE git_commits (a String) ENGINE = MergeTree ORDER BY a");
        child->must("INSERT INTO git_commits VALUES ('ours')");
        child->must("CREATE TABLE mine (a String) ENGINE = MergeTree ORDER BY a");
        return child;
    }

protected:
    static Reply as(const std::string& user, std::string_view sql,
                    const std::string& parameters = "", Headers more = {}) {
        more.emplace_back("Authorization", "Basic " + text::to_base64(user + ":" + user));
        return request(child_->tcp(), "POST", "/?" + parameters, more, sql);
    }
    /// A case as that user.
    void expect(const Outside& outside, const Case& one, const std::string& user) {
        const std::string sql = outside.filled(one.sql, folder_->path() / "data");
        const auto from = std::chrono::steady_clock::now();
        const Reply reply = as(user, sql);
        const auto took = std::chrono::steady_clock::now() - from;
        EXPECT_EQ(reply.body.find(kSecret), std::string::npos) << user << ": " << sql;
        EXPECT_EQ(reply.body.find(child_->token()), std::string::npos) << user << ": " << sql;
        EXPECT_NE(reply.status, 0) << user << ": " << sql;
        if (one.verdict == "deny") EXPECT_GE(reply.status, 400) << user << ": " << sql;
        if (one.verdict == "shows") EXPECT_EQ(reply.status, 200) << user << ": " << reply.body;
        if (one.verdict == "bound") {
            EXPECT_LT(took, std::chrono::seconds(25)) << user << ": " << sql;
            EXPECT_LT(reply.body.size(), 600U * 1024 * 1024);
        }
        ASSERT_FALSE(outside.trap.sprung()) << user << ": " << sql;
        ASSERT_EQ(outside.files(), 2U) << user << ": " << sql;
    }
};

TEST_F(Attacks, AreRefusedOrBounded) {
    const Outside outside;
    std::size_t count = 0;
    for (const Case& one : cases()) {
        ASSERT_TRUE(one.verdict == "deny" || one.verdict == "bound" || one.verdict == "shows");
        for (const char* user : {"reader", "writer"})
            if (one.who == "any" || one.who == user) {
                expect(outside, one, user);
                ++count;
            }
    }
    EXPECT_GT(count, 300U);
    EXPECT_EQ(as("reader", "SELECT 1").body, "1\n");
    EXPECT_EQ(child_->must("SELECT groupArray(a) FROM git_commits"), "['ours']\n");
    EXPECT_EQ(child_->must("SELECT count() FROM system.tables WHERE database = 'default' AND "
                           "name NOT IN ('mine', 'git_commits')"),
              "0\n");
}

TEST_F(Attacks, ComeByParametersSessionsAndFormsToo) {
    const Outside outside;
    const std::string secret = outside.folder.path() / "secret.csv";
    for (const char* user : {"reader", "writer"}) {
        const auto refused = [&](const std::string& parameters, const std::string& sql,
                                 Headers more = {}) {
            const Reply reply = as(user, sql, parameters, std::move(more));
            EXPECT_GE(reply.status, 400) << user << " " << parameters << " " << sql << reply.body;
            EXPECT_EQ(reply.body.find(kSecret), std::string::npos);
        };
        refused("param_f=file&param_x=" + percent_encoded(secret),
                "SELECT {f:Identifier}({x:String})");
        refused("param_t=" + percent_encoded(secret), "SELECT * FROM {t:Identifier}");
        refused("param_t=processes", "SELECT * FROM system.{t:Identifier}");
        refused("database=system", "SELECT * FROM processes");
        refused("max_memory_usage=0", "SELECT 1");
        refused("readonly=0", "SELECT 1");
        refused("format_schema=" + percent_encoded(secret), "SELECT 1");
        refused("max_execution_time=1e9", "SELECT 1");
        refused("profile=default", "SELECT 1");
        refused("query=" + percent_encoded("SELECT file('" + secret + "')"), "");
        refused("default_format=Template&format_template_row=" + percent_encoded(secret),
                "SELECT 1");
        refused("default_format=" + percent_encoded("CSV INTO OUTFILE '/tmp/x'"), "SELECT 1");
        const std::string form =
            "--b\r\nContent-Disposition: form-data; name=\"t\"; "
            "filename=\"t\"\r\n\r\n1\r\n--b--\r\n";
        const Headers of_form{{"Content-Type", "multipart/form-data; boundary=b"}};
        refused("query=SELECT+*+FROM+t&t_structure=" +
                    percent_encoded("a String DEFAULT file('" + secret + "')"),
                form, of_form);
        refused("query=SELECT+*+FROM+t&t_structure=a+String&t_format=Template", form, of_form);
        refused("query=" + percent_encoded("SELECT file('" + secret + "') FROM t") +
                    "&t_structure=a+String",
                form, of_form);
        if (as(user, "SET max_block_size = 5", "session_id=s").status == 200)
            refused("session_id=s", "SET max_memory_usage = 0");
        refused("session_id=s", "SELECT file('" + secret + "')");
        refused("", std::string(5 * 1024 * 1024, ' ') + "SELECT 1");
        refused("", "SELECT " + std::string(20'000, '(') + "1" + std::string(20'000, ')'));
        std::string terms = "SELECT 1";
        for (int i = 0; i < 100'000; ++i) terms += "+1";
        refused("", terms);
    }
    EXPECT_FALSE(outside.trap.sprung());
    EXPECT_EQ(outside.files(), 2U);
    EXPECT_EQ(as("reader", "SELECT 1").body, "1\n");
}

/// Our own writer's statements pass no policy: what stops them here stops anybody for whom one was
/// forgotten.
TEST_F(Attacks, EndAtTheProcessWhereNoPolicyIsInTheWay) {
    const Outside outside;
    for (const Case& one : cases()) {
        // What is about the outside; the rest the writer may do, or it ends the engine.
        const bool reaches = one.sql.contains("{out}") || one.sql.contains("{port}") ||
                             one.sql.contains("/proc/") || one.sql.contains("/etc/") ||
                             one.sql.contains("executable(") || one.sql.contains("Executable");
        // That one waits a minute for a program that it cannot start.
        if (!reaches || one.verdict != "deny" || one.sql.contains("jdbc(")) continue;
        const std::string sql = outside.filled(one.sql, folder_->path() / "data");
        const Reply reply =
            child_->as_writer(sql,
                              "max_execution_time=5&http_max_tries=1&s3_retry_attempts=0&"
                              "connections_with_failover_max_tries=1&connect_timeout=1");
        EXPECT_NE(reply.status, 0) << sql;
        EXPECT_EQ(reply.body.find(kSecret), std::string::npos) << sql;
        ASSERT_FALSE(outside.trap.sprung()) << sql;
        ASSERT_EQ(outside.files(), 2U) << sql;
    }
    const std::string secret = outside.folder.path() / "secret.csv";
    const std::string users = folder_->path() / "users";
    const std::string token = folder_->path() / "data/engine.token";
    for (const std::string& path :
         {secret, users, token, std::string("/etc/passwd"), std::string("/proc/self/environ"),
          std::string("/proc/1/cmdline"), std::string("/proc/self/mem"),
          std::string("/proc/self/cmdline"), std::string("/dev/sda"),
          (folder_->path() / "data/logs/engine.log").string()}) {
        const Reply reply = child_->as_writer("SELECT length(file('" + path + "'))");
        EXPECT_GE(reply.status, 400) << path << ": " << reply.body;
    }
    // The names of its own folder do not lead out of it either.
    std::error_code ignored;
    fs::create_symlink(secret, folder_->path() / "data/clickhouse/link", ignored);
    EXPECT_GE(child_
                  ->as_writer("SELECT file('" +
                              (folder_->path() / "data/clickhouse/link").string() + "')")
                  .status,
              400);
    EXPECT_EQ(child_->must("SELECT 1"), "1\n");
    EXPECT_FALSE(outside.trap.sprung());
}

}  // namespace
}  // namespace forgehouse::engine::live
