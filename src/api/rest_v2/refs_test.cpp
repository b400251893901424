// Branches and tags by the API, held against git.
#include <fmt/format.h>

#include "api/rest_v2/tables.h"
#include "api/testing/forge_fixture.h"
#include "forge/restrictions.h"

namespace forgehouse::api::rest_v2 {
namespace {

class RefsTest : public testing::ForgeFixture {
protected:
    RefsTest() : ForgeFixture({ref_routes()}) { make_repository("tools"); }
    const std::string refs = "/repositories/acme/tools/refs";

    std::string first() {
        return commit("tools", "main", {{.path = "a.txt", .content = "a\n"}}, "first <b>\n");
    }
};

TEST_F(RefsTest, AnEmptyRepositoryHasEmptyPages) {
    for (const char* part : {"", "/branches", "/tags"}) {
        const auto page = get(refs + part);
        EXPECT_EQ(page.status, 200U);
        EXPECT_EQ(page.at("values"), "[]");
        EXPECT_EQ(page.at("size"), "0");
        EXPECT_EQ(page.at("next"), "-");
    }
    EXPECT_EQ(get(refs + "/branches/main").status, 404U);
}

TEST_F(RefsTest, ShowsABranchWithItsCommit) {
    const std::string hash = first();
    const auto branch = get(refs + "/branches/main");
    EXPECT_EQ(branch.status, 200U);
    EXPECT_EQ(branch.at("type"), "branch");
    EXPECT_EQ(branch.at("name"), "main");
    EXPECT_EQ(branch.at("target.hash"), hash);
    EXPECT_EQ(branch.at("target.date"), "2020-09-13T12:27:40+00:00");
    EXPECT_EQ(branch.at("target.message"), "first <b>\n");
    EXPECT_EQ(branch.at("target.summary.html"), "<p>first &lt;b&gt;</p>");
    EXPECT_EQ(branch.at("target.author.raw"), "Ada Lovelace <ada@forge.example>");
    EXPECT_EQ(branch.at("target.author.user.username"), "ada");
    EXPECT_EQ(branch.at("target.repository.full_name"), "acme/tools");
    EXPECT_EQ(branch.at("target.parents"), "[]");
    EXPECT_EQ(branch.at("default_merge_strategy"), "merge_commit");
    EXPECT_EQ(branch.at("links.self.href"),
              "https://forge.example/2.0/repositories/acme/tools/refs/branches/main");
    EXPECT_EQ(ask(ben(), {.target = refs}).status, 404U);
}

TEST_F(RefsTest, CreatesAndDeletesBranches) {
    const std::string hash = first();
    const auto body = [](const std::string& name, const std::string& target) {
        return fmt::format(R"({{"name":"{}","target":{{"hash":"{}"}}}})", name, target);
    };
    const auto made = post(refs + "/branches", body("feature/x", hash.substr(0, 8)));
    EXPECT_EQ(made.status, 201U) << made.body;
    EXPECT_EQ(made.at("target.hash"), hash);
    EXPECT_EQ(git("tools", {"rev-parse", "refs/heads/feature/x"}), hash);
    EXPECT_EQ(
        events().back(),
        fmt::format(R"(repo:push {{"repository":"{{{}}}","push":{{"changes":[{{"old":null,)"
                    R"("new":{{"type":"branch","name":"feature/x","target":{{"type":"commit",)"
                    R"("hash":"{}"}}}},"created":true,"closed":false,"forced":false}}]}}}})",
                    proof<forge::Role::Read>("tools").repository().uuid, hash));
    const auto version = proof<forge::Role::Read>("tools").repository().version;
    const auto again = post(refs + "/branches", body("feature/x", "main"));
    EXPECT_EQ(again.status, 400U);
    EXPECT_EQ(again.at("error.data.key"), "BRANCH_ALREADY_EXISTS");
    EXPECT_EQ(post(refs + "/branches", body("feature", "main")).status, 409U);
    for (const char* bad : {"a..b", "-x", "refs/heads/y", "a b", ""})
        EXPECT_EQ(post(refs + "/branches", body(bad, "main")).status, 400U) << bad;
    EXPECT_EQ(post(refs + "/branches", body("y", "nothing")).status, 400U);
    EXPECT_EQ(post(refs + "/branches", R"({"name":"y"})").status, 400U);
    EXPECT_EQ(post(refs + "/branches", "no json").status, 400U);
    EXPECT_EQ(get(refs + "/branches/feature/x").at("name"), "feature/x");
    EXPECT_EQ(get(refs + "/branches/feature%2Fx").at("name"), "feature/x");
    EXPECT_EQ(proof<forge::Role::Read>("tools").repository().version, version);

    EXPECT_EQ(ask(ben(), {.method = "DELETE", .target = refs + "/branches/feature/x"}).status,
              404U);
    EXPECT_EQ(remove(refs + "/branches/feature/x").status, 204U);
    EXPECT_EQ(git("tools", {"for-each-ref", "--format=%(refname)"}), "refs/heads/main");
    EXPECT_EQ(proof<forge::Role::Read>("tools").repository().version, version + 1);
    EXPECT_NE(events().back().find(R"("new":null,"created":false,"closed":true)"),
              std::string::npos);
    EXPECT_EQ(remove(refs + "/branches/feature/x").status, 404U);
    EXPECT_EQ(remove(refs + "/branches/main").status, 400U);
}

TEST_F(RefsTest, RestrictionsForbid) {
    const std::string hash = first();
    ASSERT_TRUE(forge::create_restriction(
        deps_, ctx_, proof<forge::Role::Admin>("tools"),
        {.kind = "delete", .match_kind = "glob", .pattern = "release/*"}));
    commit("tools", "release/1", {{.path = "b", .content = "b"}});
    EXPECT_EQ(remove(refs + "/branches/release/1").status, 403U);
    EXPECT_EQ(git("tools", {"for-each-ref", "--format=%(refname)", "refs/heads/release"}),
              "refs/heads/release/1");
}

TEST_F(RefsTest, TagsAreAnnotatedWhereTheyHaveAMessage) {
    const std::string hash = first();
    const auto light = post(refs + "/tags", R"({"name":"v1","target":{"hash":"main"}})");
    EXPECT_EQ(light.status, 201U) << light.body;
    EXPECT_EQ(light.at("message"), "-");
    EXPECT_EQ(git("tools", {"cat-file", "-t", "v1"}), "commit");
    const auto heavy =
        post(refs + "/tags",
             R"({"name":"v2","target":{"hash":"main"},"message":"Release \u00e4\n\nx"})");
    EXPECT_EQ(heavy.status, 201U) << heavy.body;
    EXPECT_EQ(heavy.at("type"), "tag");
    EXPECT_EQ(heavy.at("target.hash"), hash);
    EXPECT_EQ(heavy.at("message"), "Release \xc3\xa4\n\nx\n");
    EXPECT_EQ(heavy.at("tagger.raw"), "Ada Lovelace <ada@forge.example>");
    EXPECT_EQ(heavy.at("tagger.user.username"), "ada");
    EXPECT_EQ(heavy.at("date"), "2023-11-14T22:13:20+00:00");
    EXPECT_EQ(git("tools", {"cat-file", "tag", "v2"}),
              "object " + hash +
                  "\ntype commit\ntag v2\n"
                  "tagger Ada Lovelace <ada@forge.example> 1700000000 +0000\n\n"
                  "Release \xc3\xa4\n\nx");
    EXPECT_EQ(git("tools", {"fsck", "--strict", "--no-progress"}), "");
    EXPECT_EQ(post(refs + "/tags", R"({"name":"v2","target":{"hash":"main"}})").status, 400U);
    EXPECT_EQ(get(refs + "/tags").at("values.1.name"), "v2");
    EXPECT_EQ(get(refs).count(), 3U);
    EXPECT_EQ(remove(refs + "/tags/v2").status, 204U);
    EXPECT_EQ(get(refs + "/tags").count(), 1U);
}

TEST_F(RefsTest, PagesFiltersAndSorts) {
    const std::string hash = first();
    std::string updates;
    for (int i = 1; i <= 25; ++i)
        git("tools", {"update-ref", fmt::format("refs/heads/b{}", i), hash});
    const std::string newest = commit("tools", "b7", {{.path = "c", .content = "c"}}, "newest\n");
    std::string names, target = refs + "/branches?pagelen=7";
    std::size_t pages = 0;
    while (target != "-") {
        const auto page = get(target);
        ASSERT_EQ(page.status, 200U) << page.body;
        EXPECT_EQ(page.at("size"), "26");
        for (std::size_t i = 0; i < page.count(); ++i)
            names += page.at(fmt::format("values.{}.name", i)) + "\n";
        target = page.at("next");
        if (target != "-") target = target.substr(std::string("https://forge.example/2.0").size());
        ++pages;
    }
    EXPECT_EQ(pages, 4U);
    EXPECT_EQ(names,
              git("tools", {"for-each-ref", "--format=%(refname:short)", "refs/heads"}) + "\n");
    EXPECT_EQ(get(refs + "/branches?pagelen=7&page=4").count(), 5U);
    EXPECT_EQ(get(refs + "/branches?q=name%20~%20%22b1%22&pagelen=100").count(), 11U);
    EXPECT_EQ(get(refs + "/branches?sort=name").at("values.9.name"), "b10");
    EXPECT_EQ(get(refs + "/branches?sort=-name").at("values.1.name"), "b25");
    EXPECT_EQ(get(refs + "/branches?sort=-target.date").at("values.0.target.hash"), newest);
    EXPECT_EQ(get(refs + "/branches?q=target.hash%3D%22" + newest + "%22").at("values.0.name"),
              "b7");
    EXPECT_EQ(get(refs + "/branches?q=target.date%3E2020-09-13T12:28:00%2B00:00").count(), 1U);
    for (const char* bad :
         {"?q=nothing%3D1", "?sort=nothing", "?page=0", "?page=c1xx", "?pagelen=101"})
        EXPECT_EQ(get(refs + "/branches" + bad).status, 400U) << bad;
}

TEST_F(RefsTest, ATagOfATreeHasNoTarget) {
    first();
    git("tools", {"tag", "tree", "main^{tree}"});
    const auto tags = get(refs + "/tags");
    EXPECT_EQ(tags.status, 200U);
    EXPECT_EQ(tags.at("values.0.name"), "tree");
    EXPECT_EQ(tags.at("values.0.target"), "-");
}

}  // namespace
}  // namespace forgehouse::api::rest_v2
