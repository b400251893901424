#include "git/history/blame.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>

#include "base/text.h"
#include "git/patch_text.h"
#include "git/testing/histories.h"
#include "git/testing/odd_texts.h"
#include "git/testing/wild_history.h"

namespace forgehouse::git {
namespace {

using testing::file;
using testing::Git;
using testing::head;
using testing::id_of;
using testing::lines_of;
using testing::Scratch;

/// `LINE COMMIT LINE_THEN PATH_THEN` of each line, as git has it, paths in its quotes.
std::vector<std::string> blamed_by_git(const Git& git, const std::string& commit,
                                       const std::string& path, const std::string& range = {}) {
    std::vector<std::string> arguments{"blame", "--line-porcelain"};
    if (!range.empty()) arguments.insert(arguments.end(), {"-L", range});
    arguments.insert(arguments.end(), {commit, "--", path});
    std::vector<std::string> lines;
    std::string begin;
    for (const auto& line : lines_of(git.run(arguments) + "\n")) {
        if (begin.empty()) {
            const auto parts = text::split(line, ' ');
            begin = fmt::format("{} {} {}", parts[2], parts[0], parts[1]);
        } else if (line.starts_with("filename ")) {
            lines.push_back(begin + " " + line.substr(9));
        } else if (line.starts_with("\t")) {
            begin.clear();
        }
    }
    return lines;
}

class BlameTest : public Scratch {
protected:
    struct Opened {
        Repository repository;
        ObjectStore store;
    };
    Opened opened(const Git& git) const {
        auto repository = open(git.folder());
        auto store = store_of(repository);
        return {.repository = std::move(repository), .store = std::move(store)};
    }
    std::vector<std::string> blamed(Opened& from, const BlameRequest& request) const {
        auto history = History::open(from.repository, &from.store);
        if (!history) ADD_FAILURE() << history.error().describe();
        const auto parts = blame(ctx_, *history, request);
        if (!parts) ADD_FAILURE() << parts.error().describe();
        std::vector<std::string> lines;
        for (const auto& part : *parts)
            for (std::uint32_t i = 0; i < part.lines; ++i)
                lines.push_back(fmt::format("{} {} {} {}", part.first_line + i + 1,
                                            part.commit.hex(), part.first_line_then + i + 1,
                                            patch_path("", part.path)));
        return lines;
    }
    /// Of every file of a commit, every line comes from where git says.
    void expect_git_blame(const Git& git, Opened& from, const std::string& commit) const {
        const auto listed = git.run({"ls-tree", "-r", "-z", commit});
        for (const auto line : text::split(listed, '\0')) {
            if (line.empty() || line.contains(" commit ")) continue;
            const std::string path(line.substr(line.find('\t') + 1));
            if (path.contains('\n')) continue;  // git's words cannot be cut into lines then
            EXPECT_EQ(blamed(from, {.commit = id_of(commit), .path = path}),
                      blamed_by_git(git, commit, path))
                << commit << " " << path;
        }
    }
    void expect_git_blame_of_tips(const Git& git) const {
        auto from = opened(git);
        for (const auto& tip :
             lines_of(git.run({"for-each-ref", "--format=%(objectname)", "refs/heads"})))
            expect_git_blame(git, from, tip);
    }
};

TEST_F(BlameTest, FollowsNastyHistoriesAsGitDoes) {
    for (const auto format : {ObjectFormat::Sha1, ObjectFormat::Sha256}) {
        const bool is_sha1 = format == ObjectFormat::Sha1;
        const auto git =
            init(is_sha1 ? "sha1" : "sha256",
                 {"--bare", is_sha1 ? "--object-format=sha1" : "--object-format=sha256"});
        git.import(testing::nasty_history(format));
        expect_git_blame_of_tips(git);
    }
}

TEST_F(BlameTest, FollowsWildHistoriesAsGitDoes) {
    std::mt19937 random(11);
    const auto git = init("wild");
    git.import(testing::wild_history(random, 40, ObjectFormat::Sha1));
    expect_git_blame_of_tips(git);
}

/// Branches that edit, move and merge one file of odd lines, with and without a commit-graph.
TEST_F(BlameTest, FollowsManyEditsAndRenamesAsGitDoes) {
    std::mt19937 random(5);
    const auto pick = [&random](int below) {
        return static_cast<int>(random() % static_cast<unsigned>(below));
    };
    const auto git = init("edits");
    std::string stream = head("main", 1) + file("f0", testing::lines(0, 60)) +
                         file("other", testing::lines(0, 60)) + "\n";
    std::vector<int> names{0, 0};  // of the file, by commit
    std::vector<std::string> texts{"", testing::lines(0, 60)};
    for (int i = 2; i <= 120; ++i) {
        const int parent = std::max(1, i - 1 - pick(3));
        const int other = std::max(1, i - 1 - pick(5));
        const bool merges = pick(4) == 0 && other != parent;
        stream +=
            head(fmt::format("b{}", i), i, fmt::format(":{}", parent),
                 merges ? std::vector{fmt::format(":{}", other)} : std::vector<std::string>());
        auto lines = text::split(texts[static_cast<std::size_t>(parent)], '\n');
        std::string edited;
        for (const auto line : lines) {
            if (line.empty() || pick(30) == 0) continue;
            if (pick(25) == 0) edited += fmt::format("new {}\n", pick(9));
            edited.append(line).append("\n");
        }
        if (merges && pick(2) == 0) edited = texts[static_cast<std::size_t>(other)];
        const int old_name = names[static_cast<std::size_t>(parent)];
        const int name = pick(6) == 0 ? i : old_name;
        if (name != old_name) stream += fmt::format("D f{}\n", old_name);
        stream += file(fmt::format("f{}", name), edited) + "\n";
        names.push_back(name);
        texts.push_back(edited);
    }
    git.import(stream);
    auto from = opened(git);
    for (const int i : {30, 77, 119, 120})
        expect_git_blame(git, from, git.run({"rev-parse", fmt::format("b{}", i)}));
    git.run({"commit-graph", "write", "--reachable", "--changed-paths"});
    for (const int i : {50, 118, 120})
        expect_git_blame(git, from, git.run({"rev-parse", fmt::format("b{}", i)}));
}

TEST_F(BlameTest, TakesTheLinesThatAreAskedFor) {
    const auto git = init("range");
    git.import(testing::busy_history(4, 50));
    auto from = opened(git);
    const auto main = git.run({"rev-parse", "main"});
    const auto path = lines_of(git.run({"ls-tree", "--name-only", main})).front();
    const auto all = blamed(from, {.commit = id_of(main), .path = path});
    ASSERT_GT(all.size(), 6u);
    EXPECT_EQ(blamed(from, {.commit = id_of(main), .path = path, .first_line = 2, .lines = 3}),
              blamed_by_git(git, main, path, "3,5"));
    EXPECT_EQ(blamed(from, {.commit = id_of(main), .path = path, .first_line = 4}),
              blamed_by_git(git, main, path, "5,"));
    const auto behind = static_cast<std::uint32_t>(all.size());
    EXPECT_TRUE(blamed(from, {.commit = id_of(main), .path = path, .first_line = behind}).empty());
    EXPECT_TRUE(blamed(from, {.commit = id_of(main), .path = path, .lines = 0}).empty());
}

TEST_F(BlameTest, SaysWhatCannotBeBlamed) {
    const auto git = init("small");
    git.import(head("main", 1) + file("dir/f", "x\n") + "M 160000 " + std::string(40, '1') +
               " sub\n\n");
    auto from = opened(git);
    const auto main = id_of(git.run({"rev-parse", "main"}));
    auto history = History::open(from.repository, &from.store);
    ASSERT_TRUE(history);
    const auto code = [&](const ObjectId& commit, const std::string& path) {
        const auto parts = blame(ctx_, *history, {.commit = commit, .path = path});
        return parts ? Errc::Cancelled : parts.error().code();
    };
    EXPECT_EQ(code(main, "nothing"), Errc::NotFound);
    EXPECT_EQ(code(main, "dir/f/g"), Errc::NotFound);
    EXPECT_EQ(code(main, "dir"), Errc::Invalid);
    EXPECT_EQ(code(main, "sub"), Errc::Invalid);
    EXPECT_EQ(code(main, ""), Errc::Invalid);
    EXPECT_EQ(code(main, "dir//f"), Errc::Invalid);
    EXPECT_EQ(code(main, "../f"), Errc::Invalid);
    EXPECT_EQ(code(id_of(std::string(40, 'a')), "dir/f"), Errc::NotFound);
    EXPECT_EQ(code(id_of(git.run({"rev-parse", "main:dir/f"})), "dir/f"), Errc::Invalid);
}

}  // namespace
}  // namespace forgehouse::git
