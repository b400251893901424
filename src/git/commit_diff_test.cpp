#include "git/commit_diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.h"
#include "git/testing/histories.h"
#include "git/testing/odd_texts.h"
#include "git/testing/scratch.h"

namespace forgehouse::git {
namespace {

using testing::file;
using testing::Git;
using testing::head;
using testing::Scratch;
using testing::walk_all;

class CommitDiffTest : public Scratch {
protected:
    /// The patch of all files, or the error.
    Result<std::string> patch(CommitDiff& diff, const ObjectId& base, const ObjectId& commit,
                              std::uint32_t context = kUsualContext) const {
        std::string out;
        const auto append = [&](FileChange& file) {
            return diff.append_patch(ctx_, out, file, context);
        };
        TRY(diff.each_file(ctx_, base, commit, append));
        return out;
    }
    /// Every commit's patch is the one that `git log` shows.
    void expect_git_patches(const Git& git) const {
        const auto repository = open(git.folder());
        auto store = store_of(repository);
        exec::Guarded<BlobMemo> memo{BlobMemo(64)};
        CommitDiff diff(repository, &store, {}, memo);
        std::size_t commits = 0;
        for (const auto& commit : walk_all(repository)) {
            const auto ours = patch(diff, ObjectId(), commit.id);
            ASSERT_TRUE(ours) << ours.error().describe();
            EXPECT_EQ(without_line_ends(*ours),
                      git.run({"show", "--format=", "-p", "-M", "--full-index",
                               "--diff-merges=first-parent", commit.id.hex()}));
            ++commits;
        }
        EXPECT_GT(commits, 0u);
    }
    static std::string without_line_ends(std::string text) {
        while (text.ends_with('\n')) text.pop_back();
        return text;
    }
};

TEST_F(CommitDiffTest, ShowsNastyHistoriesAsGitDoes) {
    const auto git = init("nasty");
    git.import(testing::nasty_history());
    expect_git_patches(git);
}

TEST_F(CommitDiffTest, ShowsSha256RepositoriesAsGitDoes) {
    const auto git = init("sha256", {"--bare", "--object-format=sha256"});
    git.import(testing::nasty_history(ObjectFormat::Sha256));
    expect_git_patches(git);
}

TEST_F(CommitDiffTest, ShowsManyMergesAsGitDoes) {
    const auto git = init("busy");
    git.import(testing::busy_history(1, 60));
    expect_git_patches(git);
}

/// Runs that can be moved, noise, and texts that share little: one file that goes from text to
/// text.
TEST_F(CommitDiffTest, ShowsOddTextsAsGitDoes) {
    const auto git = init("odd");
    std::string stream;
    for (int i = 0; i < 150; ++i) {
        const auto [before, after] =
            testing::OddTexts(static_cast<std::uint64_t>(i)).pair(i % 50 == 0 ? 1500 : 100);
        const auto from = i == 0 ? std::string() : fmt::format(":{}", 2 * i);
        stream += head("main", 2 * i + 1, from) + file("f", before) + "\n";
        stream += head("main", 2 * i + 2, fmt::format(":{}", 2 * i + 1)) + file("f", after) + "\n";
    }
    git.import(stream);
    const auto repository = open(git.folder());
    auto store = store_of(repository);
    exec::Guarded<BlobMemo> memo{BlobMemo(64)};
    CommitDiff diff(repository, &store, {}, memo);
    std::map<std::string, std::string> expected;
    const auto log = git.run({"log", "-p", "--full-index", "--format=%x01%H"});
    for (const auto part : text::split(log, '\x01')) {
        const auto at = part.find("diff --git");
        if (at != std::string_view::npos)
            expected.emplace(part.substr(0, part.find('\n')), part.substr(at));
    }
    for (const auto& commit : walk_all(repository)) {
        const auto ours = patch(diff, ObjectId(), commit.id);
        ASSERT_TRUE(ours) << ours.error().describe();
        ASSERT_EQ(without_line_ends(*ours), without_line_ends(expected[commit.id.hex()]))
            << commit.id.hex();
    }
}

TEST_F(CommitDiffTest, FindsHeadingsAsGitDoes) {
    const std::string around = "\n1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n";
    const auto text = [&](std::string_view change) {
        std::string all;
        for (const std::string_view heading :
             {"int f() {", "  indented", "$perl;  \t", "_x", "1digit", "\xc3\xa9 no letter to git",
              "long enough to be cut within a letter: ................................... "
              "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9",
              "broken \xff byte"})
            all.append(heading).append(around).append(change).append(around);
        return all;
    };
    const auto git = init("headings");
    git.import(head("main", 1) + file("f", text("old")) + "\n" + head("main", 2, ":1") +
               file("f", text("new")) + "\n");
    expect_git_patches(git);
}

TEST_F(CommitDiffTest, ComparesAnyTwoCommitsWithAnyContext) {
    const auto git = init("busy");
    git.import(testing::busy_history(2, 40));
    const auto repository = open(git.folder());
    auto store = store_of(repository);
    exec::Guarded<BlobMemo> memo{BlobMemo(64)};
    CommitDiff diff(repository, &store, {}, memo);
    const auto commits = walk_all(repository);
    for (std::size_t i = 0; i + 7 < commits.size(); i += 3) {
        const auto &base = commits[i].id, &commit = commits[i + 7].id;
        for (const std::uint32_t context : {0u, 1u, 10u}) {
            const auto ours = patch(diff, base, commit, context);
            ASSERT_TRUE(ours) << ours.error().describe();
            EXPECT_EQ(without_line_ends(*ours),
                      git.run({"diff", "-M", "--full-index", fmt::format("-U{}", context),
                               base.hex(), commit.hex()}));
        }
    }
}

TEST_F(CommitDiffTest, ShowsWhatIsTooLargeAsBinary) {
    const auto git = init("large");
    git.import(head("main", 1) + file("f", testing::lines(0, 50)) + file("g", "a\n") + "\n" +
               head("main", 2, ":1") + file("f", testing::lines(1, 50)) + file("g", "b\n") + "\n");
    const auto repository = open(git.folder());
    auto store = store_of(repository);
    exec::Guarded<BlobMemo> memo{BlobMemo(64)};
    // Enough for commits and trees.
    CommitDiff diff(repository, &store, {.object_bytes = 250}, memo);
    const auto ours = patch(diff, ObjectId(), *ObjectId::from_hex(git.run({"rev-parse", "main"})));
    ASSERT_TRUE(ours) << ours.error().describe();
    EXPECT_TRUE(ours->contains("Binary files a/f and b/f differ\n"));
    EXPECT_TRUE(ours->contains("\n-a\n+b\n"));
}

TEST_F(CommitDiffTest, SaysWhatIsNotThereOrNoCommit) {
    const auto git = init("small");
    git.import(head("main", 1) + file("f", "x\n") + "\n");
    const auto repository = open(git.folder());
    auto store = store_of(repository);
    exec::Guarded<BlobMemo> memo{BlobMemo(64)};
    CommitDiff diff(repository, &store, {}, memo);
    const auto main = *ObjectId::from_hex(git.run({"rev-parse", "main"}));
    const auto blob = *ObjectId::from_hex(git.run({"rev-parse", "main:f"}));
    const auto nowhere = *ObjectId::from_hex(std::string(40, 'a'));
    EXPECT_EQ(patch(diff, ObjectId(), nowhere).error().code(), Errc::NotFound);
    EXPECT_EQ(patch(diff, nowhere, main).error().code(), Errc::NotFound);
    EXPECT_EQ(patch(diff, blob, main).error().code(), Errc::Invalid);
    EXPECT_TRUE(patch(diff, ObjectId(), main));
}

}  // namespace
}  // namespace forgehouse::git
