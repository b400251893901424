#include "git/remote_url.h"

#include <gtest/gtest.h>

#include "git/askpass.h"
#include "git/failure.h"
#include "git/fetch_progress.h"
#include "git/remote_refs.h"

namespace forgehouse::git {
namespace {

struct Good {
    std::string_view text, shown, host, path, user, password;
};

TEST(RemoteUrl, ReadsAddressesAndTakesSecretsOff) {
    for (const auto& good : {
             Good{"https://Example.ORG/a/b.git", "https://example.org/a/b.git", "example.org",
                  "/a/b.git", "", ""},
             Good{"https://me:p%40ss@h:8443/a", "https://h:8443/a", "h", "/a", "me", "p@ss"},
             Good{"http://token@h/a", "http://h/a", "h", "/a", "token", ""},
             Good{"https://a:b@c@h/p", "https://h/p", "h", "/p", "a", "b@c"},
             Good{"ssh://git@h:22/~x/y", "ssh://git@h:22/~x/y", "h", "/~x/y", "git", ""},
             Good{"git+ssh://git:pw@h/y", "ssh://git@h/y", "h", "/y", "git", "pw"},
             Good{"ssh://a%3Ab%2540:pw@h/y", "ssh://a%3Ab%2540@h/y", "h", "/y", "a:b%40", "pw"},
             Good{"git@github.com:o/r.git", "git@github.com:o/r.git", "github.com", "o/r.git",
                  "git", ""},
             Good{"host:path", "host:path", "host", "path", "", ""},
             Good{"git://h/p", "git://h/p", "h", "/p", "", ""},
             Good{"file:///srv/x.git", "file:///srv/x.git", "", "/srv/x.git", "", ""},
             Good{"https://[::1]:8080/r", "https://[::1]:8080/r", "::1", "/r", "", ""},
         }) {
        SCOPED_TRACE(good.text);
        const auto parsed = parse_remote(good.text);
        ASSERT_TRUE(parsed) << parsed.error().describe();
        EXPECT_EQ(parsed->url.text, good.shown);
        EXPECT_EQ(parsed->url.host, good.host);
        EXPECT_EQ(parsed->url.path, good.path);
        EXPECT_EQ(parsed->credentials.user, good.user);
        EXPECT_EQ(parsed->credentials.password.reveal(), good.password);
        const auto again = parse_remote(parsed->url.text);
        ASSERT_TRUE(again) << again.error().describe();
        EXPECT_EQ(again->url.text, good.shown);
        EXPECT_TRUE(looks_remote(good.text));
    }
}

TEST(RemoteUrl, RefusesWhatCouldBeAnOptionOrAProgram) {
    for (const auto* const text :
         {"ext::sh -c x", "ext://x/y", "ssh://-oProxyCommand=x/y", "ssh://-l@h/y", "-oX@h:p",
          "https://", "https://h", "https://h/", "https://h:x/p", "https://h:99999/p",
          "https://h o/p", "file://host/p", "", "x", "/srv/x", "./a:b", "https://h/a\nb"}) {
        SCOPED_TRACE(text);
        const auto parsed = parse_remote(text);
        ASSERT_FALSE(parsed);
        EXPECT_EQ(parsed.error().code(), Errc::Invalid);
        EXPECT_FALSE(parsed.error().hint().empty());
    }
    EXPECT_FALSE(looks_remote("/srv/a:b"));
    EXPECT_FALSE(looks_remote("./a:b"));
    EXPECT_FALSE(looks_remote("name"));
}

TEST(RemoteUrl, NamesNoSecretInItsErrors) {
    for (const auto* const text :
         {"https://me:hunter2@", "https://me:hunter2@h", "https://me:hunter2@h:x/p",
          "bad://me:hunter2@h/p", "https://me:hunter2@h\x01/p", "https://me:hunter2@-/p"}) {
        const auto parsed = parse_remote(text);
        ASSERT_FALSE(parsed) << text;
        EXPECT_EQ(parsed.error().describe().find("hunter2"), std::string::npos) << text;
    }
}

std::string lent(std::string_view server, std::string_view user, std::string_view password) {
    return std::string(server) + '\0' + std::string(user) + '\0' + std::string(password);
}

TEST(Askpass, AnswersThePromptsOfItsServerOnly) {
    const auto secret = lent("https://h:8443", "me", "pw");
    EXPECT_EQ(answer_to("Username for 'https://h:8443': ", secret), "me");
    EXPECT_EQ(answer_to("Password for 'https://me@h:8443': ", secret), "pw");
    EXPECT_EQ(answer_to("Password for 'https://me@h': ", secret), std::nullopt);
    EXPECT_EQ(answer_to("Password for 'http://me@h:8443': ", secret), std::nullopt);
    EXPECT_EQ(answer_to("Password for 'https://h:8443@evil': ", secret), std::nullopt);
    EXPECT_EQ(answer_to("Are you sure you want to continue connecting 'https://h:8443'?", secret),
              std::nullopt);
    EXPECT_EQ(answer_to("", secret), std::nullopt);
    EXPECT_EQ(answer_to("Password for 'https://me@h:8443': ", "broken"), std::nullopt);
    EXPECT_EQ(answer_to("Password for 'https://tok@h': ", lent("https://h", "tok", "")), "");
}

TEST(FetchProgress, ReadsGitsLines) {
    auto line = parse_progress("Receiving objects:  45% (123/270), 1.50 MiB | 3.00 MiB/s");
    ASSERT_TRUE(line);
    EXPECT_EQ(line->phase, "Receiving objects");
    EXPECT_EQ(line->done, 123u);
    EXPECT_EQ(line->total, 270u);
    EXPECT_EQ(line->bytes, 1572864u);
    line = parse_progress("remote: Enumerating objects: 55, done.");
    ASSERT_TRUE(line);
    EXPECT_EQ(line->phase, "Enumerating objects");
    EXPECT_EQ(line->done, 55u);
    EXPECT_EQ(line->total, 0u);
    for (const auto* const text : {"", "From https://h/x", "fatal: 5 things", "a: b", ": 5",
                                   "Receiving objects: 45% (1", "x: 99999999999999999999"})
        EXPECT_FALSE(parse_progress(text)) << text;

    std::vector<std::uint64_t> heard;
    ProgressReader reader([&heard](const ProgressLine& each) { heard.push_back(each.done); });
    reader.add("Resolving deltas:  1% (1/9)\rResol");
    reader.add("ving deltas:  2% (2/9)\rResolving deltas: 100% (9/9), done.\nFrom x\n");
    EXPECT_EQ(heard, (std::vector<std::uint64_t>{1, 2, 9}));
}

TEST(RemoteRefs, ReadHeadAndRefs) {
    const std::string a(40, 'a'), b(40, 'b');
    auto remote = parse_remote_refs("ref: refs/heads/trunk\tHEAD\n" + a + "\tHEAD\n" + a +
                                    "\trefs/heads/trunk\n" + b + "\trefs/tags/v1\n" + a +
                                    "\trefs/tags/v1^{}\n");
    ASSERT_TRUE(remote);
    EXPECT_EQ(remote->head, "refs/heads/trunk");
    EXPECT_EQ(remote->refs.size(), 2u);
    remote = parse_remote_refs(a + "\tHEAD\n" + a + "\trefs/heads/a\n" + a + "\trefs/heads/main\n");
    EXPECT_EQ(remote->head, "refs/heads/main") << "an old server does not say which branch";
    remote = parse_remote_refs("ref: refs/heads/../x\tHEAD\n" + a + "\trefs/heads/*\n");
    EXPECT_EQ(remote->head, "");
    EXPECT_TRUE(remote->refs.empty());
    EXPECT_FALSE(parse_remote_refs("what\n"));
    EXPECT_EQ(parse_remote_refs(std::string(64, 'a') + "\trefs/heads/x\n")->format(),
              ObjectFormat::Sha256);
}

TEST(Failure, SaysWhatToDoAboutGitsWords) {
    const auto code = [](std::string_view words) { return remote_failure("u", 128, words).code(); };
    EXPECT_EQ(code("remote: Repository not found.\nfatal: repository 'u' not found"),
              Errc::NotFound);
    EXPECT_EQ(code("fatal: could not read Username for 'https://h': terminal prompts disabled"),
              Errc::Denied);
    EXPECT_EQ(code("fatal: Authentication failed for 'https://h/x'"), Errc::Denied);
    EXPECT_EQ(code("git@h: Permission denied (publickey).\nfatal: Could not read from remote"),
              Errc::Denied);
    EXPECT_EQ(code("Host key verification failed.\n"), Errc::Denied);
    EXPECT_EQ(code("fatal: unable to access 'u': Could not resolve host: h"), Errc::Unavailable);
    EXPECT_EQ(code("fatal: unable to access: Failed to connect to h port 1: Connection refused"),
              Errc::Unavailable);
    EXPECT_EQ(code("fatal: early EOF\nfatal: fetch-pack: invalid index-pack output"),
              Errc::Unavailable);
    EXPECT_EQ(code("fatal: write error: No space left on device"), Errc::Unavailable);
    EXPECT_EQ(code("fatal: transport 'ext' not allowed"), Errc::Invalid);
    EXPECT_EQ(code("anything"), Errc::Unavailable);
    EXPECT_FALSE(remote_failure("u", 128, "anything").hint().empty());
    const auto hint = [](const std::string& url) {
        return std::string(remote_failure(url, 128, "Connection refused").hint());
    };
    EXPECT_TRUE(hint("https://h/x.git").contains("https_proxy"));
    for (const char* ssh : {"ssh://git@h/x.git", "git@h:x.git"}) {
        EXPECT_FALSE(hint(ssh).contains("proxy")) << hint(ssh);
        EXPECT_TRUE(hint(ssh).contains("ssh -v")) << hint(ssh);
    }
    EXPECT_FALSE(hint("git://h/x.git").contains("ssh")) << hint("git://h/x.git");
    const auto reading = [](std::string_view words, bool is_partial = false) {
        return reading_failure(commands::kRevList, "/r", 128, words, is_partial);
    };
    EXPECT_EQ(reading("error: unable to open x: Permission denied").code(), Errc::Denied);
    EXPECT_EQ(reading("fatal: Out of memory, malloc failed").code(), Errc::Unavailable);
    const auto missing = "fatal: unable to read " + std::string(40, 'a');
    EXPECT_EQ(reading(missing).code(), Errc::Corrupt);
    EXPECT_EQ(reading(missing).field("object"), std::string(40, 'a'));
    EXPECT_NE(reading(missing).hint().find("git fsck"), std::string_view::npos);
    EXPECT_NE(reading(missing, true).hint().find("fetch all blobs"), std::string_view::npos);
    EXPECT_EQ(reading("what").field("exit_code"), "128");
    EXPECT_EQ(telling_line("warning: x\nfatal: a\nhint: b\n"), "fatal: a");
    EXPECT_EQ(telling_line("ssh: Could not resolve hostname h\r\nfatal: Could not read from remote "
                           "repository.\n\nPlease make sure you have the correct access rights\n"
                           "and the repository exists.\n"),
              "ssh: Could not resolve hostname h");
    EXPECT_EQ(telling_line("fatal: unexpected line in /r/packed-refs: a line of another file"),
              "fatal: unexpected line in /r/packed-refs");
    EXPECT_EQ(object_in("unable to read " + std::string(40, 'a') + "."), std::string(40, 'a'));
    EXPECT_EQ(object_in(std::string(41, 'a')), "");
}

}  // namespace
}  // namespace forgehouse::git
