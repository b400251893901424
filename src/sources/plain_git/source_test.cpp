#include "sources/plain_git/source.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>

namespace forgehouse::sources::plain_git {
namespace {

namespace fs = std::filesystem;

struct Address {
    const char* text;
    const char* project;
    const char* slug;
    const char* url;
    const char* user;
    const char* password;
};

class Addresses : public testing::TestWithParam<Address> {};

TEST_P(Addresses, GiveTheKeysOfTheirRows) {
    const auto repo =
        remote_repository("insight_git", {.text = GetParam().text, .user = {}, .password = {}});
    ASSERT_TRUE(repo) << repo.error().describe();
    EXPECT_EQ(repo->ref.data_source, "insight_git");
    EXPECT_EQ(repo->ref.project_key, GetParam().project);
    EXPECT_EQ(repo->ref.repo_slug, GetParam().slug);
    const auto& place = std::get<RemotePlace>(repo->place);
    EXPECT_EQ(place.url, GetParam().url);
    EXPECT_EQ(place.user, GetParam().user);
    EXPECT_EQ(place.password.reveal(), GetParam().password);
    EXPECT_EQ(repo->web_url, std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(
    PlainGit, Addresses,
    testing::Values(Address{"https://Host.example/owner/name.git", "host.example/owner", "name",
                            "https://host.example/owner/name.git", "", ""},
                    Address{"https://host.example/a/b/c/", "host.example/a/b", "c",
                            "https://host.example/a/b/c/", "", ""},
                    Address{"https://host.example:8443/o/n", "host.example:8443/o", "n",
                            "https://host.example:8443/o/n", "", ""},
                    Address{"https://host.example:443/o/n", "host.example/o", "n",
                            "https://host.example:443/o/n", "", ""},
                    Address{"https://me:s%40cret@host.example/o/n.git", "host.example/o", "n",
                            "https://host.example/o/n.git", "me", "s@cret"},
                    Address{"git@host.example:o/n.git", "host.example/o", "n",
                            "git@host.example:o/n.git", "git", ""},
                    Address{"ssh://git@host.example:2222/o/n", "host.example:2222/o", "n",
                            "ssh://git@host.example:2222/o/n", "git", ""},
                    Address{"https://host.example/.git", "host.example", ".git",
                            "https://host.example/.git", "", ""}));

TEST(PlainGit, CredentialsOfTheConfigurationServeWhereTheUrlHasNone) {
    const auto repo =
        remote_repository("s", {.text = "https://h/o/n", .user = "u", .password = Secret("p")});
    ASSERT_TRUE(repo);
    EXPECT_EQ(std::get<RemotePlace>(repo->place).user, "u");
    EXPECT_EQ(std::get<RemotePlace>(repo->place).password.reveal(), "p");
}

TEST(PlainGit, AnAddressWithoutARepositoryIsRefused) {
    const auto repo = remote_repository("s", {.text = "https://h/", .user = {}, .password = {}});
    ASSERT_FALSE(repo);
    EXPECT_EQ(repo.error().code(), Errc::Invalid);
    EXPECT_FALSE(repo.error().hint().empty());
}

TEST(Registry, NamesTheNearestKind) {
    SourceOptions options;
    options.kind = "plain-git";
    const auto none = make_source(std::move(options));
    ASSERT_FALSE(none);
    EXPECT_NE(none.error().hint().find("plain_git"), std::string_view::npos);
    EXPECT_EQ(default_data_source("plain_git"), "insight_git");
    EXPECT_EQ(default_data_source("nothing"), "");
    EXPECT_FALSE(make_source({}));
}

// A folder that looks like a repository is enough: nothing is read of it here.
class LocalPaths : public testing::Test {
protected:
    LocalPaths() {
        std::string name = (fs::temp_directory_path() / "forgehouse-sources-XXXXXX").string();
        root = fs::canonical(::mkdtemp(name.data()) ? name : "/");
    }
    ~LocalPaths() override { fs::remove_all(root); }

    static void make_git_dir(const fs::path& folder) {
        fs::create_directories(folder / "objects");
        fs::create_directories(folder / "refs");
        std::ofstream(folder / "HEAD") << "ref: refs/heads/main\n";
    }
    fs::path root;
};

TEST_F(LocalPaths, FindTheirRepositoryUpwards) {
    make_git_dir(root / "src/project/.git");
    fs::create_directories(root / "src/project/a/b");
    for (const char* path :
         {"src/project", "src/project/", "src/project/a/b", "src/project/.git"}) {
        const auto repo = local_repository("s", (root / path).string());
        ASSERT_TRUE(repo) << path << ": " << repo.error().describe();
        EXPECT_EQ(repo->ref.project_key, (root / "src").string()) << path;
        EXPECT_EQ(repo->ref.repo_slug, "project") << path;
        EXPECT_EQ(std::get<LocalPlace>(repo->place).git_dir, root / "src/project/.git") << path;
    }
}

TEST_F(LocalPaths, ABareRepositoryLosesItsSuffix) {
    make_git_dir(root / "project.git");
    const auto repo = local_repository("s", (root / "project.git").string());
    ASSERT_TRUE(repo) << repo.error().describe();
    EXPECT_EQ(repo->ref.project_key, root.string());
    EXPECT_EQ(repo->ref.repo_slug, "project");
}

TEST_F(LocalPaths, WhereThereIsNoneIsSaid) {
    fs::create_directories(root / "empty");
    for (const char* path : {"empty", "missing"}) {
        const auto repo = local_repository("s", (root / path).string());
        ASSERT_FALSE(repo) << path;
        EXPECT_EQ(repo.error().code(), Errc::NotFound) << path;
        EXPECT_FALSE(repo.error().hint().empty()) << path;
    }
}

TEST_F(LocalPaths, EachInputIsAnsweredAndEachRepositoryListedOnce) {
    make_git_dir(root / "one/.git");
    SourceOptions options;
    for (const std::string& text :
         {(root / "one").string(), (root / "one/.git").string(), (root / "missing").string(),
          std::string("https://me:secret@"), std::string("https://h/o/n.git"),
          std::string("ssh://git@h/o/n")})
        options.inputs.push_back({.text = text, .user = {}, .password = {}});
    auto source = make_source(std::move(options));
    ASSERT_TRUE(source);
    exec::Context ctx;
    const auto page = (*source)->repositories(ctx, "");
    ASSERT_TRUE(page);
    ASSERT_EQ(page->repositories.size(), 2U);
    EXPECT_EQ(page->repositories[0].ref.repo_slug, "one");
    EXPECT_EQ(full_name(page->repositories[1].ref), "h/o/n");
    ASSERT_EQ(page->refused.size(), 2U);
    EXPECT_EQ(page->refused[1].asked_for.find("secret"), std::string::npos);
    EXPECT_EQ(page->refused[1].error.describe().find("secret"), std::string::npos);
    EXPECT_TRUE(page->next.empty());
}

}  // namespace
}  // namespace forgehouse::sources::plain_git
