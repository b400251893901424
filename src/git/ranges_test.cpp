#include "git/ranges.h"

#include <fmt/format.h>

#include <fstream>
#include <random>
#include <set>
#include <thread>

#include "base/text.h"
#include "git/diff_output.h"
#include "git/testing/scratch.h"

namespace forgehouse::git {
namespace {

using testing::Git;
using testing::Scratch;

class RangesTest : public Scratch {
protected:
    Ranges ranges_of(const Repository& repository, std::vector<ObjectId> tips = {}) const {
        const auto refs = list_refs(ctx_, repository);
        if (!refs) ADD_FAILURE() << refs.error().describe();
        auto opened = Ranges::open(ctx_, repository, refs.value(), tips);
        if (!opened) ADD_FAILURE() << opened.error().describe();
        return std::move(opened.value());
    }
};

ObjectId id(std::string_view hex) {
    const auto parsed = ObjectId::from_hex(hex);
    EXPECT_TRUE(parsed) << hex;
    return parsed.value_or(ObjectId());
}

std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> out;
    for (const auto line : text::split(text, '\n'))
        if (!line.empty()) out.emplace_back(line);
    return out;
}

std::vector<std::string> hexes(const std::vector<ObjectId>& ids) {
    std::vector<std::string> out;
    for (const auto& one : ids) out.push_back(one.hex());
    return out;
}

/// The sums of git's own `--numstat`.
RangeSize numstat(const Git& git, const std::string& base, const std::string& source) {
    RangeSize size;
    for (const auto& line : lines_of(git.run({"diff", "--numstat", "-M", base, source}))) {
        const auto parts = text::split(line, '\t');
        ++size.files_changed;
        size.lines_added += static_cast<std::uint64_t>(text::to_int(parts[0]).value_or(0));
        size.lines_removed += static_cast<std::uint64_t>(text::to_int(parts[1]).value_or(0));
    }
    return size;
}

/// Commits with up to four parents, several roots, clocks that lie, and files that come and go.
std::string wild_history(std::mt19937& random, int commits) {
    const auto pick = [&random](int below) {
        return static_cast<int>(random() % static_cast<unsigned>(below));
    };
    std::string stream;
    for (int i = 1; i <= commits; ++i) {
        const int date = pick(7) == 0 ? pick(2000000000) : 1000000000 + 10 * i + pick(30);
        stream +=
            fmt::format("commit refs/heads/c{}\ncommitter B <b@x> {} +0000\ndata 1\nx\n", i, date);
        std::set<int> parents;
        const int wanted = i == 1 || pick(15) == 0 ? 0 : 1 + (pick(3) == 0) + 2 * (pick(9) == 0);
        for (int n = 0; n < wanted; ++n) parents.insert(std::max(1, i - 1 - pick(8)));
        parents.erase(i);
        bool is_first = true;
        for (const int parent : parents)
            stream +=
                fmt::format("{} :{}\n", std::exchange(is_first, false) ? "from" : "merge", parent);
        std::string content;
        for (int line = pick(9); line > 0; --line) content += fmt::format("{}\n", pick(4));
        stream.insert(stream.rfind("committer"), fmt::format("mark :{}\n", i));
        stream +=
            fmt::format("M 100644 inline f{}\ndata {}\n{}\n", pick(6), content.size(), content);
    }
    return stream;
}

void agree(const Git& git, const Ranges& ranges, const std::string& to, const std::string& from) {
    SCOPED_TRACE(to + ".." + from);
    const auto range = ranges.read({}, {.destination = id(to), .source = id(from)});
    ASSERT_TRUE(range && *range) << range.error().describe();
    EXPECT_EQ(hexes((*range)->commits),
              lines_of(git.run({"rev-list", "--topo-order", to + ".." + from})));
    const auto bases = ranges.graph().merge_bases(id(to), id(from));
    ASSERT_TRUE(bases);
    const auto is_ancestor = git.code({"merge-base", "--is-ancestor", to, from}) == 0;
    EXPECT_EQ(ranges.graph().is_ancestor(id(to), id(from)), is_ancestor);
    if (bases->empty()) {
        EXPECT_EQ(git.code({"merge-base", to, from}), 1);
        EXPECT_FALSE((*range)->base || (*range)->size);
        return;
    }
    auto expected = lines_of(git.run({"merge-base", "--all", to, from})), said = hexes(*bases);
    if (said.size() == 1) EXPECT_EQ((*range)->base->hex(), git.run({"merge-base", to, from}));
    std::ranges::sort(expected);
    std::ranges::sort(said);
    EXPECT_EQ(said, expected);
    EXPECT_EQ((*range)->size, numstat(git, (*range)->base->hex(), from));
}

TEST_F(RangesTest, AgreesWithGitOnWildHistories) {
    for (const std::string format : {"sha1", "sha256"})
        for (unsigned seed = 1; seed <= 2; ++seed) {
            SCOPED_TRACE(format + std::to_string(seed));
            std::mt19937 random(seed);
            const auto git =
                init(format + std::to_string(seed), {"--bare", "--object-format=" + format});
            git.import(wild_history(random, 60));
            // With generation numbers git's own walks are exact, too, whatever the clocks.
            git.run({"commit-graph", "write", "--reachable"});
            const auto commits = lines_of(git.run({"rev-list", "--all"}));
            ASSERT_EQ(commits.size(), 60u);
            const auto repository = open(git.folder());
            const auto ranges = ranges_of(repository);
            EXPECT_EQ(ranges.graph().size(), commits.size());
            for (int i = 0; i < 15; ++i)
                agree(git, ranges, commits[random() % commits.size()],
                      commits[random() % commits.size()]);
        }
}

TEST_F(RangesTest, TakesTheNewestOfSeveralMergeBases) {
    const auto git = init("r");
    std::string stream;
    const auto commit = [&stream](int mark, int date, std::vector<int> parents) {
        stream += fmt::format(
            "commit refs/heads/c{0}\nmark :{0}\ncommitter B <b@x> {1} +0000\n"
            "data 1\nx\n",
            mark, date);
        for (std::size_t i = 0; i < parents.size(); ++i)
            stream += fmt::format("{} :{}\n", i == 0 ? "from" : "merge", parents[i]);
        stream += "\n";
    };
    commit(1, 100, {});
    commit(2, 300, {1});
    commit(3, 200, {1});
    commit(4, 400, {2, 3});
    commit(5, 401, {3, 2});
    git.import(stream);
    const auto name = [&git](int mark) {
        return git.run({"rev-parse", "refs/heads/c" + std::to_string(mark)});
    };
    const auto repository = open(git.folder());
    const auto ranges = ranges_of(repository);
    const auto bases = ranges.graph().merge_bases(id(name(4)), id(name(5)));
    ASSERT_TRUE(bases);
    EXPECT_EQ(hexes(*bases), (std::vector{name(2), name(3)}));
    EXPECT_EQ(name(2), git.run({"merge-base", name(4), name(5)}));
    EXPECT_EQ(ranges.graph().first_parent(id(name(5))), id(name(3)));
    EXPECT_EQ(ranges.graph().first_parent(id(name(1))), std::nullopt);
}

TEST_F(RangesTest, CountsAsGitDoesWhateverTheFilesAre) {
    const auto git = init("r");
    const std::string lines = "a\nb\nc\nd\ne\nf\ng\nh\n";
    const auto file = [](std::string_view mode, std::string_view path, std::string_view content) {
        return fmt::format("M {} inline {}\ndata {}\n{}\n", mode, path, content.size(), content);
    };
    git.import("commit refs/heads/a\nmark :1\ncommitter B <b@x> 1 +0000\ndata 1\nx\n" +
               file("100644", "moved", lines) + file("100644", "mode", lines) +
               file("100644", "binary", std::string("a\0b", 3)) + file("120000", "link", "moved") +
               file("100644", ".gitattributes", "* binary diff=none -text\n") +
               file("100644", "\"new\\nline\"", "1\n") + file("100644", "=", "1\n") + "M 160000 " +
               std::string(40, '1') + " module\n" +
               "\ncommit refs/heads/b\nmark :2\ncommitter B <b@x> 2 +0000\ndata 1\nx\nfrom :1\n" +
               "D moved\n" + file("100644", "to", lines + "i\n") + file("100755", "mode", lines) +
               file("100644", "binary", std::string("a\0c", 3)) + file("120000", "link", "to") +
               file("100644", "\"new\\nline\"", "2\n") + file("100644", "=", "1\n2\n") +
               "M 160000 " + std::string(40, '2') + " module\n\n");
    const auto repository = open(git.folder());
    const auto ranges = ranges_of(repository);
    const auto a = git.run({"rev-parse", "a"}), b = git.run({"rev-parse", "b"});
    agree(git, ranges, a, b);
    agree(git, ranges, b, a);
    agree(git, ranges, a, a);
    const auto size = ranges.size_between({}, id(a), id(b));
    ASSERT_TRUE(size) << size.error().describe();
    EXPECT_EQ(*size, (RangeSize{.files_changed = 7, .lines_added = 5, .lines_removed = 3}));
}

TEST_F(RangesTest, PassesOverWhatIsNotThere) {
    const auto git = init("r");
    std::mt19937 random(7);
    git.import(wild_history(random, 9));
    const auto known = id(git.run({"rev-parse", "c9"})), gone = id(std::string(40, 'a'));
    // Nobody's ref any more: found by its hash, as long as it is there.
    const auto loose = id(git.run(
        {"commit-tree", "-m", "loose", "-p", known.hex(), git.run({"rev-parse", "c3^{tree}"})}));
    std::ofstream(git.folder() + "/refs/heads/broken") << std::string(40, 'b') << "\n";
    const auto repository = open(git.folder());
    const auto ranges = ranges_of(repository, {loose, gone, ObjectId()});
    for (const auto& [to, from] : {std::pair(known, gone), std::pair(gone, known)}) {
        const auto range = ranges.read({}, {.destination = to, .source = from});
        ASSERT_TRUE(range);
        EXPECT_FALSE(*range);
        EXPECT_FALSE(ranges.graph().merge_bases(to, from));
        EXPECT_FALSE(ranges.graph().is_ancestor(to, from));
    }
    EXPECT_FALSE(ranges.graph().first_parent(gone));
    EXPECT_FALSE(ranges.graph().contains(id(std::string(64, 'a'))));
    const auto range = ranges.read({}, {.destination = known, .source = loose});
    ASSERT_TRUE(range && *range);
    EXPECT_EQ((*range)->commits, std::vector{loose});
}

TEST_F(RangesTest, DoesWithoutTipsWhoseHistoryHasHoles) {
    const auto git = init("r");
    std::mt19937 random(7);
    git.import(wild_history(random, 9));
    const auto torn = git.write_object(
        "commit", fmt::format("tree {}\nparent {}\nauthor A <a@x> 1 +0000\ncommitter A <a@x> 1 "
                              "+0000\n\nx\n",
                              git.run({"rev-parse", "c3^{tree}"}), std::string(40, 'c')));
    const auto repository = open(git.folder());
    const auto ranges = ranges_of(repository, {id(torn)});
    EXPECT_EQ(ranges.graph().size(), 9u);
    EXPECT_FALSE(ranges.graph().contains(id(torn)));

    git.run({"update-ref", "refs/heads/torn", torn});
    const auto refs = list_refs(ctx_, repository);
    ASSERT_TRUE(refs);
    const auto opened = Ranges::open(ctx_, repository, *refs);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code(), Errc::Corrupt);
    EXPECT_EQ(opened.error().field("object"), std::string(40, 'c'));
}

TEST_F(RangesTest, LooksBeforeTheMergeWhereTheDestinationHasAll) {
    const auto git = init("r");
    git.import(
        "commit refs/heads/m\nmark :1\ncommitter B <b@x> 1 +0000\ndata 1\nx\n\n"
        "commit refs/heads/f\nmark :2\ncommitter B <b@x> 2 +0000\ndata 1\nx\nfrom :1\n"
        "M 100644 inline f\ndata 2\nf\n\n"
        "commit refs/heads/m\nmark :3\ncommitter B <b@x> 3 +0000\ndata 1\nx\nfrom :1\n"
        "merge :2\nM 100644 inline f\ndata 2\nf\n\n");
    const auto repository = open(git.folder());
    const auto ranges = ranges_of(repository);
    const auto merge = id(git.run({"rev-parse", "m"})), source = id(git.run({"rev-parse", "f"}));
    const auto nothing = ranges.read({}, {.destination = merge, .source = source});
    ASSERT_TRUE(nothing && *nothing);
    EXPECT_TRUE((*nothing)->commits.empty());
    EXPECT_EQ((*nothing)->size, RangeSize());
    // Of today, and gone: both are made up for by the merge.
    for (const auto& destination : {merge, id(std::string(40, 'a'))}) {
        const auto range =
            ranges.read({}, {.destination = destination, .source = source, .merge_commit = merge});
        ASSERT_TRUE(range && *range);
        EXPECT_EQ((*range)->commits, std::vector{source});
        EXPECT_EQ((*range)->destination.hex(), git.run({"rev-parse", "m^1"}));
        EXPECT_EQ((*range)->size,
                  (RangeSize{.files_changed = 1, .lines_added = 1, .lines_removed = 0}));
    }
}

TEST_F(RangesTest, NamesTheRangeThatCannotBeComparedAndGoesOn) {
    const auto git = init("r");
    std::mt19937 random(3);
    git.import(wild_history(random, 12));
    const auto head = git.run({"rev-parse", "c12"});
    const auto torn =
        git.run({"commit-tree", "-m", "torn", "-p", head,
                 git.write_object("tree", std::string("100644 f\0", 9) + std::string(20, '\x11'))});
    git.run({"update-ref", "refs/heads/torn", torn});
    const auto repository = open(git.folder());
    const auto ranges = ranges_of(repository);
    for (int i = 0; i < 3; ++i) {
        const auto range = ranges.read({}, {.destination = id(head), .source = id(torn)});
        ASSERT_FALSE(range);
        EXPECT_EQ(range.error().code(), Errc::Corrupt) << range.error().describe();
        EXPECT_EQ(range.error().field("source"), torn);
        agree(git, ranges, git.run({"rev-parse", "c5"}), head);
    }
}

TEST_F(RangesTest, AnswersManyThreads) {
    const auto git = init("r");
    std::mt19937 random(5);
    git.import(wild_history(random, 30));
    const auto repository = open(git.folder());
    const auto ranges = ranges_of(repository);
    std::vector<ObjectId> ids;
    for (const auto& hex : lines_of(git.run({"rev-list", "--all"}))) ids.push_back(id(hex));
    const auto all = [&] {
        std::vector<std::optional<RangeSize>> sizes;
        for (const auto& one : ids) {
            const auto range = ranges.read({}, {.destination = ids.front(), .source = one});
            EXPECT_TRUE(range && *range);
            sizes.push_back(range && *range ? (*range)->size : std::nullopt);
        }
        return sizes;
    };
    const auto expected = all();
    std::vector<std::jthread> threads;
    for (int i = 0; i < 6; ++i) threads.emplace_back([&] { EXPECT_EQ(all(), expected); });
}

TEST_F(RangesTest, StopsWhenItIsToldTo) {
    const auto git = init("r");
    std::mt19937 random(5);
    git.import(wild_history(random, 5));
    const auto repository = open(git.folder());
    const auto ranges = ranges_of(repository);
    std::stop_source stop;
    stop.request_stop();
    const auto size =
        ranges.size_between(exec::Context(stop.get_token()), id(git.run({"rev-parse", "c1"})),
                            id(git.run({"rev-parse", "c5"})));
    ASSERT_FALSE(size);
    EXPECT_EQ(size.error().code(), Errc::Cancelled);
}

TEST(Numstat, IsReadAsGitWritesIt) {
    EXPECT_EQ(parse_numstat("1\t22\tpath"), (LineCounts{.added = 1, .removed = 22}));
    EXPECT_EQ(parse_numstat("0\t0\t"), LineCounts{});
    EXPECT_EQ(parse_numstat("-\t-\tpicture.png"), LineCounts{.is_binary = true});
    for (const std::string_view line : {"", "1", "1\t2", "-\t1\tpath", "x\t1\tpath", "1 2 path",
                                        "1\t-1\tpath", "99999999999999999999\t1\tpath"})
        EXPECT_FALSE(parse_numstat(line)) << line;
}

TEST(CommitGraphLines, AreTakenOnlyAsGitWritesThem) {
    CommitGraph graph(ObjectFormat::Sha1);
    const std::string a(40, 'a'), b(40, 'b');
    EXPECT_TRUE(graph.add_line("5 " + a));
    EXPECT_TRUE(graph.add_line("7 " + b + " " + a + " " + a));
    for (const std::string& line :
         {std::string(), "5 " + a, "5 " + std::string(40, 'c') + " " + std::string(40, 'd'),
          "5 " + std::string(64, 'c'), "-5 " + std::string(40, 'c'), "x " + std::string(40, 'c'),
          "5 " + std::string(40, 'c') + " ", std::string(40, 'c')})
        EXPECT_FALSE(graph.add_line(line)) << line;
    EXPECT_EQ(graph.size(), 2u);
    EXPECT_EQ(graph.commits_between(id(a), id(b)), std::vector{id(b)});
}

}  // namespace
}  // namespace forgehouse::git
