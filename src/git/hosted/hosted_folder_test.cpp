#include "git/hosted/hosted_folder.h"

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "git/hosted/ref_store.h"
#include "git/testing/histories.h"
#include "git/testing/scratch.h"

namespace forgehouse::git {
namespace {

using testing::bytes_of;
using testing::file;
using testing::Git;
using testing::head;
using testing::Scratch;

namespace fs = std::filesystem;

class HostedFolderTest : public Scratch {
protected:
    std::string at(std::string_view name) const { return (root() / name).string(); }
    Git made(std::string_view name, ObjectFormat format = ObjectFormat::Sha1) const {
        const auto done = create_bare(at(name), format, "main");
        EXPECT_TRUE(done) << done.error().describe();
        return Git(at(name));
    }
    /// What stands in the folder of repositories.
    std::vector<std::string> names(const fs::path& folder) const {
        std::vector<std::string> out;
        for (const auto& entry : fs::directory_iterator(folder))
            out.push_back(entry.path().filename());
        std::ranges::sort(out);
        return out;
    }
};

TEST_F(HostedFolderTest, MakesWhatGitTakesForAnEmptyRepository) {
    for (const auto format : {ObjectFormat::Sha1, ObjectFormat::Sha256}) {
        const auto name = format == ObjectFormat::Sha1 ? "deep/er/one" : "deep/er/256";
        const auto git = made(name, format);
        EXPECT_EQ(git.run({"rev-parse", "--is-bare-repository"}), "true");
        EXPECT_EQ(git.run({"rev-parse", "--show-object-format"}),
                  format == ObjectFormat::Sha1 ? "sha1" : "sha256");
        EXPECT_EQ(git.run({"symbolic-ref", "HEAD"}), "refs/heads/main");
        EXPECT_EQ(git.run({"fsck", "--strict"}), "");
        EXPECT_EQ(hosted_format(at(name)).value(), format);
        git.import(head("main", 1) + file("a", "x") + "\n");
        EXPECT_EQ(git.run({"log", "--format=%s", "HEAD"}), "m");
        EXPECT_NE(git.run({"reflog", "show", "refs/heads/main"}), "") << "there is no way back";
    }
    EXPECT_EQ(names(root() / "deep/er"), (std::vector<std::string>{"256", "one"}));
}

TEST_F(HostedFolderTest, RefusesWhatIsInTheWayAndLeavesNothing) {
    made("one");
    const auto before = bytes_of(root() / "one/HEAD");
    const auto again = create_bare(at("one"), ObjectFormat::Sha1, "other");
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code(), Errc::Conflict);
    EXPECT_EQ(bytes_of(root() / "one/HEAD"), before);
    for (const std::string_view branch : {"", "-x", "HEAD", "a..b", "a b", "a/", ".a", "a.lock"}) {
        const auto refused = create_bare(at("two"), ObjectFormat::Sha1, branch);
        ASSERT_FALSE(refused) << branch;
        EXPECT_EQ(refused.error().code(), Errc::Invalid);
        EXPECT_EQ(set_default_branch(at("one"), branch).error().code(), Errc::Invalid);
    }
    EXPECT_EQ(remove_bare(at("two")).error().code(), Errc::NotFound);
    EXPECT_EQ(set_default_branch(at("two"), "x").error().code(), Errc::NotFound);
    EXPECT_FALSE(fs::exists(root() / "two"));
    for (const auto& name : names(root())) EXPECT_FALSE(name.starts_with(".")) << name;
}

TEST_F(HostedFolderTest, SetsTheDefaultBranchAndRemoves) {
    const auto git = made("one");
    ASSERT_TRUE(set_default_branch(at("one"), "release/1.x"));
    EXPECT_EQ(git.run({"symbolic-ref", "HEAD"}), "refs/heads/release/1.x");
    EXPECT_EQ(names(root() / "one"),
              (std::vector<std::string>{"HEAD", "config", "objects", "refs"}));
    ASSERT_TRUE(remove_bare(at("one")));
    EXPECT_FALSE(fs::exists(root() / "one"));
    for (const auto& name : names(root())) EXPECT_FALSE(name.starts_with(".")) << name;
}

TEST_F(HostedFolderTest, SweepsWhatAKillHasLeft) {
    fs::create_directories(root() / "shelf/.new-abcdef/objects");
    fs::create_directories(root() / "shelf/.gone-abcdef/repository/refs");
    made("shelf/one");
    sweep_hosted(at("shelf"));
    EXPECT_EQ(names(root() / "shelf"), std::vector<std::string>{"one"});
}

TEST_F(HostedFolderTest, ForksBorrowAllThatTheirParentsHave) {
    for (const auto format : {ObjectFormat::Sha1, ObjectFormat::Sha256}) {
        const std::string prefix = format == ObjectFormat::Sha1 ? "a" : "b";
        const auto git = made(prefix + "0", format);
        git.import(testing::nasty_history(format));
        git.run({"tag", "-a", "-m", "note", "loose", "main"});
        git.run({"tag", "plain", "side"});
        git.run({"update-ref", "refs/pull/1/head", "main"});
        const auto refs = git.run({"for-each-ref", "refs/heads", "refs/tags"});
        // Forks of forks, more of them than git follows in a chain.
        for (int i = 1; i < 9; ++i) {
            const auto name = prefix + std::to_string(i);
            ASSERT_TRUE(fork_bare(at(prefix + std::to_string(i - 1)), at(name)));
            const Git fork(at(name));
            EXPECT_EQ(fork.run({"for-each-ref"}), refs);
            EXPECT_EQ(fork.run({"rev-parse", "HEAD", "loose^{}", "plain^{commit}"}),
                      git.run({"rev-parse", "HEAD", "loose^{}", "plain^{commit}"}));
            EXPECT_EQ(fork.code({"fsck", "--connectivity-only"}), 0);
            EXPECT_TRUE(borrows_from(at(name), at(prefix + "0")));
            EXPECT_FALSE(borrows_from(at(prefix + "0"), at(name)));
        }
        const Git last(at(prefix + "8"));
        last.import("reset refs/heads/new\nfrom refs/heads/main^0\n\n");
        last.import(head("new", 99, "refs/heads/main^0") + file("only here", "x") + "\n");
        EXPECT_EQ(last.code({"fsck"}), 0);
        EXPECT_NE(git.code({"rev-parse", "--verify", "-q", "new"}), 0);
    }
}

TEST_F(HostedFolderTest, ForksAnEmptyRepository) {
    made("one");
    ASSERT_TRUE(fork_bare(at("one"), at("two")));
    EXPECT_EQ(Git(at("two")).run({"for-each-ref"}), "");
    EXPECT_EQ(fork_bare(at("none"), at("three")).error().code(), Errc::NotFound);
    EXPECT_EQ(fork_bare(at("one"), at("two")).error().code(), Errc::Conflict);
}

}  // namespace
}  // namespace forgehouse::git
