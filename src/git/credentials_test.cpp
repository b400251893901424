// What a password of a remote may touch, with a real git over HTTP.
#include <unistd.h>

#include <fstream>

#include "base/text.h"
#include "git/askpass.h"
#include "git/environment.h"
#include "git/mirror.h"
#include "git/testing/file_server.h"
#include "git/testing/scratch.h"

namespace forgehouse::git {
namespace {

using testing::FileServer;
using testing::Scratch;

constexpr std::string_view kPassword = "correct-horse-battery";

std::string content(const std::filesystem::path& path) {
    // By stdio: a process may end while its files in /proc are read, and streams throw then.
    std::string all;
    if (FILE* in = std::fopen(path.c_str(), "rb")) {
        char part[4096];
        while (const auto n = std::fread(part, 1, sizeof part, in)) all.append(part, n);
        std::fclose(in);
    }
    return all;
}

/// This test program is also what git starts to answer its prompts, as forgehouse is in earnest.
const bool kIsNoPrompt = [] {
    auto line = content("/proc/self/cmdline");
    std::vector<char*> arguments;
    for (std::size_t at = 0; at < line.size(); at += std::strlen(line.c_str() + at) + 1)
        arguments.push_back(line.data() + at);
    if (const auto code = answer_prompt(static_cast<int>(arguments.size()), arguments.data()))
        ::_exit(*code);
    return true;
}();

class CredentialsTest : public Scratch {
protected:
    CredentialsTest() : server_(root().string(), authorization()) {
        const auto git = init("r.git");
        git.import("commit refs/heads/main\ncommitter B <b@x> 1 +0000\ndata 1\nx\n\n");
        git.run({"update-server-info"});
    }
    static std::string authorization() {
        return "Basic " + text::to_base64("me:" + std::string(kPassword));
    }
    ParsedRemote remote(std::string_view userinfo) const {
        return *parse_remote(fmt::format("http://{}127.0.0.1:{}/r.git", userinfo, server_.port()));
    }
    Result<FetchReport> fetch(const ParsedRemote& from) const {
        auto mirror = Mirror::open(ctx_, tool(), (root() / "mirror").string(), from.url);
        if (!mirror) return Failure(mirror.error());
        FetchOptions options;
        options.credentials = from.credentials;
        options.askpass_program = std::filesystem::read_symlink("/proc/self/exe").string();
        return mirror->fetch(ctx_, options);
    }
    FileServer server_;
};

/// Every command line and environment of this machine that holds the text, besides our own.
std::vector<std::string> processes_that_show(std::string_view text) {
    std::vector<std::string> found;
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator("/proc", ignored)) {
        const auto name = entry.path().filename().string();
        if (!text::to_int(name)) continue;
        for (const auto* const file : {"cmdline", "environ"})
            if (content(entry.path() / file).find(text) != std::string::npos)
                found.push_back(name + " " + file);
    }
    return found;
}

TEST_F(CredentialsTest, ReachTheServerAndNothingElse) {
    ASSERT_TRUE(kIsNoPrompt);
    std::vector<std::string> shown;
    std::atomic<int> requests = 0;
    server_.on_request([&] {
        ++requests;
        for (auto& each : processes_that_show(kPassword)) shown.push_back(std::move(each));
    });
    const auto report = fetch(remote(fmt::format("me:{}@", kPassword)));
    server_.on_request({});
    ASSERT_TRUE(report) << report.error().describe();
    EXPECT_EQ(report->refs, 1u);
    EXPECT_GT(requests.load(), 0);
    EXPECT_EQ(shown, std::vector<std::string>());
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root()))
        if (entry.is_regular_file())
            EXPECT_EQ(content(entry.path()).find(kPassword), std::string::npos) << entry.path();
}

TEST_F(CredentialsTest, FieldsReachTheServerAndNothingElse) {
    std::vector<std::string> shown;
    std::atomic<int> requests = 0;
    const std::string token = authorization();
    server_.on_request([&] {
        ++requests;
        for (auto& each : processes_that_show(token)) shown.push_back(std::move(each));
    });
    const auto from = remote("");
    auto mirror = Mirror::open(ctx_, tool(), (root() / "mirror").string(), from.url);
    ASSERT_TRUE(mirror) << mirror.error().describe();
    FetchOptions options;
    options.http.fields.emplace_back("Authorization: " + token);
    const auto report = mirror->fetch(ctx_, options);
    server_.on_request({});
    ASSERT_TRUE(report) << report.error().describe();
    EXPECT_EQ(report->refs, 1u);
    EXPECT_GT(requests.load(), 0);
    EXPECT_EQ(shown, std::vector<std::string>());
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root()))
        if (entry.is_regular_file())
            EXPECT_EQ(content(entry.path()).find(token), std::string::npos) << entry.path();
}

TEST_F(CredentialsTest, AnAccessReplacesTheRouteOfTheEnvironment) {
    auto elsewhere = Tool::open(ctx_, {.environment = {"PATH=/usr/local/bin:/usr/bin:/bin",
                                                       "http_proxy=http://127.0.0.1:9"},
                                       .scratch_parent = root().string()});
    ASSERT_TRUE(elsewhere) << elsewhere.error().describe();
    const auto from = remote("");
    auto mirror = Mirror::open(ctx_, *elsewhere, (root() / "mirror").string(), from.url);
    ASSERT_TRUE(mirror) << mirror.error().describe();
    FetchOptions options;
    EXPECT_FALSE(mirror->fetch(ctx_, options)) << "the proxy of the environment does not count";
    options.http.fields.emplace_back("Authorization: " + authorization());
    const auto report = mirror->fetch(ctx_, options);
    EXPECT_TRUE(report) << report.error().describe();
}

TEST(Environment, HasNoRouteWhereThatIsDropped) {
    std::vector<std::string> environment{"PATH=/bin", "https_proxy=x", "NO_PROXY=y",
                                         "GIT_SSL_CAINFO=z", "NO_PROXY_AT_ALL=1"};
    drop_route(environment);
    EXPECT_EQ(environment, (std::vector<std::string>{"PATH=/bin", "NO_PROXY_AT_ALL=1"}));
}

TEST(HttpAccess, IsAConfigurationThatOnlyTheRemoteSees) {
    HttpAccess access;
    access.fields.emplace_back("X-Gate: a \"b\" \\c");
    access.proxy = "http://proxy.example.org:3128";
    access.proxy_user = "me";
    access.proxy_password = Secret("p@ss word");
    access.ca_file = "/etc/ca.pem";
    access.client_certificate = "/etc/me.pem";
    const auto url = parse_remote("https://git.example.org:8443/scm/a/b.git");
    ASSERT_TRUE(url);
    const auto text = configuration_with("[a]\n", url->url, access);
    ASSERT_TRUE(text) << text.error().describe();
    EXPECT_EQ(text->reveal(),
              "[a]\n[http \"https://git.example.org:8443/\"]\n\tfollowRedirects = false\n"
              "\textraHeader = \"X-Gate: a \\\"b\\\" \\\\c\"\n"
              "\tproxy = \"http://me:p%40ss%20word@proxy.example.org:3128\"\n"
              "\tsslCAInfo = \"/etc/ca.pem\"\n\tsslCert = \"/etc/me.pem\"\n");
}

TEST(HttpAccess, RefusesLineBreaks) {
    HttpAccess access;
    access.fields.emplace_back("X-Gate: a\n[core]\n\thooksPath = /tmp");
    const auto url = parse_remote("https://git.example.org/a.git");
    ASSERT_TRUE(url);
    const auto text = configuration_with("", url->url, access);
    ASSERT_FALSE(text);
    EXPECT_EQ(text.error().code(), Errc::Invalid);
    EXPECT_EQ(text.error().describe().find("hooksPath"), std::string::npos);
}

TEST_F(CredentialsTest, AreDeniedWhereTheyAreMissingOrWrong) {
    for (const auto* const userinfo : {"", "me:wrong@", "me@"}) {
        SCOPED_TRACE(userinfo);
        const auto report = fetch(remote(userinfo));
        ASSERT_FALSE(report);
        EXPECT_EQ(report.error().code(), Errc::Denied) << report.error().describe();
        EXPECT_EQ(report.error().describe().find("wrong"), std::string::npos);
        EXPECT_FALSE(report.error().hint().empty());
    }
}

}  // namespace
}  // namespace forgehouse::git
