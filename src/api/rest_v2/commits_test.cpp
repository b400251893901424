// Commits and differences by the API, held against git.
#include <fmt/format.h>

#include <chrono>

#include "api/rest_v2/tables.h"
#include "api/testing/forge_fixture.h"

namespace forgehouse::api::rest_v2 {
namespace {

class CommitsTest : public testing::ForgeFixture {
protected:
    CommitsTest() : ForgeFixture({commit_routes(), diff_routes()}) { make_repository("tools"); }
    const std::string at = "/repositories/acme/tools";

    /// main: a, b, c; feature/x from b: d, e.
    void history() {
        commit("tools", "main", {{.path = "a.txt", .content = "1\n2\n3\n"}}, "a\n");
        commit("tools", "main", {{.path = "src/b.txt", .content = "b\n"}}, "b\n");
        commit("tools", "feature/x", {{.path = "a.txt", .content = "1\n2\nx\n"}}, "d\n");
        commit("tools", "feature/x", {{.path = "src/e.txt", .content = "e\n"}}, "e\n");
        commit("tools", "main", {{.path = "c.txt", .content = "c\n"}}, "c\n");
    }
    /// The hashes of all pages, by what each says of the next.
    std::string hashes(std::string target) {
        std::string all;
        while (target != "-") {
            const auto page = get(target);
            EXPECT_EQ(page.status, 200U) << page.body;
            if (page.status != 200) break;
            for (std::size_t i = 0; i < page.count(); ++i)
                all += page.at(fmt::format("values.{}.hash", i)) + "\n";
            target = page.at("next");
            if (target != "-")
                target = target.substr(std::string("https://forge.example/2.0").size());
        }
        if (!all.empty()) all.pop_back();
        return all;
    }
    std::string log(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), "rev-list");
        return git("tools", std::move(arguments));
    }
};

TEST_F(CommitsTest, AnEmptyRepositoryHasNone) {
    const auto page = get(at + "/commits");
    EXPECT_EQ(page.status, 200U);
    EXPECT_EQ(page.at("values"), "[]");
    EXPECT_EQ(get(at + "/commits/main").status, 404U);
    EXPECT_EQ(get(at + "/commit/HEAD").status, 404U);
}

TEST_F(CommitsTest, ListsAsGitDoes) {
    history();
    for (const int length : {1, 2, 30}) {
        const auto paged = [&](const std::string& target) {
            return hashes(fmt::format("{}/{}{}pagelen={}", at, target,
                                      target.find('?') == std::string::npos ? '?' : '&', length));
        };
        EXPECT_EQ(paged("commits"), log({"--all"}));
        EXPECT_EQ(paged("commits/main"), log({"main"}));
        EXPECT_EQ(paged("commits/feature/x"), log({"feature/x"}));
        EXPECT_EQ(paged("commits/feature%2Fx?exclude=main"), log({"feature/x", "^main"}));
        EXPECT_EQ(paged("commits?include=feature/x&include=main"), log({"feature/x", "main"}));
        EXPECT_EQ(paged("commits/main?path=a.txt"), log({"main", "--", "a.txt"}));
        EXPECT_EQ(paged("commits?path=/src/"), log({"--all", "--", "src"}));
    }
    EXPECT_EQ(hashes(at + "/commits/main?page=2&pagelen=2"), log({"main", "--skip=2"}));
    const auto nothing = get(at + "/commits/nothing");
    EXPECT_EQ(nothing.status, 404U);
    EXPECT_EQ(nothing.at("error.message"), "Commit not found: nothing.");
    for (const char* bad : {"page=lx", "page=0", "page=x", "pagelen=0", "pagelen=101"})
        EXPECT_EQ(get(at + "/commits?" + bad).status, 400U) << bad;
}

TEST_F(CommitsTest, TakesTheParametersOfABody) {
    history();
    const std::string type = "application/x-www-form-urlencoded";
    const auto page = post(at + "/commits?pagelen=1", "include=feature%2Fx&exclude=main", type);
    ASSERT_EQ(page.status, 200U) << page.body;
    EXPECT_EQ(page.at("values.0.hash"), log({"-1", "feature/x"}));
    const std::string next =
        page.at("next").substr(std::string("https://forge.example/2.0").size());
    EXPECT_EQ(hashes(next), log({"--skip=1", "feature/x", "^main"}));
    EXPECT_EQ(post(next, "include=feature%2Fx&exclude=main", type).count(), 1U);
    EXPECT_EQ(post(at + "/commits/main", "exclude=feature/x", type).at("values.0.hash"),
              log({"-1", "main"}));
}

TEST_F(CommitsTest, ShowsACommit) {
    history();
    const std::string hash = log({"-1", "main"});
    const auto one = get(at + "/commit/" + hash.substr(0, 9));
    EXPECT_EQ(one.status, 200U) << one.body;
    EXPECT_EQ(one.at("hash"), hash);
    EXPECT_EQ(one.at("type"), "commit");
    EXPECT_EQ(one.at("parents.0.hash"), log({"-1", "main^"}));
    EXPECT_EQ(one.at("rendered.message.raw"), "c\n");
    EXPECT_EQ(one.at("links.html.href"), "https://forge.example/acme/tools/commits/" + hash);
    EXPECT_EQ(get(at + "/commit/main").at("hash"), hash);
    EXPECT_EQ(get(at + "/commit/1234567").status, 404U);
    EXPECT_EQ(get(at + "/merge-base/main..feature/x").at("hash"),
              git("tools", {"merge-base", "main", "feature/x"}));
    EXPECT_EQ(get(at + "/merge-base/main").status, 400U);
    EXPECT_EQ(get(at + "/merge-base/main..nothing").status, 404U);
}

TEST_F(CommitsTest, DiffsAreGits) {
    history();
    const auto by_git = [&](std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), {"diff", "-M", "--full-index"});
        return git("tools", std::move(arguments)) + "\n";
    };
    const auto diff = [&](const std::string& spec) {
        const auto reply = get(at + "/diff/" + spec);
        EXPECT_EQ(reply.status, 200U) << reply.body;
        EXPECT_EQ(reply.type, "text/plain");
        return reply.body;
    };
    EXPECT_EQ(diff("feature/x"), by_git({"feature/x^", "feature/x"}));
    EXPECT_EQ(diff("feature/x..main?topic=false"), by_git({"main", "feature/x"}));
    EXPECT_EQ(diff("feature/x..main?merge=false"), by_git({"main", "feature/x"}));
    EXPECT_EQ(diff("feature/x..main?topic=true"), by_git({"main...feature/x"}));
    EXPECT_EQ(diff("feature/x..main"), by_git({"main...feature/x"}));
    EXPECT_EQ(diff("feature/x..main?topic=false&path=src&path=c.txt"),
              by_git({"main", "feature/x", "--", "src", "c.txt"}));
    EXPECT_EQ(diff("feature/x..main?topic=true&context=0"), by_git({"-U0", "main...feature/x"}));
    EXPECT_EQ(diff("feature/x..main?topic=true&ignore_whitespace=true"),
              by_git({"-w", "main...feature/x"}));
    EXPECT_EQ(get(at + "/diff/main..main?topic=true").body, "");
    EXPECT_EQ(get(at + "/diff/feature/x..main?topic=true&merge=true").status, 400U);
    EXPECT_EQ(get(at + "/diff/nothing").status, 404U);
    EXPECT_EQ(get(at + "/diff/main..nothing").status, 404U);
    EXPECT_EQ(get(at + "/diff/main?context=-1").status, 400U);
    EXPECT_EQ(get(at + "/patch/feature/x..main").body,
              git("tools", {"format-patch", "--stdout", "main..feature/x"}) + "\n\n");
    EXPECT_EQ(get(at + "/patch/main").body,
              git("tools", {"format-patch", "--stdout", "-1", "main"}) + "\n\n");
    EXPECT_EQ(get(at + "/patch/nothing").status, 404U);
}

TEST_F(CommitsTest, StatsAreGits) {
    history();
    commit("tools", "main",
           {{.path = "a.txt", .content = {}, .kind = git::FileWrite::Kind::Deleted},
            {.path = "sub dir/a.txt", .content = "1\n2\n3\n4\n"},
            {.path = "c.txt", .content = "C\n"},
            {.path = "src/b.txt", .content = {}, .kind = git::FileWrite::Kind::Deleted},
            {.path = "zero", .content = std::string("\0\1", 2)}});
    const auto stat = get(at + "/diffstat/main");
    ASSERT_EQ(stat.status, 200U) << stat.body;
    EXPECT_EQ(stat.at("size"), "4");
    EXPECT_EQ(stat.at("pagelen"), "500");
    std::string lines;
    for (std::size_t i = 0; i < stat.count(); ++i) {
        const auto value = [&](std::string_view name) {
            return stat.at(fmt::format("values.{}.{}", i, name));
        };
        lines += fmt::format("{} {} {} {} {}\n", value("status"), value("lines_added"),
                             value("lines_removed"), value("old.path"), value("new.path"));
    }
    EXPECT_EQ(lines,
              "modified 1 1 c.txt c.txt\nremoved 0 1 src/b.txt -\n"
              "renamed 1 0 a.txt sub dir/a.txt\nadded 0 0 - zero\n");
    EXPECT_EQ(
        stat.at("values.2.new.links.self.href"),
        fmt::format("https://forge.example/2.0{}/src/{}/sub%20dir/a.txt", at, log({"-1", "main"})));
    EXPECT_EQ(get(at + "/diffstat/main?pagelen=3").count(), 3U);
    EXPECT_EQ(get(at + "/diffstat/main?pagelen=3&page=2").at("values.0.new.path"), "zero");
    EXPECT_EQ(get(at + "/diffstat/main?renames=false").at("size"), "5");
    EXPECT_EQ(get(at + "/diffstat/main?path=src").at("size"), "1");
}

TEST_F(CommitsTest, LongDiffsComeAsTheyAreMade) {
    std::vector<git::FileWrite> before, after;
    for (int i = 0; i < 600; ++i) {
        std::string text;
        for (int line = 0; line < 60; ++line) text += fmt::format("line {} of {}\n", line, i);
        before.push_back({.path = fmt::format("d{}/f{}.txt", i % 20, i), .content = text});
        after.push_back({.path = before.back().path, .content = "new\n" + text + "end\n"});
    }
    commit("tools", "main", std::move(before), "before\n");
    commit("tools", "main", std::move(after), "after\n");
    const auto start = std::chrono::steady_clock::now();
    const auto reply = get(at + "/diff/main");
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
    RecordProperty("diff_ms", std::to_string(took.count()));
    EXPECT_EQ(reply.cut_off, "");
    EXPECT_EQ(reply.body, git("tools", {"diff", "-M", "--full-index", "main^", "main"}) + "\n");
    EXPECT_EQ(get(at + "/diffstat/main?pagelen=1000").count(), 600U);
}

}  // namespace
}  // namespace forgehouse::api::rest_v2
