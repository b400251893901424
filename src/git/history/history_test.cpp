#include "git/history/history.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>

#include "base/text.h"
#include "git/history/commit_log.h"
#include "git/testing/wild_history.h"

namespace forgehouse::git {
namespace {

namespace fs = std::filesystem;

using testing::Git;
using testing::id_of;
using testing::lines_of;
using testing::Scratch;

using Hexes = std::vector<std::string>;
using Parents = std::map<std::string, Hexes>;

std::set<std::string> reached(const Parents& parents, const std::string& tip) {
    std::set<std::string> out;
    Hexes waiting{tip};
    while (!waiting.empty()) {
        const auto next = waiting.back();
        waiting.pop_back();
        if (!out.insert(next).second) continue;
        for (const auto& parent : parents.at(next)) waiting.push_back(parent);
    }
    return out;
}

std::set<std::string> without(const std::set<std::string>& all, const std::set<std::string>& gone) {
    std::set<std::string> out;
    std::ranges::set_difference(all, gone, std::inserter(out, out.end()));
    return out;
}

Hexes hexes(const std::vector<ObjectId>& ids) {
    Hexes out;
    for (const auto& one : ids) out.push_back(one.hex());
    return out;
}

Hexes all_of(CommitLog& log) {
    Hexes out;
    for (;;) {
        const auto next = log.next({});
        if (!next) ADD_FAILURE() << next.error().describe();
        if (!next || !*next) return out;
        out.push_back((*next)->hex());
    }
}

class HistoryTest : public Scratch {
protected:
    /// A History with what it reads from.
    struct Opened {
        Repository repository;
        std::optional<ObjectStore> store = {};
        std::optional<History> history = {};
    };

    std::unique_ptr<Opened> history_of(const Git& git) const {
        auto opened = std::make_unique<Opened>(Opened{.repository = open(git.folder())});
        opened->store.emplace(store_of(opened->repository));
        auto history = History::open(opened->repository, &*opened->store);
        if (!history) ADD_FAILURE() << history.error().describe();
        opened->history.emplace(std::move(*history));
        return opened;
    }

    Git wild(std::string_view name, unsigned seed, ObjectFormat format) const {
        std::mt19937 random(seed);
        auto git = init(name, {"--bare", format == ObjectFormat::Sha1 ? "--object-format=sha1"
                                                                      : "--object-format=sha256"});
        git.import(testing::wild_history(random, 70, format));
        return git;
    }

    static Parents parents_of(const Git& git) {
        Parents parents;
        for (const auto& line : lines_of(git.run({"rev-list", "--all", "--parents"}))) {
            const auto words = text::split(line, ' ');
            parents.emplace(words[0], Hexes(words.begin() + 1, words.end()));
        }
        return parents;
    }

    static Hexes log(History& history, const LogRequest& request) {
        auto log = CommitLog::start({}, history, request);
        if (!log) ADD_FAILURE() << log.error().describe();
        return log ? all_of(*log) : Hexes{};
    }

    static std::string error_of(const Result<std::vector<ObjectId>>& result) {
        return result ? "none" : std::string(name_of(result.error().code()));
    }
};

/// All questions about two commits: bases and ancestry as git says; what is apart by reaching out
/// for it plainly, and as git says where its clocks allow it to be right. Says whether they did.
bool agree(const Git& git, History& history, const Parents& parents, const std::string& a,
           const std::string& b) {
    SCOPED_TRACE(a + " " + b);
    const auto bases = history.merge_bases({}, id_of(a), id_of(b));
    EXPECT_TRUE(bases);
    Hexes said;
    const auto from_a = reached(parents, a), from_b = reached(parents, b);
    if (git.code({"merge-base", a, b}) == 0)
        said = lines_of(git.run({"merge-base", "--all", a, b}));
    EXPECT_EQ(hexes(bases.value()), said);
    EXPECT_EQ(history.is_ancestor({}, id_of(a), id_of(b)).value(), from_b.contains(a));
    const auto ahead = without(from_a, from_b), behind = without(from_b, from_a);
    EXPECT_EQ(history.ahead_behind({}, id_of(a), id_of(b)).value(),
              (AheadBehind{.ahead = ahead.size(), .behind = behind.size()}));

    bool is_git_right = true;
    for (const bool is_topological : {false, true})
        for (const bool is_first_parent : {false, true}) {
            LogRequest request{.tips = {id_of(a)}, .hidden = {id_of(b)}};
            std::vector<std::string> arguments{"log", "--format=%H", b + ".." + a};
            if (is_topological) {
                request.order = LogOrder::Topological;
                arguments.insert(arguments.begin() + 1, "--topo-order");
            }
            request.is_first_parent = is_first_parent;
            if (is_first_parent) arguments.insert(arguments.begin() + 1, "--first-parent");
            const auto mine = testing::lines_of(git.run(arguments));
            const auto ours = [&] {
                auto log = CommitLog::start({}, history, request);
                EXPECT_TRUE(log);
                return log ? all_of(*log) : Hexes{};
            }();
            const std::set<std::string> listed(ours.begin(), ours.end());
            EXPECT_EQ(listed.size(), ours.size()) << "a commit twice";
            if (!is_first_parent) EXPECT_EQ(listed, ahead);
            EXPECT_TRUE(std::ranges::includes(ahead, listed));
            const bool is_right = std::ranges::all_of(
                mine, [&ahead](const auto& hex) { return ahead.contains(hex); });
            if (is_right) EXPECT_EQ(ours, mine);
            is_git_right = is_git_right && is_right;
        }
    return is_git_right;
}

TEST_F(HistoryTest, AgreesWithGitOnWildHistories) {
    std::size_t right = 0;
    for (const auto format : {ObjectFormat::Sha1, ObjectFormat::Sha256})
        for (const std::string graph : {"none", "levels", "whole", "chain"}) {
            SCOPED_TRACE(graph);
            const auto git = wild(graph + std::to_string(id_size(format)), 5, format);
            if (graph == "levels")
                git.run({"-c", "commitGraph.generationVersion=1", "commit-graph", "write",
                         "--reachable"});
            if (graph == "whole") git.run({"commit-graph", "write", "--reachable"});
            if (graph == "chain")  // and the last third of the commits in no file
                for (const auto* tip : {"c25", "c45"})
                    git.run({"commit-graph", "write", "--stdin-commits", "--split=no-merge"},
                            git.run({"rev-list", tip}));
            const auto parents = parents_of(git);
            const auto commits = lines_of(git.run({"rev-list", "--all"}));
            const auto opened = history_of(git);
            std::mt19937 random(9);
            for (int i = 0; i < 12; ++i)
                right += agree(git, *opened->history, parents, commits[random() % commits.size()],
                               commits[random() % commits.size()]);
        }
    EXPECT_GT(right, 50u);
}

/// The only way to the common root leads over ten commits of long ago: git gives up before.
TEST_F(HistoryTest, IsRightWhereClocksLie) {
    const auto git = init("r");
    std::string stream;
    const auto commit = [&stream](int mark, int date, int parent) {
        stream += fmt::format(
            "commit refs/heads/c{0}\nmark :{0}\ncommitter B <b@x> {1} +0000\ndata 1\nx\n", mark,
            date);
        if (parent > 0) stream += fmt::format("from :{}\n", parent);
        stream += "\n";
    };
    commit(1, 1000000, 0);
    for (int i = 2; i <= 12; ++i) commit(i, i, i - 1);
    commit(13, 1000001, 1);
    git.import(stream);
    const auto hidden = id_of(git.run({"rev-parse", "c12"})),
               tip = id_of(git.run({"rev-parse", "c13"}));
    for (const bool has_graph : {false, true}) {
        if (has_graph) git.run({"commit-graph", "write", "--reachable"});
        const auto opened = history_of(git);
        EXPECT_EQ(opened->history->ahead_behind(ctx_, tip, hidden),
                  (AheadBehind{.ahead = 1, .behind = 11}));
        for (const auto order : {LogOrder::Date, LogOrder::Topological})
            EXPECT_EQ(log(*opened->history, {.tips = {tip}, .hidden = {hidden}, .order = order}),
                      Hexes{tip.hex()});
    }
}

TEST_F(HistoryTest, ListsAllOfManyTipsInPages) {
    for (const bool has_graph : {false, true}) {
        const auto git = wild(has_graph ? "graph" : "plain", 3, ObjectFormat::Sha1);
        if (has_graph) git.run({"commit-graph", "write", "--reachable"});
        const auto opened = history_of(git);
        std::vector<ObjectId> tips;
        for (const auto* name : {"c70", "c3", "c69", "c70", "c12"})
            tips.push_back(id_of(git.run({"rev-parse", name})));
        for (const auto order : {LogOrder::Date, LogOrder::Topological}) {
            std::vector<std::string> arguments{"rev-list", "c70", "c3", "c69", "c70", "c12"};
            if (order == LogOrder::Topological)
                arguments.insert(arguments.begin() + 1, "--topo-order");
            LogRequest request{.tips = tips, .order = order};
            const auto all = lines_of(git.run(arguments));
            ASSERT_GT(all.size(), 25u);
            EXPECT_EQ(log(*opened->history, request), all);
            Hexes paged;
            for (request.skip = 0; request.skip < all.size() + 7; request.skip += 7) {
                auto page = CommitLog::start(ctx_, *opened->history, request);
                ASSERT_TRUE(page);
                for (int i = 0; i < 7; ++i) {
                    const auto next = page->next(ctx_);
                    ASSERT_TRUE(next);
                    if (*next) paged.push_back((*next)->hex());
                }
            }
            EXPECT_EQ(paged, all);
        }
    }
}

TEST_F(HistoryTest, GivesTheFirstMergeBaseThatGitTakes) {
    const auto git = init("r");
    std::string stream;
    const auto commit = [&stream](int mark, int date, std::vector<int> parents) {
        stream += fmt::format(
            "commit refs/heads/c{0}\nmark :{0}\ncommitter B <b@x> {1} +0000\ndata 1\n{0}\n", mark,
            date);
        for (std::size_t i = 0; i < parents.size(); ++i)
            stream += fmt::format("{} :{}\n", i == 0 ? "from" : "merge", parents[i]);
        stream += "\n";
    };
    commit(1, 100, {});
    for (int i = 2; i <= 7; ++i) commit(i, 200, {1});  // all of one second
    commit(8, 300, {2, 3, 4, 5, 6, 7});
    commit(9, 300, {7, 5, 3, 2, 6, 4});
    git.import(stream);
    for (const bool has_graph : {false, true}) {
        if (has_graph) git.run({"commit-graph", "write", "--reachable"});
        const auto opened = history_of(git);
        for (const auto& [a, b] : {std::pair("c8", "c9"), std::pair("c9", "c8")}) {
            const auto bases = opened->history->merge_bases(ctx_, id_of(git.run({"rev-parse", a})),
                                                            id_of(git.run({"rev-parse", b})));
            ASSERT_TRUE(bases);
            EXPECT_EQ(bases->size(), 6u);
            EXPECT_EQ(hexes(*bases), lines_of(git.run({"merge-base", "--all", a, b})));
        }
    }
}

TEST_F(HistoryTest, EndsWhereAShallowRepositoryDoes) {
    const auto git = wild("whole", 4, ObjectFormat::Sha1);
    git.run({"symbolic-ref", "HEAD", "refs/heads/c70"});
    const auto cut = Git(root() / "cut");
    git.run({"clone", "-q", "--bare", "--depth=4", "file://" + git.folder(), cut.folder()});
    ASSERT_TRUE(fs::exists(cut.folder() + "/shallow"));
    // One that speaks of what is not there; git does not look at it either.
    git.run({"commit-graph", "write", "--reachable"});
    fs::create_directories(cut.folder() + "/objects/info");
    fs::copy_file(git.folder() + "/objects/info/commit-graph",
                  cut.folder() + "/objects/info/commit-graph");
    const auto parents = parents_of(cut);
    ASSERT_LT(parents.size(), parents_of(git).size());
    const auto opened = history_of(cut);
    const auto commits = lines_of(cut.run({"rev-list", "HEAD"}));
    ASSERT_GT(commits.size(), 3u);
    for (const auto& other : commits) agree(cut, *opened->history, parents, commits[0], other);
    EXPECT_EQ(log(*opened->history, {.tips = {id_of(commits[0])}}), commits);
}

/// A commit-graph that cannot be right is passed over: the answers are those of the objects.
TEST_F(HistoryTest, BelievesNoDamagedCommitGraph) {
    const auto git = wild("r", 6, ObjectFormat::Sha1);
    const auto parents = parents_of(git);
    git.run({"commit-graph", "write", "--reachable"});
    const auto path = git.folder() + "/objects/info/commit-graph";
    std::ifstream in(path, std::ios::binary);
    std::string bytes{std::istreambuf_iterator<char>(in), {}};
    // The first parent of the first commit: itself.
    const auto table = bytes.find("CDAT");
    std::size_t at = 0;
    for (std::size_t i = 4; i < 12; ++i)
        at = at << 8 | static_cast<unsigned char>(bytes[table + i]);
    bytes.replace(at + 20, 4, std::string(4, '\0'));
    fs::remove(path);
    std::ofstream(path, std::ios::binary) << bytes;
    EXPECT_EQ(CommitGraphChain::find(git.folder() + "/objects", ObjectFormat::Sha1), nullptr);
    const auto opened = history_of(git);
    fs::remove(path);  // git would believe it
    const auto a = git.run({"rev-parse", "c70"}), b = git.run({"rev-parse", "c66"});
    agree(git, *opened->history, parents, a, b);
}

/// What somebody has put in another's place stays what it is, as for git where we run it.
TEST_F(HistoryTest, KnowsNoReplacements) {
    const auto git = wild("r", 8, ObjectFormat::Sha1);
    const auto tip = git.run({"rev-parse", "c70"});
    const auto before = lines_of(git.run({"rev-list", "--topo-order", tip}));
    const auto root = git.run({"commit-tree", "-m", "x", tip + "^{tree}"});
    git.run({"replace", tip, root});
    std::ofstream(git.folder() + "/info/grafts") << before[1] << "\n";
    ASSERT_EQ(lines_of(git.run({"rev-list", tip})).size(), 1u);
    const auto opened = history_of(git);
    const LogRequest request{.tips = {id_of(tip)}, .order = LogOrder::Topological};
    EXPECT_EQ(log(*opened->history, request), before);
}

TEST_F(HistoryTest, SaysWhatIsMissing) {
    const auto git = wild("r", 2, ObjectFormat::Sha1);
    const auto c9 = id_of(git.run({"rev-parse", "c9"}));
    const auto opened = history_of(git);
    auto& history = *opened->history;
    const auto gone = id_of(std::string(40, 'd'));
    for (const auto& [a, b] : {std::pair(c9, gone), std::pair(gone, c9)}) {
        EXPECT_EQ(error_of(history.merge_bases(ctx_, a, b)), "not_found");
        EXPECT_EQ(history.is_ancestor(ctx_, a, b).error().code(), Errc::NotFound);
        EXPECT_EQ(history.ahead_behind(ctx_, a, b).error().field("object"), gone.hex());
    }
    for (const auto& odd : {ObjectId(), ObjectId::null(ObjectFormat::Sha256)})
        EXPECT_EQ(error_of(history.merge_bases(ctx_, c9, odd)), "not_found");
    const auto tree = id_of(git.run({"rev-parse", "c9^{tree}"}));
    EXPECT_EQ(error_of(history.merge_bases(ctx_, c9, tree)), "invalid");

    const auto with_parent = [&](const std::string& parent) {
        return id_of(git.write_object(
            "commit", fmt::format("tree {}\nparent {}\nauthor A <a@x> 1 +0000\ncommitter A <a@x> 1 "
                                  "+0000\n\nx\n",
                                  tree.hex(), parent)));
    };
    const auto torn = with_parent(gone.hex()), odd = with_parent(tree.hex());
    const auto broken = id_of(git.write_object("commit", "tree nonsense\n"));
    for (const auto& bad : {torn, odd, broken}) {
        const auto apart = history.ahead_behind(ctx_, bad, c9);
        ASSERT_FALSE(apart);
        EXPECT_EQ(apart.error().code(), Errc::Corrupt);
        EXPECT_FALSE(apart.error().hint().empty());
    }
    EXPECT_EQ(history.ahead_behind(ctx_, torn, c9).error().field("object"), gone.hex());
    // It goes on.
    EXPECT_EQ(history.is_ancestor(ctx_, c9, c9), true);

    std::stop_source stop;
    stop.request_stop();
    const exec::Context stopped(stop.get_token());
    const auto c70 = id_of(git.run({"rev-parse", "c70"}));
    EXPECT_EQ(error_of(history.merge_bases(stopped, c9, c70)), "cancelled");
    EXPECT_EQ(history.ahead_behind(stopped, c9, c70).error().code(), Errc::Cancelled);
}

/// It takes an object under a wrong name, which nobody checks when it is read.
TEST_F(HistoryTest, GoesInNoRing) {
    const auto git = init("r");
    const auto tree = git.write_object("tree", "");
    const auto content = [&](const std::string& parent) {
        return fmt::format(
            "tree {}\nparent {}\nauthor A <a@x> 1 +0000\ncommitter A <a@x> 1 "
            "+0000\n\nx\n",
            tree, parent);
    };
    const std::string name(40, 'a');
    const auto child = git.write_object("commit", content(name));
    const auto real = git.write_object("commit", content(child));
    const auto path = [&](const std::string& id) {
        return fs::path(git.folder()) / "objects" / id.substr(0, 2) / id.substr(2);
    };
    fs::create_directories(path(name).parent_path());
    fs::copy_file(path(real), path(name));
    const auto opened = history_of(git);
    auto& history = *opened->history;
    const auto a = id_of(name), b = id_of(child);
    EXPECT_EQ(history.ahead_behind(ctx_, a, b).error().code(), Errc::Corrupt);
    EXPECT_EQ(history.is_ancestor(ctx_, a, b), true);
    EXPECT_EQ(history.is_ancestor(ctx_, b, a), true);
    EXPECT_TRUE(history.merge_bases(ctx_, a, b));
    EXPECT_EQ(log(history, {.tips = {a}}).size(), 2u);
    EXPECT_EQ(CommitLog::start(ctx_, history, {.tips = {a}, .order = LogOrder::Topological})
                  .error()
                  .code(),
              Errc::Corrupt);
}

TEST(CommitHeader, IsReadAsGitReadsIt) {
    const std::string id(40, 'a'), other(40, 'b');
    const auto read = [](const std::string& content) {
        return parse_commit_header(content, ObjectFormat::Sha1);
    };
    const auto dated = [&](const std::string& line) {
        return read("tree " + id + "\nauthor A <a@x> 7 +0000\ncommitter " + line)->date;
    };
    const auto header =
        read("tree " + id + "\nparent " + other + "\nparent " + id +
             "\nauthor A <a@x> 7 +0000\ncommitter B <b@x> 123 +0000\nparent x\n\nparent y\n");
    ASSERT_TRUE(header);
    EXPECT_EQ(header->tree.hex(), id);
    EXPECT_EQ(hexes(header->parents), (Hexes{other, id}));
    EXPECT_EQ(header->date, 123u);
    EXPECT_EQ(dated("B <b@x> 123 +0000"), 123u);
    EXPECT_EQ(dated("B > C <b@x>\t 123"), 123u);
    EXPECT_EQ(dated("B <b@x> -1 +0000\n"), ~std::uint64_t{0});
    EXPECT_EQ(dated("B <b@x> 99999999999999999999999 +0000\n"), ~std::uint64_t{0});
    EXPECT_EQ(dated("B <b@x>\n"), 0u);
    EXPECT_EQ(dated("B\n"), 0u);
    EXPECT_EQ(dated(""), 0u);
    EXPECT_EQ(read("tree " + id + "\n")->date, 0u);
    for (const auto& content :
         {std::string(), "tree " + id, "tree " + id + "0\n", "parent " + id + "\n",
          "tree " + id + "\nparent " + id, "tree " + std::string(40, 'g') + "\n",
          "tree " + std::string(64, 'a') + "\n"})
        EXPECT_FALSE(read(content)) << content;
    // A line of the other format's length, and one that ends where that of this format would.
    const auto odd = "tree " + id + "\nauthor " + std::string(16, 'x') + "\n";
    EXPECT_FALSE(parse_commit_header(odd, ObjectFormat::Sha256));
}

}  // namespace
}  // namespace forgehouse::git
