#include "git/walk.h"

#include <fstream>
#include <map>
#include <random>
#include <set>

#include "base/text.h"
#include "git/testing/scratch.h"

namespace forgehouse::git {
namespace {

using testing::Git;
using testing::Scratch;
using testing::walk_all;

class WalkTest : public Scratch {};

/// A history of `commits` commits with up to three parents each, and refs on some of them.
std::string random_history(std::mt19937& random, int commits) {
    const auto pick = [&random](int below) {
        return static_cast<int>(random() % static_cast<unsigned>(below));
    };
    std::string stream;
    for (int i = 1; i <= commits; ++i) {
        stream +=
            fmt::format("commit refs/import/tmp\nmark :{}\ncommitter B <b@x> {} +0000\ndata 1\nx\n",
                        i, 1000000000 + pick(1000));
        std::set<int> parents;
        const int wanted = i == 1 || pick(12) == 0 ? 0 : 1 + (pick(3) == 0) + (pick(9) == 0);
        for (int n = 0; n < wanted; ++n) parents.insert(std::max(1, i - 1 - pick(8)));
        bool is_first = true;
        for (const int parent : parents) {
            if (parent == i) continue;
            stream +=
                fmt::format("{} :{}\n", std::exchange(is_first, false) ? "from" : "merge", parent);
        }
        stream += is_first ? "deleteall\n\nreset refs/import/tmp\n\n" : "\n";
    }
    for (const auto* const name :
         {"refs/heads/main", "refs/heads/a", "refs/heads/b/c", "refs/heads/z", "refs/remotes/o/a",
          "refs/remotes/o/x", "refs/tags/v1", "refs/tags/v2", "refs/pull/7/head",
          "refs/pull/10/head", "refs/merge-requests/3/head", "refs/notes/x", "refs/stash"})
        if (pick(4) != 0) stream += fmt::format("reset {}\nfrom :{}\n\n", name, 1 + pick(commits));
    return stream;
}

/// The same labels by asking git what each ref reaches.
std::map<std::string, std::string> labels_by_brute_force(const Git& git) {
    std::vector<std::pair<int, std::string>> ranked;
    for (const auto name : text::split(git.run({"for-each-ref", "--format=%(refname)"}), '\n')) {
        if (name.empty()) continue;
        int rank = 5;
        if (name == "refs/heads/main")
            rank = 0;
        else if (name.starts_with("refs/heads/"))
            rank = 1;
        else if (name.starts_with("refs/remotes/"))
            rank = 2;
        else if (name.starts_with("refs/tags/"))
            rank = 3;
        else if (name.starts_with("refs/pull/") || name.starts_with("refs/merge-requests/"))
            rank = 4;
        ranked.emplace_back(rank, std::string(name));
    }
    std::ranges::sort(ranked);
    std::map<std::string, std::string> labels;
    for (const auto& [rank, name] : ranked) {
        const auto label = rank <= 1 ? name.substr(std::string("refs/heads/").size()) : name;
        const auto reached = git.run({"rev-list", name});
        for (const auto hash : text::split(reached, '\n'))
            if (!hash.empty()) labels.try_emplace(std::string(hash), label);
    }
    return labels;
}

TEST_F(WalkTest, NamesCommitsAsBruteForceDoes) {
    for (unsigned seed = 1; seed <= 12; ++seed) {
        SCOPED_TRACE(seed);
        std::mt19937 random(seed);
        const auto git = init("r" + std::to_string(seed));
        git.import(random_history(random, 5 + static_cast<int>(seed) * 9));
        git.run({"update-ref", "-d", "refs/import/tmp"});
        const auto expected = labels_by_brute_force(git);
        const bool has_main = git.code({"rev-parse", "-q", "--verify", "refs/heads/main"}) == 0;

        std::vector<std::string> branches;
        const auto repository = open(git.folder());
        std::map<std::string, std::string> labels;
        std::set<ObjectId> seen;
        for (const auto& commit : walk_all(repository, &branches)) {
            labels.emplace(commit.id.hex(), branches.at(commit.branch));
            EXPECT_EQ(commit.is_in_default_branch, has_main && branches[commit.branch] == "main");
            for (const auto& parent : commit.parents)
                EXPECT_FALSE(seen.contains(parent)) << "a parent came before its child";
            seen.insert(commit.id);
        }
        EXPECT_EQ(labels, expected);
    }
}

TEST_F(WalkTest, IsEmptyWhereThereAreNoCommits) {
    const auto git = init("empty");
    EXPECT_TRUE(walk_all(open(git.folder())).empty());
}

TEST_F(WalkTest, NamesNoDefaultBranchWhereHeadIsDetachedOrUnborn) {
    const auto git = init("r");
    git.import("commit refs/heads/b\ncommitter B <b@x> 1 +0000\ndata 1\nx\n\n");
    std::vector<std::string> branches;
    auto walked = walk_all(open(git.folder()), &branches);
    ASSERT_EQ(walked.size(), 1u);
    EXPECT_EQ(branches.at(walked[0].branch), "b");
    EXPECT_FALSE(walked[0].is_in_default_branch);

    git.run({"update-ref", "--no-deref", "HEAD", walked[0].id.hex()});
    git.run({"update-ref", "-d", "refs/heads/b"});
    walked = walk_all(open(git.folder()), &branches);
    ASSERT_EQ(walked.size(), 1u);
    EXPECT_EQ(branches.at(walked[0].branch), "HEAD");
    EXPECT_FALSE(walked[0].is_in_default_branch);
}

TEST_F(WalkTest, SaysWhichRefPointsAtNothing) {
    const auto git = init("r");
    git.import("commit refs/heads/main\ncommitter B <b@x> 1 +0000\ndata 1\nx\n\n");
    std::ofstream(git.folder() + "/refs/heads/gone") << std::string(40, 'a') << "\n";
    const auto repository = open(git.folder());
    const auto refs = list_refs(ctx_, repository);
    ASSERT_TRUE(refs) << refs.error().describe();
    const auto walk = Walk::start(ctx_, repository, *refs);
    ASSERT_FALSE(walk);
    EXPECT_EQ(walk.error().code(), Errc::Corrupt);
    EXPECT_EQ(walk.error().field("ref"), "refs/heads/gone");
    EXPECT_FALSE(walk.error().hint().empty());
}

TEST_F(WalkTest, SaysWhichParentIsMissing) {
    const auto git = init("r");
    const auto missing = std::string(40, 'b');
    const auto tree = git.run({"hash-object", "-w", "-t", "tree", "--stdin"});
    const auto commit = git.write_object(
        "commit", fmt::format("tree {}\nparent {}\nauthor A <a@x> 1 +0000\ncommitter A <a@x> 1 "
                              "+0000\n\nx\n",
                              tree, missing));
    git.run({"update-ref", "refs/heads/main", commit});
    const auto repository = open(git.folder());
    const auto refs = list_refs(ctx_, repository);
    ASSERT_TRUE(refs);
    auto walk = Walk::start(ctx_, repository, *refs);
    ASSERT_TRUE(walk);
    auto next = walk->next(ctx_);
    while (next && *next) next = walk->next(ctx_);
    ASSERT_FALSE(next);
    EXPECT_EQ(next.error().code(), Errc::Corrupt);
    EXPECT_EQ(next.error().field("object"), missing) << next.error().describe();
}

}  // namespace
}  // namespace forgehouse::git
