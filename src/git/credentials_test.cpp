// What a password of a remote may touch, with a real git over HTTP.
#include <unistd.h>

#include <fstream>

#include "base/text.h"
#include "git/askpass.h"
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
    ASSERT_TRUE(report) << report.error().describe();
    EXPECT_EQ(report->refs, 1u);
    EXPECT_GT(requests.load(), 0);
    EXPECT_EQ(shown, std::vector<std::string>());
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root()))
        if (entry.is_regular_file())
            EXPECT_EQ(content(entry.path()).find(kPassword), std::string::npos) << entry.path();
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
