#include "git/history/path_log.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "git/testing/wild_history.h"

namespace forgehouse::git {
namespace {

using testing::Git;
using testing::id_of;
using testing::lines_of;
using testing::Scratch;

using Lines = std::vector<std::string>;

class PathLogTest : public Scratch {
protected:
    PathLogTest() = default;

    /// Opens what is asked for from here on.
    void use(const Git& git) {
        history_.reset();
        store_.reset();
        repository_.emplace(open(git.folder()));
        store_.emplace(store_of(*repository_));
        auto history = History::open(*repository_, &*store_);
        ASSERT_TRUE(history) << history.error().describe();
        history_.emplace(std::move(*history));
    }

    /// Ids; with the file's name in each behind it where it is followed.
    Lines listed(PathLogRequest request) {
        const bool is_following = request.is_following;
        auto log = PathLog::start(ctx_, *history_, std::move(request));
        if (!log) ADD_FAILURE() << log.error().describe();
        Lines out;
        while (log) {
            const auto next = log->next(ctx_);
            if (!next) ADD_FAILURE() << next.error().describe();
            if (!next || !*next) break;
            out.push_back((*next)->hex() + (is_following ? " " + log->path() : ""));
        }
        return out;
    }

    /// By git, with those options.
    static Lines said(const Git& git, Lines options, const Lines& tips, const Lines& paths) {
        Lines arguments{"--literal-pathspecs", "log", "--format=%H"};
        arguments.insert(arguments.end(), options.begin(), options.end());
        arguments.insert(arguments.end(), tips.begin(), tips.end());
        arguments.emplace_back("--");
        arguments.insert(arguments.end(), paths.begin(), paths.end());
        return lines_of(git.run(std::move(arguments)));
    }

    /// The same commits, and names, where a file is followed. Of a folder (a file may have been
    /// one) git names what is in it, or nothing.
    void expect_followed(const Git& git, Lines options, const PathLogRequest& request) {
        Lines arguments{"log", "--format=%x01%H", "--follow", "--name-only", "-z"};
        arguments.insert(arguments.end(), options.begin(), options.end());
        arguments.insert(arguments.end(),
                         {request.tips.front().hex(), "--", ":(literal)" + request.paths.front()});
        const auto out = git.run(std::move(arguments));
        std::vector<std::pair<std::string, std::string>> theirs;
        for (auto token : text::split(out, '\0')) {
            while (token.starts_with('\n')) token.remove_prefix(1);
            if (token.starts_with('\x01'))
                theirs.emplace_back(token.substr(1), "");
            else if (!token.empty() && theirs.back().second.empty())
                theirs.back().second = token;
        }
        const auto ours = listed(request);
        ASSERT_EQ(ours.size(), theirs.size());
        for (std::size_t i = 0; i < ours.size(); ++i) {
            const auto id = ours[i].substr(0, ours[i].find(' ')),
                       name = ours[i].substr(id.size() + 1);
            EXPECT_EQ(id, theirs[i].first);
            const auto& said = theirs[i].second;
            EXPECT_TRUE(said == name || said.empty() || said.starts_with(name + "/"))
                << said << " is not " << name;
        }
    }

    void expect_as_git(const Git& git, const std::string& tip, const std::string& path) {
        SCOPED_TRACE(tip + " " + path);
        const PathLogRequest request{.tips = {id_of(tip)}, .paths = {path}};
        EXPECT_EQ(listed(request), said(git, {}, {tip}, {path}));
        auto other = request;
        other.is_first_parent = true;
        EXPECT_EQ(listed(other), said(git, {"--first-parent"}, {tip}, {path}));
        other = request;
        other.is_full_history = true;
        EXPECT_EQ(listed(other), said(git, {"--full-history"}, {tip}, {path}));
        other.is_first_parent = true;
        EXPECT_EQ(listed(other), said(git, {"--full-history", "--first-parent"}, {tip}, {path}));
    }

    Git wild(const std::string& name, unsigned seed, ObjectFormat format) const {
        std::mt19937 random(seed);
        auto git = init(name, {"--bare", format == ObjectFormat::Sha1 ? "--object-format=sha1"
                                                                      : "--object-format=sha256"});
        git.import(testing::wild_history(random, 90, format));
        return git;
    }

    std::optional<Repository> repository_;
    std::optional<ObjectStore> store_;
    std::optional<History> history_;
};

TEST_F(PathLogTest, ListsWhatGitLists) {
    for (const auto format : {ObjectFormat::Sha1, ObjectFormat::Sha256})
        for (const std::string graph : {"none", "filters", "chain"}) {
            SCOPED_TRACE(graph);
            const auto git = wild(graph + std::to_string(id_size(format)), 21, format);
            if (graph == "filters")
                git.run({"commit-graph", "write", "--reachable", "--changed-paths"});
            if (graph == "chain")
                for (const auto* tip : {"c40", "c60"})
                    git.run({"commit-graph", "write", "--stdin-commits", "--split=no-merge",
                             "--changed-paths"},
                            git.run({"rev-list", tip}));
            use(git);
            std::size_t commits = 0;
            for (const auto& path : testing::wild_paths())
                for (const auto* tip : {"c90", "c77"}) {
                    const auto hex = git.run({"rev-parse", tip});
                    expect_as_git(git, hex, path);
                    commits += said(git, {}, {hex}, {path}).size();
                }
            EXPECT_GT(commits, 40u);
        }
}

TEST_F(PathLogTest, TakesManyTipsAndPathsAndPages) {
    const auto git = wild("r", 8, ObjectFormat::Sha1);
    git.run({"commit-graph", "write", "--reachable", "--changed-paths"});
    use(git);
    const Lines paths{"a", "dir", "swap/inner", "a.b", "moved1", "*"};
    Lines tips;
    PathLogRequest request{.tips = {}, .paths = paths};
    for (const auto* name : {"c5", "c90", "c88", "c90"}) {
        tips.push_back(git.run({"rev-parse", name}));
        request.tips.push_back(id_of(tips.back()));
    }
    const auto all = said(git, {}, tips, paths);
    ASSERT_GT(all.size(), 4u);
    EXPECT_EQ(listed(request), all);
    request.skip = 2;
    EXPECT_EQ(listed(request), Lines(all.begin() + 2, all.end()));
    request.skip = 1000;
    EXPECT_EQ(listed(request), Lines{});
    // The tree itself: what changed nothing at all is passed over, as for `.`.
    request.skip = 0;
    request.paths = {""};
    EXPECT_EQ(listed(request), said(git, {}, tips, {"."}));
}

TEST_F(PathLogTest, FollowsAFileToItsOldNames) {
    std::size_t moved = 0;
    for (const unsigned seed : {1U, 2U, 3U}) {
        const auto git = wild("wild" + std::to_string(seed), seed, ObjectFormat::Sha1);
        if (seed != 1) git.run({"commit-graph", "write", "--reachable", "--changed-paths"});
        use(git);
        for (const auto* name : {"c90", "c83"})
            for (const std::string path :
                 {"moved0", "moved1", "moved2", "moved3", "dir/file", "a"}) {
                const auto tip = git.run({"rev-parse", name});
                SCOPED_TRACE(path);
                PathLogRequest request{.tips = {id_of(tip)}, .paths = {path}, .is_following = true};
                expect_followed(git, {}, request);
                const auto all = listed(request);
                moved += all.size() > 1 && all.front().substr(41) != all.back().substr(41);
                request.is_first_parent = true;
                expect_followed(git, {"--first-parent"}, request);
            }
    }
    EXPECT_GT(moved, 3u);
}

TEST_F(PathLogTest, FollowsNamesThatLookLikeOptionsAndPatterns) {
    const auto git = init("odd");
    std::string text;
    for (int i = 0; i < 30; ++i) text += fmt::format("{}\n", i * i);
    std::string stream;
    const Lines names{"-x", "*", ":(top)y", "--all", "new\\nline", "last"};
    for (std::size_t i = 0; i < names.size(); ++i) {
        stream += fmt::format(
            "commit refs/heads/m\nmark :{}\ncommitter B <b@x> {} +0000\ndata 1\nx\n", i + 1, i + 1);
        if (i > 0) stream += fmt::format("from :{}\nD \"{}\"\n", i, names[i - 1]);
        stream += fmt::format("M 100644 inline \"{}\"\ndata {}\n{}\n", names[i], text.size(), text);
    }
    git.import(stream);
    use(git);
    const auto tip = git.run({"rev-parse", "m"});
    const PathLogRequest request{.tips = {id_of(tip)}, .paths = {"last"}, .is_following = true};
    const auto all = listed(request);
    ASSERT_EQ(all.size(), names.size());
    EXPECT_EQ(all.back().substr(41), "-x");
    expect_followed(git, {}, request);
}

/// Trees that git never writes, and that hold the same files as others of another id.
TEST_F(PathLogTest, SeesFilesNotTrees) {
    const auto git = init("odd");
    const auto blob = git.write_object("blob", "x\n");
    const auto entry = [](std::string_view mode, std::string_view name, const std::string& hex) {
        const auto id = id_of(hex);
        return fmt::format("{} {}", mode, name) + '\0' +
               std::string(reinterpret_cast<const char*>(id.bytes().data()), id.bytes().size());
    };
    const auto empty = git.write_object("tree", "");
    const auto tree = [&](const std::string& content) { return git.write_object("tree", content); };
    const auto folder = [&](const std::string& content) {
        return tree(entry("40000", "d", tree(content)));
    };
    const Lines trees{
        folder(entry("100644", "f", blob)),
        folder(entry("100664", "f", blob)),                                    // an old mode
        folder(entry("40000", "e", empty) + entry("100644", "f", blob)),       // an empty folder
        folder(entry("40000", "e", folder("")) + entry("100644", "f", blob)),  // and one in it
        folder(entry("40000", "e", empty)),
        tree(""),
        folder(""),
        folder(entry("100755", "f", blob)),
    };
    std::string tip;
    for (const auto& one : trees) {
        Lines arguments{"commit-tree", "-m", "x", one};
        if (!tip.empty()) arguments.insert(arguments.end(), {"-p", tip});
        tip = git.run(std::move(arguments));
    }
    use(git);
    for (const auto* path : {"d", "d/f", "d/e", "d/e/d", "d/f/g", "e"})
        expect_as_git(git, tip, path);
    EXPECT_EQ(said(git, {}, {tip}, {"d"}).size(), 3u);
}

/// Folders that are in each other twice make a tree of 2^60 folders; none of them holds a file.
TEST_F(PathLogTest, IsNotKeptByAFolderWithoutEnd) {
    const auto git = init("deep");
    const auto one = testing::endless_folders(git, false);
    const auto other = testing::endless_folders(git, true);
    const auto first = git.run({"commit-tree", "-m", "x", one});
    const auto tip = git.run({"commit-tree", "-m", "y", "-p", first, other});
    use(git);
    EXPECT_EQ(listed({.tips = {id_of(tip)}, .paths = {"a"}}), Lines{});
}

TEST_F(PathLogTest, SaysWhatCannotBeAsked) {
    const auto git = wild("r", 2, ObjectFormat::Sha1);
    use(git);
    const auto tip = id_of(git.run({"rev-parse", "c90"}));
    const auto error_of = [&](PathLogRequest request) {
        auto log = PathLog::start(ctx_, *history_, std::move(request));
        if (!log) return std::string(name_of(log.error().code()));
        const auto next = log->next(ctx_);
        return next ? "none" : std::string(name_of(next.error().code()));
    };
    for (const std::string path : {"/a", "a/", "a//b", ".", "../a", "a/./b"})
        EXPECT_EQ(error_of({.tips = {tip}, .paths = {path}}), "invalid") << path;
    EXPECT_EQ(error_of({.tips = {tip}, .paths = {"a", "b"}, .is_following = true}), "invalid");
    EXPECT_EQ(error_of({.tips = {id_of(std::string(40, 'd'))}, .paths = {"a"}}), "not_found");

    const auto torn =
        git.run({"commit-tree", "-m", "torn", "-p", tip.hex(),
                 git.write_object("tree", std::string("40000 d\0", 8) + std::string(20, '\x11'))});
    const auto odd = git.run(
        {"commit-tree", "-m", "odd", "-p", tip.hex(), git.write_object("tree", "100644 f")});
    EXPECT_EQ(error_of({.tips = {id_of(torn)}, .paths = {"d/f"}}), "corrupt");
    EXPECT_EQ(error_of({.tips = {id_of(odd)}, .paths = {"f"}}), "corrupt");
    EXPECT_EQ(error_of({.tips = {tip}, .paths = {"a"}}), "none");
}

}  // namespace
}  // namespace forgehouse::git
