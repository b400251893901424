// Files by the API: read, listed, followed and written, held against git.
#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "api/rest_v2/tables.h"
#include "api/testing/forge_fixture.h"
#include "forge/restrictions.h"

namespace forgehouse::api::rest_v2 {
namespace {

using Kind = git::FileWrite::Kind;

class SourceTest : public testing::ForgeFixture {
protected:
    SourceTest() : ForgeFixture({source_routes()}) { make_repository("tools"); }
    const std::string at = "/repositories/acme/tools";
    const std::string pairs = "application/x-www-form-urlencoded";

    std::string tree() {
        return commit("tools", "main",
                      {{.path = "README.md", .content = "# <hi>\n"},
                       {.path = "bin/run", .content = "#!/bin/sh\n", .kind = Kind::Executable},
                       {.path = "bin/raw", .content = std::string("\0\1\2", 3)},
                       {.path = "link", .content = "README.md", .kind = Kind::Symlink},
                       {.path = "a b/c/d.txt", .content = "d\n"}});
    }
    std::string paths(const std::string& target) {
        const auto page = get(target);
        EXPECT_EQ(page.status, 200U) << page.body;
        std::string all;
        for (std::size_t i = 0; i < page.count(); ++i)
            all += page.at(fmt::format("values.{}.path", i)) + ";";
        return all;
    }
    std::string tip(const std::string& branch = "main") {
        return git("tools", {"rev-parse", branch});
    }
};

TEST_F(SourceTest, AnEmptyRepositoryIsAnEmptyPage) {
    const auto page = get(at + "/src");
    EXPECT_EQ(page.status, 200U);
    EXPECT_EQ(page.at("values"), "[]");
    EXPECT_EQ(get(at + "/src/main").status, 404U);
    EXPECT_EQ(get(at + "/filehistory/main/a").status, 404U);
}

TEST_F(SourceTest, ReadsFiles) {
    const std::string hash = tree();
    const auto root = get(at + "/src?pagelen=3");
    EXPECT_EQ(root.status, 302U);
    EXPECT_EQ(root.header("location"),
              fmt::format("https://forge.example/2.0{}/src/{}/?pagelen=3", at, hash));
    const auto file = get(at + "/src/main/README.md");
    EXPECT_EQ(file.status, 200U);
    EXPECT_EQ(file.type, "text/plain");
    EXPECT_EQ(file.body, "# <hi>\n");
    EXPECT_EQ(file.header("content-disposition"), "");
    const std::string tag = file.header("etag");
    const auto known = ask(
        ada(), {.target = at + "/src/" + hash + "/README.md", .headers = {{"If-None-Match", tag}}});
    EXPECT_EQ(known.status, 304U);
    EXPECT_EQ(known.body, "");
    const auto raw = get(at + "/src/main/bin/raw");
    EXPECT_EQ(raw.type, "application/octet-stream");
    EXPECT_EQ(raw.body, std::string("\0\1\2", 3));
    EXPECT_EQ(raw.header("content-disposition"), "attachment; filename*=UTF-8''raw");
    EXPECT_EQ(get(at + "/src/main/a%20b/c/d.txt").body, "d\n");
    EXPECT_EQ(get(at + "/src/main/link").body, "README.md");
    for (const char* none :
         {"/src/main/nothing", "/src/nothing/README.md", "/src/main/README.md/x", "/src/nothing"})
        EXPECT_EQ(get(at + none).status, 404U) << none;
    EXPECT_EQ(get(at + "/src/main/nothing").at("error.message"),
              "No such file or directory: nothing.");
    EXPECT_EQ(get(at + "/src/main/README.md?format=x").status, 400U);
    EXPECT_EQ(ask(ben(), {.target = at + "/src/main/README.md"}).status, 404U);
}

TEST_F(SourceTest, LargeFilesComeInPieces) {
    std::string large;
    for (int i = 0; i < 200'000; ++i) large += fmt::format("line {}\n", i);
    commit("tools", "main", {{.path = "large", .content = large}});
    const auto reply = get(at + "/src/main/large");
    EXPECT_EQ(reply.cut_off, "");
    EXPECT_TRUE(reply.body == large);
}

TEST_F(SourceTest, BranchesMayHaveSlashes) {
    tree();
    commit("tools", "feature/x", {{.path = "x/y.txt", .content = "y\n"}});
    EXPECT_EQ(get(at + "/src/feature%2Fx/x/y.txt").body, "y\n");
    EXPECT_EQ(get(at + "/src/feature/x/x/y.txt").body, "y\n");
    EXPECT_EQ(paths(at + "/src/feature%2Fx?q=path%3D%22x%22"), "x;");
    EXPECT_EQ(get(at + "/filehistory/feature%2Fx/x/y.txt").count(), 1U);
    EXPECT_EQ(get(at + "/src/feature/y/x").status, 404U);
}

TEST_F(SourceTest, TellsOfFiles) {
    const std::string hash = tree();
    const auto run = get(at + "/src/main/bin/run?format=meta");
    EXPECT_EQ(run.at("type"), "commit_file");
    EXPECT_EQ(run.at("path"), "bin/run");
    EXPECT_EQ(run.at("size"), "10");
    EXPECT_EQ(run.at("attributes"), R"(["executable"])");
    EXPECT_EQ(run.at("commit.hash"), hash);
    EXPECT_EQ(run.at("links.self.href"),
              fmt::format("https://forge.example/2.0{}/src/{}/bin/run", at, hash));
    EXPECT_EQ(get(at + "/src/main/bin/raw?format=meta").at("attributes"), R"(["binary"])");
    EXPECT_EQ(get(at + "/src/main/link?format=meta").at("attributes"), R"(["link"])");
    EXPECT_EQ(get(at + "/src/main/bin?format=meta").at("type"), "commit_directory");
    const auto shown = get(at + "/src/main/README.md?format=rendered");
    EXPECT_EQ(shown.at("html"), "<pre># &lt;hi&gt;\n</pre>");
    EXPECT_EQ(get(at + "/src/main/bin/raw?format=rendered").status, 400U);
}

TEST_F(SourceTest, ListsFolders) {
    const std::string hash = tree();
    EXPECT_EQ(paths(at + "/src/main/"), "README.md;a b;bin;link;");
    EXPECT_EQ(paths(at + "/src/main"), "README.md;a b;bin;link;");
    EXPECT_EQ(paths(at + "/src/main/bin/"), "bin/raw;bin/run;");
    EXPECT_EQ(paths(at + "/src/main/?max_depth=3"),
              "README.md;a b;a b/c;a b/c/d.txt;bin;bin/raw;bin/run;link;");
    EXPECT_EQ(paths(at + "/src/main/?q=type%3D%22commit_directory%22"), "a b;bin;");
    EXPECT_EQ(paths(at + "/src/main/?sort=-size&q=size%3E3&max_depth=9"),
              "bin/run;link;README.md;");
    const auto first = get(at + "/src/main/?pagelen=3");
    EXPECT_EQ(first.count(), 3U);
    EXPECT_EQ(first.at("size"), "-");
    const std::string next =
        first.at("next").substr(std::string("https://forge.example/2.0").size());
    EXPECT_EQ(paths(next), "link;");
    EXPECT_EQ(get(next).at("size"), "4");
    EXPECT_EQ(get(at + "/src/main/?pagelen=3").at("values.1.links.self.href"),
              fmt::format("https://forge.example/2.0{}/src/{}/a%20b/", at, hash));
    for (const char* bad : {"max_depth=0", "q=x%3D1", "sort=x", "page=0"})
        EXPECT_EQ(get(at + "/src/main/?" + bad).status, 400U) << bad;
}

TEST_F(SourceTest, FollowsAFile) {
    const std::string text = "1\n2\n3\n4\n5\n6\n7\n8\n";
    const auto a = commit("tools", "main", {{.path = "old.txt", .content = text}});
    commit("tools", "main", {{.path = "other", .content = "x"}});
    const auto b = commit("tools", "main",
                          {{.path = "old.txt", .content = {}, .kind = Kind::Deleted},
                           {.path = "new.txt", .content = text + "9\n"}});
    const auto c = commit("tools", "main", {{.path = "new.txt", .content = text + "10\n"}});
    const auto all = get(at + "/filehistory/main/new.txt");
    ASSERT_EQ(all.status, 200U) << all.body;
    ASSERT_EQ(all.count(), 3U);
    EXPECT_EQ(all.at("values.0.commit.hash"), c);
    EXPECT_EQ(all.at("values.0.path"), "new.txt");
    EXPECT_EQ(all.at("values.1.commit.hash"), b);
    EXPECT_EQ(all.at("values.2.commit.hash"), a);
    EXPECT_EQ(all.at("values.2.path"), "old.txt");
    EXPECT_EQ(get(at + "/filehistory/main/new.txt?renames=false").count(), 2U);
    const auto first = get(at + "/filehistory/main/new.txt?pagelen=2");
    EXPECT_EQ(first.count(), 2U);
    const auto rest = get(first.at("next").substr(std::string("https://forge.example/2.0").size()));
    EXPECT_EQ(rest.at("values.0.commit.hash"), a);
    EXPECT_EQ(rest.at("next"), "-");
    EXPECT_EQ(get(at + "/filehistory/main/nothing").status, 404U);
    EXPECT_EQ(get(at + "/filehistory/main/new.txt?q=path%3D%22x%22").status, 400U);
}

TEST_F(SourceTest, WritesFilesOfAnEncodedForm) {
    const auto first = post(at + "/src", "/a.txt=one%0A&message=first&/message=a+file", pairs);
    ASSERT_EQ(first.status, 201U) << first.body;
    EXPECT_EQ(first.header("location"),
              fmt::format("https://forge.example/2.0{}/commit/{}", at, tip()));
    EXPECT_EQ(git("tools", {"show", "main:a.txt"}), "one");
    EXPECT_EQ(git("tools", {"show", "main:message"}), "a file");
    EXPECT_EQ(git("tools", {"log", "-1", "--format=%an <%ae> %cn <%ce> %at %B", "main"}),
              "Ada Lovelace <ada@forge.example> Ada Lovelace <ada@forge.example> 1700000000 first");
    EXPECT_NE(events().back().find("repo:push"), std::string::npos);
    EXPECT_NE(events().back().find(tip()), std::string::npos);
    const auto second =
        post(at + "/src", "b.txt=two&files=a.txt&files=/b.txt&author=Eve+%3Ceve%40x%3E", pairs);
    ASSERT_EQ(second.status, 201U) << second.body;
    EXPECT_EQ(git("tools", {"ls-tree", "--name-only", "main"}), "b.txt\nmessage");
    EXPECT_EQ(git("tools", {"log", "-1", "--format=%an <%ae> %cn", "main"}),
              "Eve <eve@x> Ada Lovelace");
    EXPECT_EQ(git("tools", {"rev-list", "--count", "main"}), "2");
    EXPECT_EQ(git("tools", {"fsck", "--strict", "--no-progress", "--no-dangling"}), "");
}

TEST_F(SourceTest, WritesFilesOfAMultipartForm) {
    tree();
    const std::string body =
        "--b\r\nContent-Disposition: form-data; name=\"message\"\r\n\r\nupload\r\n"
        "--b\r\nContent-Disposition: form-data; name=\"message\"; filename=\"m\"\r\n\r\nfile\r\n"
        "--b\r\nContent-Disposition: form-data; name=\"/x/run\"; filename=\"run\"; "
        "x-attributes=\"executable\"\r\n\r\n#!/bin/sh\r\n"
        "--b\r\nContent-ID: \"/l\"\r\nContent-Disposition: attachment; filename=\"l\"; "
        "x-attributes:\"link\"\r\n\r\nx/run\r\n"
        "--b\r\nContent-Disposition: form-data; name=\"raw\"; filename=\"raw\"\r\n"
        "Content-Type: application/octet-stream\r\n\r\n" +
        std::string("\0\r\n--", 5) +
        "\r\n--b\r\nContent-Disposition: form-data; name=\"files\"\r\n\r\n/bin/run\r\n--b--\r\n";
    const auto made = post(at + "/src", body, "multipart/form-data; boundary=b");
    ASSERT_EQ(made.status, 201U) << made.body;
    EXPECT_EQ(git("tools", {"log", "-1", "--format=%s", "main"}), "upload");
    EXPECT_EQ(git("tools", {"ls-tree", "-r", "--format=%(objectmode) %(path)", "main"}),
              "100644 README.md\n100644 a b/c/d.txt\n100644 bin/raw\n120000 l\n120000 link\n"
              "100644 message\n100644 raw\n100755 x/run");
    EXPECT_EQ(git("tools", {"show", "main:raw"}), std::string("\0\r\n--", 5));
    EXPECT_EQ(git("tools", {"show", "main:l"}), "x/run");
}

TEST_F(SourceTest, WritesToBranches) {
    const std::string base = tree();
    ASSERT_EQ(post(at + "/src", "n=1&branch=new%2Fone", pairs).status, 201U);
    EXPECT_EQ(git("tools", {"rev-parse", "new/one^"}), base);
    EXPECT_EQ(tip(), base);
    ASSERT_EQ(post(at + "/src", "n=2&branch=new%2Fone&parents=" + tip("new/one"), pairs).status,
              201U);
    const auto moved = post(at + "/src", "n=3&branch=new%2Fone&parents=" + base, pairs);
    EXPECT_EQ(moved.status, 409U);
    ASSERT_EQ(post(at + "/src", "n=1&branch=two&parents=" + tip("new/one"), pairs).status, 201U);
    EXPECT_EQ(git("tools", {"rev-parse", "two^"}), tip("new/one"));
    for (const std::string& bad :
         {std::string("n=1&branch=a..b"), "n=1&parents=" + base + "," + base,
          std::string("/../x=1"), std::string("x/.git/y=1"), std::string("a=1&a/b=2"),
          std::string("n=1&author=nobody"), std::string("n=%zz")})
        EXPECT_EQ(post(at + "/src", bad, pairs).status, 400U) << bad;
    EXPECT_EQ(post(at + "/src", "{}", "application/json").status, 400U);
    EXPECT_EQ(post(at + "/src", "n=1&parents=1234567", pairs).status, 404U);
    EXPECT_EQ(ask(nobody(), {.method = "POST", .target = at + "/src", .body = "n=1", .type = pairs})
                  .status,
              404U);
    EXPECT_EQ(tip(), base);
}

TEST_F(SourceTest, TwoWhoWriteAtOnceBothDo) {
    tree();
    const auto write = [this](int who) {
        for (int i = 0; i < 3; ++i)
            EXPECT_EQ(post(at + "/src", fmt::format("f{}-{}=1", who, i), pairs).status, 201U);
    };
    {
        const std::jthread one([&] { write(1); });
        const std::jthread two([&] { write(2); });
    }
    EXPECT_EQ(git("tools", {"rev-list", "--count", "main"}), "7");
    EXPECT_EQ(git("tools", {"ls-tree", "--name-only", "main", "f1-2", "f2-2"}), "f1-2\nf2-2");
    EXPECT_EQ(std::ranges::count_if(
                  events(), [](const std::string& one) { return one.starts_with("repo:push"); }),
              6);
}

TEST_F(SourceTest, RestrictionsForbidWriting) {
    const std::string base = tree();
    ASSERT_TRUE(
        forge::create_restriction(deps_, ctx_, proof<forge::Role::Admin>("tools"),
                                  {.kind = "push", .match_kind = "glob", .pattern = "main"}));
    const auto before = events().size();
    EXPECT_EQ(post(at + "/src", "n=1", pairs).status, 403U);
    EXPECT_EQ(tip(), base);
    EXPECT_EQ(events().size(), before);
    EXPECT_EQ(post(at + "/src", "n=1&branch=free", pairs).status, 201U);
}

}  // namespace
}  // namespace forgehouse::api::rest_v2
