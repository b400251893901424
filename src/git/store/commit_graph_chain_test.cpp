#include "git/store/commit_graph_chain.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>

#include "base/text.h"
#include "git/testing/wild_history.h"

namespace forgehouse::git {
namespace {

namespace fs = std::filesystem;

using testing::bytes_of;
using testing::Git;
using testing::id_of;
using testing::lines_of;
using testing::Scratch;
using testing::write_file;

std::span<const std::uint8_t> view(const std::string& bytes) {
    return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
}

/// What holds whatever the files are.
void expect_sound(const CommitGraphChain& chain) {
    for (CommitGraphChain::Position commit = 0; commit < chain.size(); ++commit) {
        ASSERT_EQ(chain.find(chain.id(commit)), commit);
        chain.each_parent(commit, [&](CommitGraphChain::Position parent) {
            ASSERT_LT(parent, chain.size());
            ASSERT_LT(chain.generation(parent), chain.generation(commit));
        });
        if (const auto filter = chain.changes(commit)) BloomPath("some/path").may_be_in(*filter);
    }
}

class CommitGraphChainTest : public Scratch {
protected:
    Git wild(std::string_view name, ObjectFormat format = ObjectFormat::Sha1,
             int commits = 80) const {
        std::mt19937 random(11);
        auto git = init(name, {"--bare", format == ObjectFormat::Sha1 ? "--object-format=sha1"
                                                                      : "--object-format=sha256"});
        git.import(testing::wild_history(random, commits, format));
        return git;
    }

    static std::string objects_of(const Git& git) { return git.folder() + "/objects"; }
    static fs::path single_of(const Git& git) { return objects_of(git) + "/info/commit-graph"; }

    /// Three files upon each other, of 30, 30 and 20 commits.
    static void write_chain(const Git& git, std::vector<std::string> flags = {}) {
        for (const auto* tip : {"30", "60", "80"}) {
            std::vector<std::string> arguments{"commit-graph", "write", "--stdin-commits",
                                               "--split=no-merge"};
            arguments.insert(arguments.end(), flags.begin(), flags.end());
            std::string tips;
            for (int i = 1; i <= *text::to_int(tip); ++i)
                tips += git.run({"rev-parse", fmt::format("c{}", i)}) + "\n";
            git.run(std::move(arguments), tips);
        }
    }

    /// Rows are what git says of its commits; generations are what they are defined to be.
    static void expect_as_git(const Git& git, ObjectFormat format, bool has_corrected_dates,
                              std::size_t commits = 80) {
        const auto chain = CommitGraphChain::find(objects_of(git), format);
        ASSERT_NE(chain, nullptr);
        EXPECT_EQ(chain->size(), commits);
        EXPECT_EQ(chain->has_corrected_dates(), has_corrected_dates);
        expect_sound(*chain);
        std::map<ObjectId, std::uint64_t> generations;
        for (const auto& line : lines_of(
                 git.run({"log", "--all", "--topo-order", "--reverse", "--format=%H %T %ct %P"}))) {
            const auto words = text::split(line, ' ');
            const auto at = chain->find(id_of(words[0]));
            if (!at) continue;
            EXPECT_EQ(chain->tree(*at).hex(), words[1]);
            const auto date = static_cast<std::uint64_t>(text::to_int(words[2]).value());
            EXPECT_EQ(chain->date(*at), date);
            std::vector<std::string> parents;
            chain->each_parent(*at,
                               [&](auto parent) { parents.push_back(chain->id(parent).hex()); });
            std::vector<std::string> said;
            for (const auto word : std::span(words).subspan(3))
                if (!word.empty()) said.emplace_back(word);
            EXPECT_EQ(parents, said);
            std::uint64_t generation = 0;
            for (const auto& parent : said)
                generation = std::max(generation, generations.at(id_of(parent)));
            ++generation;
            if (has_corrected_dates) generation = std::max(generation, date);
            EXPECT_EQ(chain->generation(*at), generation);
            generations[id_of(words[0])] = generation;
        }
        EXPECT_EQ(generations.size(), commits);
    }
};

TEST_F(CommitGraphChainTest, ReadsWhatGitWrites) {
    for (const auto format : {ObjectFormat::Sha1, ObjectFormat::Sha256}) {
        const auto git = wild(format == ObjectFormat::Sha1 ? "sha1" : "sha256", format);
        EXPECT_EQ(CommitGraphChain::find(objects_of(git), format), nullptr);
        git.run({"commit-graph", "write", "--reachable"});
        expect_as_git(git, format, true);
        git.run({"-c", "commitGraph.generationVersion=1", "commit-graph", "write", "--reachable"});
        expect_as_git(git, format, false);
        fs::remove(single_of(git));
        write_chain(git, {"--changed-paths"});
        EXPECT_EQ(
            lines_of(bytes_of(objects_of(git) + "/info/commit-graphs/commit-graph-chain")).size(),
            3u);
        expect_as_git(git, format, true);
    }
}

TEST_F(CommitGraphChainTest, ReadsCorrectionsOfAnyLength) {
    const auto git = init("late");
    // A root of the year 2500, and children of 1970.
    git.import(
        "commit refs/heads/m\nmark :1\ncommitter B <b@x> 16725225600 +0000\ndata 1\nx\n\n"
        "commit refs/heads/m\nmark :2\ncommitter B <b@x> 5 +0000\ndata 1\nx\nfrom :1\n\n"
        "commit refs/heads/m\nmark :3\ncommitter B <b@x> 6 +0000\ndata 1\nx\nfrom :2\n\n");
    git.run({"commit-graph", "write", "--reachable"});
    ASSERT_NE(bytes_of(single_of(git)).find("GDO2"), std::string::npos);
    expect_as_git(git, ObjectFormat::Sha1, true, 3);
}

TEST_F(CommitGraphChainTest, TakesLevelsWhereAFileHasNoCorrectedDates) {
    const auto git = wild("mixed");
    git.run({"-c", "commitGraph.generationVersion=1", "commit-graph", "write", "--split=no-merge",
             "--stdin-commits"},
            git.run({"rev-parse", "c40"}));
    git.run({"commit-graph", "write", "--reachable", "--split=no-merge"});
    expect_as_git(git, ObjectFormat::Sha1, false);
}

TEST_F(CommitGraphChainTest, ReadsWhatIsBorrowed) {
    const auto lender = wild("lender");
    const auto borrower = init("borrower");
    write_file(objects_of(borrower) + "/info/alternates", objects_of(lender) + "\n");
    EXPECT_EQ(CommitGraphChain::find(objects_of(borrower), ObjectFormat::Sha1), nullptr);
    write_chain(lender);
    EXPECT_EQ(CommitGraphChain::find(objects_of(borrower), ObjectFormat::Sha1)->size(), 80u);
    // A file of its own upon the lender's.
    borrower.import("commit refs/heads/m\ncommitter B <b@x> 9 +0000\ndata 1\nx\nfrom " +
                    lender.run({"rev-parse", "c80"}) + "\n\n");
    borrower.run({"commit-graph", "write", "--reachable", "--split=no-merge"});
    const auto folder = objects_of(borrower) + "/info/commit-graphs";
    EXPECT_EQ(std::distance(fs::directory_iterator(folder), fs::directory_iterator()), 2);
    const auto chain = CommitGraphChain::find(objects_of(borrower), ObjectFormat::Sha1);
    ASSERT_NE(chain, nullptr);
    EXPECT_EQ(chain->size(), 81u);
    EXPECT_TRUE(chain->find(id_of(borrower.run({"rev-parse", "m"}))));
    expect_sound(*chain);
}

TEST_F(CommitGraphChainTest, PassesOverWhatStandsUponADamagedFile) {
    const auto git = wild("torn");
    write_chain(git);
    const auto folder = objects_of(git) + "/info/commit-graphs";
    const auto names = lines_of(bytes_of(folder + "/commit-graph-chain"));
    const auto file = [&](std::size_t i) { return folder + "/graph-" + names[i] + ".graph"; };
    const auto size = [&] {
        const auto chain = CommitGraphChain::find(objects_of(git), ObjectFormat::Sha1);
        return chain == nullptr ? 0 : chain->size();
    };
    ASSERT_EQ(size(), 80u);
    const auto sound = bytes_of(file(1));
    write_file(file(1), bytes_of(file(0)));  // another file under its name
    EXPECT_EQ(size(), 30u);
    fs::remove(file(1));
    EXPECT_EQ(size(), 30u);
    write_file(file(1), sound);
    EXPECT_EQ(size(), 80u);
    write_file(folder + "/commit-graph-chain", names[1] + "\n" + names[0] + "\n");
    EXPECT_EQ(size(), 0u);  // it says that it stands upon another
    write_file(folder + "/commit-graph-chain", names[0] + "\nnonsense\n" + names[1] + "\n");
    EXPECT_EQ(size(), 30u);
    // A single file comes first, unless it is none.
    write_file(folder + "/commit-graph-chain", names[0] + "\n");
    write_file(single_of(git), "CGPH");
    EXPECT_EQ(size(), 30u);
}

/// Every filter leaves open what the commit changed, and denies most of what it did not.
TEST_F(CommitGraphChainTest, DeniesNothingThatACommitChanged) {
    const auto git = wild("filters");
    write_chain(git, {"--changed-paths"});
    const auto chain = CommitGraphChain::find(objects_of(git), ObjectFormat::Sha1);
    ASSERT_NE(chain, nullptr);
    std::size_t changes = 0, denied = 0, open = 0;
    for (const auto& hex : lines_of(git.run({"rev-list", "--all"}))) {
        const auto filter = chain->changes(*chain->find(id_of(hex)));
        ASSERT_TRUE(filter) << hex;
        EXPECT_EQ(filter->version, 1u);
        EXPECT_EQ(filter->hashes, 7u);
        const auto listed = git.run({"diff-tree", "-r", "-z", "--root", "--no-commit-id",
                                     "--name-only", "--diff-merges=first-parent", hex});
        for (const auto path : text::split(listed, '\0')) {
            for (auto part = path; !part.empty();
                 part = part.substr(
                     0, part.find('/') == std::string_view::npos ? 0 : part.rfind('/'))) {
                EXPECT_TRUE(BloomPath(part).may_be_in(*filter)) << part;
                ++changes;
            }
        }
        for (int i = 0; i < 20; ++i)
            ++(BloomPath(fmt::format("nobody/made{}", i)).may_be_in(*filter) ? open : denied);
    }
    EXPECT_GT(changes, 50u);
    EXPECT_GT(denied, 20 * open);
}

TEST(BloomFilter, KnowsBothVersions) {
    // By the definition of the hash, worked out apart: of "a" and of "\xc3\xa9/x", and its folder.
    const auto filter_of = [](std::uint32_t version, std::vector<std::uint32_t> set,
                              std::vector<std::uint8_t>& bits) {
        bits.assign(64, 0);
        for (const auto bit : set)
            bits[bit % 512 / 8] = static_cast<std::uint8_t>(bits[bit % 512 / 8] | 1U << (bit % 8));
        return BloomFilter{.version = version, .hashes = 2, .bits = bits};
    };
    std::vector<std::uint8_t> bits;
    EXPECT_TRUE(BloomPath("a").may_be_in(filter_of(1, {0x8fc5291a, 0x86e5dcd8}, bits)));
    EXPECT_TRUE(BloomPath("a").may_be_in(filter_of(2, {0x8fc5291a, 0x86e5dcd8}, bits)));
    EXPECT_FALSE(BloomPath("a").may_be_in(filter_of(2, {0x8fc5291a}, bits)));
    EXPECT_FALSE(BloomPath("b").may_be_in(filter_of(2, {0x8fc5291a, 0x86e5dcd8}, bits)));
    const std::vector<std::uint32_t> accented{0x2bc4850e, 0x50a1d92c, 0xe540a6a3, 0xfb7ee7aa};
    EXPECT_TRUE(BloomPath("\xc3\xa9/x").may_be_in(filter_of(2, accented, bits)));
    EXPECT_TRUE(BloomPath("\xc3\xa9").may_be_in(filter_of(2, accented, bits)));
    EXPECT_FALSE(BloomPath("\xc3\xa8/x").may_be_in(filter_of(2, accented, bits)));
    // Who wrote version 1 may have hashed those in two ways.
    EXPECT_TRUE(BloomPath("\xc3\xa9/x").may_be_in(filter_of(1, {}, bits)));
    EXPECT_FALSE(BloomPath("a").may_be_in(filter_of(1, {}, bits)));
}

/// Whatever byte is changed or missing: what is read makes sense, or nothing is.
TEST_F(CommitGraphChainTest, LivesWithDamage) {
    const auto git = wild("damaged", ObjectFormat::Sha1, 25);
    git.run({"commit-graph", "write", "--reachable", "--changed-paths"});
    const auto sound = bytes_of(single_of(git));
    const auto chain_of = [](const std::string& bytes) {
        std::vector<CommitGraphFile> files;
        auto file = CommitGraphFile::over(view(bytes), ObjectFormat::Sha1, "x");
        if (file) files.push_back(std::move(*file));
        return CommitGraphChain::of(std::move(files));
    };
    ASSERT_EQ(chain_of(sound).size(), 25u);
    std::size_t refused = 0, read = 0;
    for (std::size_t at = 0; at < sound.size(); ++at)
        for (const int what : {0x55, 0x80, 0x01, -1}) {
            auto bytes = what < 0 ? sound.substr(0, at) : sound;
            if (what >= 0) bytes[at] = static_cast<char>(bytes[at] ^ what);
            const auto chain = chain_of(bytes);
            ++(chain.size() == 0 ? refused : read);
            expect_sound(chain);
        }
    EXPECT_GT(refused, 1000u);
    EXPECT_GT(read, 1000u);
}

/// One file of `rows` commits, ids 0, 1, …; parents and levels as they are given.
std::string forged(std::size_t rows, const std::vector<std::array<std::uint32_t, 3>>& said,
                   const std::vector<std::uint32_t>& edges, bool is_ascending = true) {
    const auto append = [](std::string& out, std::uint64_t value, int bytes) {
        for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
            out += static_cast<char>(value >> shift);
    };
    std::string fanout, ids, data, more;
    for (int i = 0; i < 256; ++i) append(fanout, rows, 4);
    for (std::size_t i = 0; i < rows; ++i) {
        ids += std::string(19, '\0') + static_cast<char>(is_ascending ? i : rows - i);
        data += std::string(20, 't');
        append(data, said[i][0], 4);
        append(data, said[i][1], 4);
        append(data, std::uint64_t{said[i][2]} << 34 | 1000, 8);
    }
    for (const auto edge : edges) append(more, edge, 4);
    std::string out("CGPH\1\1\4\0", 8);
    std::uint64_t at = 8 + 5 * 12;
    for (const auto& [name, chunk] : {std::pair("OIDF", &fanout), std::pair("OIDL", &ids),
                                      std::pair("CDAT", &data), std::pair("EDGE", &more)}) {
        out += name;
        append(out, at, 8);
        at += chunk->size();
    }
    append(out, 0, 4);
    append(out, at, 8);
    return out + fanout + ids + data + more + std::string(20, 'c');
}

TEST(CommitGraphChain, RefusesWhatWouldLeadAstray) {
    constexpr std::uint32_t kNone = 0x7000'0000, kFlag = 0x8000'0000;
    const auto size = [](const std::string& bytes) {
        std::vector<CommitGraphFile> files;
        auto file = CommitGraphFile::over(view(bytes), ObjectFormat::Sha1, "x");
        EXPECT_TRUE(file);
        if (file) files.push_back(std::move(*file));
        return CommitGraphChain::of(std::move(files)).size();
    };
    using Rows = std::vector<std::array<std::uint32_t, 3>>;
    const Rows sound{{kNone, kNone, 1}, {0, kNone, 2}, {1, 0, 3}, {2, kFlag, 4}};
    EXPECT_EQ(size(forged(4, sound, {1, kFlag | 0})), 4u);
    EXPECT_EQ(size(forged(4, sound, {1, kFlag | 0}, false)), 0u) << "not in order";
    EXPECT_EQ(size(forged(4, sound, {1, 0})), 0u) << "parents without an end";
    EXPECT_EQ(size(forged(4, sound, {})), 0u) << "parents beyond the list";
    EXPECT_EQ(size(forged(4, sound, {1, kFlag | 4})), 0u) << "a parent beyond the file";
    EXPECT_EQ(size(forged(2, {{kNone, kNone, 1}, {2, kNone, 2}}, {})), 0u) << "the same";
    EXPECT_EQ(size(forged(2, {{1, kNone, 2}, {0, kNone, 1}}, {})), 0u) << "a ring";
    EXPECT_EQ(size(forged(2, {{kNone, kNone, 1}, {1, kNone, 2}}, {})), 0u) << "its own parent";
    EXPECT_EQ(size(forged(2, {{kNone, kNone, 0}, {0, kNone, 0}}, {})), 0u) << "no levels";
    const Rows shared{{kNone, kNone, 1}, {0, kNone, 2}, {1, 0, 3}, {2, kFlag, 4}, {3, kFlag, 5}};
    EXPECT_EQ(size(forged(5, shared, {1, kFlag | 0})), 0u) << "two commits, one list of parents";
}

TEST(CommitGraphFile, SaysWhatItCannotRead) {
    const auto code = [](const std::string& bytes) {
        const auto file = CommitGraphFile::over(view(bytes), ObjectFormat::Sha1, "x.graph");
        if (file) return std::string("read");
        EXPECT_EQ(file.error().field("file"), "x.graph");
        return std::string(name_of(file.error().code()));
    };
    const auto sound = forged(1, {{0x7000'0000, 0x7000'0000, 1}}, {});
    EXPECT_EQ(code(sound), "read");
    EXPECT_EQ(code(""), "corrupt");
    EXPECT_EQ(code("CGPH"), "corrupt");
    EXPECT_EQ(code(std::string(2000, 'x')), "corrupt");
    auto other = sound;
    other[4] = 2;  // version
    EXPECT_EQ(code(other), "invalid");
    other = sound;
    other[5] = 2;  // SHA-256
    EXPECT_EQ(code(other), "invalid");
    other = sound;
    other[7] = 1;  // stands upon one that it does not name
    EXPECT_EQ(code(other), "corrupt");
    EXPECT_EQ(CommitGraphFile::open("/not/there", ObjectFormat::Sha1).error().code(),
              Errc::NotFound);
}

}  // namespace
}  // namespace forgehouse::git
