#include "git/tree_diff.h"

#include <random>

#include "git/diff_output.h"
#include "git/store/object_store.h"
#include "git/testing/wild_history.h"

namespace forgehouse::git {
namespace {

using namespace std::string_literals;
using testing::Git;
using testing::Scratch;

class TreeDiffTest : public Scratch {
protected:
    /// `:OLDMODE NEWMODE OLD NEW STATUS PATH` of each file; nullopt where git must be asked.
    std::optional<std::vector<std::string>> ours(const Git& git, const std::string& before,
                                                 const std::string& after) const {
        const auto repository = open(git.folder());
        auto store = store_of(repository);
        ObjectAccess objects(repository, &store, {});
        const auto id_of = [&](const std::string& hex) {
            return hex.empty() ? ObjectId::null(repository.traits().format)
                               : *ObjectId::from_hex(hex);
        };
        auto files =
            TreeDiff(objects, repository.traits().format).compare(id_of(before), id_of(after));
        if (!files) return std::nullopt;
        std::vector<std::string> out;
        for (const auto& file : *files) {
            const auto letter = file.change == ChangeType::Added     ? 'A'
                                : file.change == ChangeType::Deleted ? 'D'
                                                                     : 'M';
            out.push_back(fmt::format(":{:06o} {:06o} {} {} {} {}", file.old_mode, file.new_mode,
                                      file.old_blob.hex(), file.new_blob.hex(), letter, file.path));
        }
        return out;
    }

    static std::vector<std::string> gits(const Git& git, const std::string& before,
                                         const std::string& after) {
        const auto said = git.run({"diff-tree", "-r", "--raw", "-z", "--no-abbrev", before, after});
        std::vector<std::string> out;
        for (std::size_t at = 0; at < said.size();) {
            auto end = said.find('\0', at);
            auto entry = said.substr(at, end - at);
            if (entry.ends_with('T')) entry.back() = 'M';
            at = end + 1;
            end = said.find('\0', at);
            out.push_back(entry + " " + said.substr(at, end - at));
            at = end + 1;
        }
        return out;
    }

    /// A tree of some files, folders, links and submodules out of few names.
    static std::string random_tree(const Git& git, std::mt19937& random,
                                   const std::vector<std::string>& blobs, int depth) {
        std::string lines;
        for (const auto* name : {"a", "a-b", "a.c", "aa", "b", "\xff", "z"}) {
            const auto kind = random() % 9;
            if (kind < 3) continue;
            const auto& blob = blobs[random() % blobs.size()];
            if (kind == 8 && depth < 3) {
                lines += "040000 tree " + random_tree(git, random, blobs, depth + 1);
            } else {
                const auto* mode = kind == 7   ? "120000 blob "
                                   : kind == 6 ? "100755 blob "
                                   : kind == 5 ? "160000 commit "
                                               : "100644 blob ";
                // Submodules are commits that are elsewhere.
                lines +=
                    mode + (kind == 5 ? std::string(40, blob.front() < '8' ? '1' : '2') : blob);
            }
            lines += "\t"s + name + '\0';
        }
        return git.run({"mktree", "-z", "--missing"}, lines);
    }
};

TEST_F(TreeDiffTest, SaysWhatGitSaysOrNothing) {
    const auto git = init("random");
    std::mt19937 random(11);
    std::vector<std::string> blobs;
    for (int i = 0; i < 4; ++i) blobs.push_back(git.write_object("blob", std::to_string(i)));
    std::vector<std::string> trees;
    for (int i = 0; i < 60; ++i) trees.push_back(random_tree(git, random, blobs, 0));
    int told = 0, left = 0;
    for (std::size_t i = 0; i + 1 < trees.size(); ++i) {
        for (const auto& after : {trees[i + 1], trees[i]}) {
            const auto expected = gits(git, trees[i], after);
            const auto got = ours(git, trees[i], after);
            if (got) EXPECT_EQ(*got, expected) << trees[i] << " " << after;
            const auto has = [&expected](std::string_view letter) {
                return std::ranges::any_of(expected, [&letter](const std::string& line) {
                    return line.find(letter) != std::string::npos;
                });
            };
            // Left to git where something may have been renamed, and only there.
            EXPECT_EQ(got.has_value(), !(has(" A ") && has(" D "))) << trees[i] << " " << after;
            ++(got ? told : left);
        }
    }
    EXPECT_GT(told, 20);
    EXPECT_GT(left, 20);
}

TEST_F(TreeDiffTest, KnowsRootsEmptyTreesAndOldModes) {
    const auto git = init("roots");
    const auto blob = git.write_object("blob", "x");
    const auto id = ObjectId::from_hex(blob);
    const std::string raw(reinterpret_cast<const char*>(id->bytes().data()), 20);
    const auto plain = git.write_object("tree", "100644 a\0"s + raw);
    const auto old = git.write_object("tree", "100664 a\0"s + raw);
    const std::string empty = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
    const auto line = fmt::format(":000000 100644 {} {} A a", std::string(40, '0'), blob);
    EXPECT_EQ(ours(git, "", plain), std::vector{line});
    EXPECT_EQ(ours(git, empty, plain), std::vector{line});
    EXPECT_EQ(ours(git, plain, old), std::vector<std::string>());
    EXPECT_EQ(ours(git, empty, ""), std::vector<std::string>());
    EXPECT_EQ(ours(git, plain, empty)->front().substr(0, 14), ":100644 000000");
}

TEST_F(TreeDiffTest, IsNotKeptByAFolderWithoutEnd) {
    const auto git = init("deep");
    const auto one = testing::endless_folders(git, false);
    const auto other = testing::endless_folders(git, true);
    const auto files = ours(git, one, other);
    ASSERT_TRUE(files);
    EXPECT_TRUE(files->empty());
}

TEST_F(TreeDiffTest, LeavesDamageToGit) {
    const auto git = init("damaged");
    const auto blob = git.write_object("blob", "x");
    const std::string raw(20, 'i');
    const auto sound = git.write_object("tree", "100644 a\0"s + raw);
    for (const auto& bytes :
         {"100644 a\0"s + raw.substr(1), "100644 \0"s + raw, "100944 a\0"s + raw, " a\0"s + raw,
          "100644 a"s, "100644"s, "00000100644 a\0"s + raw})
        EXPECT_FALSE(ours(git, sound, git.write_object("tree", bytes))) << bytes;
    EXPECT_FALSE(ours(git, sound, std::string(40, 'e')));  // not there
    EXPECT_FALSE(ours(git, sound, blob));                  // no tree
}

TEST(TreeOfCommit, IsTakenFromWhatGitWrites) {
    const std::string id(40, 'a'), parent = "parent " + std::string(40, 'b') + "\n";
    const auto tree = "tree " + id + "\n";
    EXPECT_EQ(tree_of_commit(tree)->hex(), id);
    EXPECT_EQ(tree_of_commit(tree + "author A", 0)->hex(), id);
    EXPECT_EQ(tree_of_commit(tree + parent + parent + "author A", 2)->hex(), id);
    EXPECT_FALSE(tree_of_commit(tree + parent + "author A", 0));
    EXPECT_FALSE(tree_of_commit(tree + parent + "author A", 2));
    EXPECT_FALSE(tree_of_commit(tree + "encoding x\nauthor A", 0));
    EXPECT_FALSE(tree_of_commit("tree " + id));
    EXPECT_FALSE(tree_of_commit("tree x\n"));
    EXPECT_FALSE(tree_of_commit("author A\n" + tree));
}

}  // namespace
}  // namespace forgehouse::git
