#include "git/reader.h"

#include <fstream>
#include <random>

#include "base/text.h"
#include "git/testing/histories.h"
#include "git/testing/scratch.h"

namespace forgehouse::git {
namespace {

using testing::busy_history;
using testing::Collected;
using testing::file;
using testing::Git;
using testing::head;
using testing::lines;
using testing::nasty_history;
using testing::rows_by_git_log;
using testing::rows_by_reader;
using testing::Scratch;
using testing::source_of;
using testing::walk_all;

class ReaderTest : public Scratch {
protected:
    std::vector<ObjectId> ids_of(const Repository& repository) const {
        std::vector<ObjectId> ids;
        for (const auto& commit : walk_all(repository)) ids.push_back(commit.id);
        return ids;
    }
    /// Our rows are git's, by one process and by several, with a window and a memo of any size.
    void expect_git_numbers(const Git& git) const {
        const auto expected = rows_by_git_log(git);
        const auto repository = open(git.folder());
        for (const unsigned workers : {1u, 3u})
            for (const std::size_t memo : {std::size_t{4}, std::size_t{1} << 16})
                EXPECT_EQ(rows_by_reader(
                              repository,
                              {.workers = workers, .window_bytes = 64u << 10, .memo_slots = memo}),
                          expected);
    }
};

TEST_F(ReaderTest, CountsNastyHistoriesAsGitDoes) {
    const auto git = init("nasty");
    git.import(nasty_history());
    expect_git_numbers(git);
}

TEST_F(ReaderTest, CountsSha256RepositoriesAsGitDoes) {
    const auto git = init("sha256", {"--bare", "--object-format=sha256"});
    const auto history = nasty_history(ObjectFormat::Sha256);
    git.import(history);
    const auto repository = open(git.folder());
    EXPECT_EQ(repository.traits().format, ObjectFormat::Sha256);
    expect_git_numbers(git);
}

TEST_F(ReaderTest, CountsWhatOnlyGitMayReadAsGitDoes) {
    const auto git = init("large");
    git.import(nasty_history());
    const auto repository = open(git.folder());
    for (const std::size_t most : {0u, 4u, 400u})
        EXPECT_EQ(rows_by_reader(repository, {.most_blob_bytes = most}), rows_by_git_log(git));
    Collected sink;
    const auto stats = read_history(ctx_, repository, {.workers = 1, .most_blob_bytes = 0},
                                    source_of(ids_of(repository)), sink);
    ASSERT_TRUE(stats);
    EXPECT_GT(stats->pairs_by_git, 10u);
    // An empty blob is not larger than nothing; a submodule is no blob.
    EXPECT_GT(stats->pairs_counted, 0u);
    EXPECT_EQ(stats->pairs_by_git + stats->pairs_counted + stats->pairs_known, stats->files);
}

/// `PATCH_ID COMMIT` of every commit that has one, sorted.
std::vector<std::string> patch_ids_by_git(const Git& git) {
    const auto patches = git.run({"log", "--all", "-p", "-M", "--full-index"});
    std::vector<std::string> ids;
    for (const auto line : text::split(git.run({"patch-id", "--stable"}, patches), '\n'))
        ids.emplace_back(line);
    std::ranges::sort(ids);
    return ids;
}

TEST_F(ReaderTest, GivesGitsPatchIdsHoweverThePatchesAreRead) {
    for (const auto format : {ObjectFormat::Sha1, ObjectFormat::Sha256}) {
        const bool is_sha1 = format == ObjectFormat::Sha1;
        const auto git =
            init(is_sha1 ? "sha1" : "sha256",
                 {"--bare", is_sha1 ? "--object-format=sha1" : "--object-format=sha256"});
        git.import(nasty_history(format));
        const auto repository = open(git.folder());
        const auto expected = patch_ids_by_git(git);
        EXPECT_GT(expected.size(), 5u);
        for (const std::size_t most : {0u, 4u, 400u, 1u << 20}) {
            Collected sink;
            const ReadOptions options{.most_blob_bytes = most, .patch_ids = true};
            ASSERT_TRUE(
                read_history(ctx_, repository, options, source_of(ids_of(repository)), sink));
            std::vector<std::string> ids;
            for (const auto& [commit, files] : sink.entries)
                if (!commit.patch_id.empty())
                    ids.push_back(commit.patch_id + " " + commit.id.hex());
            std::ranges::sort(ids);
            EXPECT_EQ(ids, expected) << "blobs of at most " << most;
        }
    }
}

TEST_F(ReaderTest, CountsTheSameWithPatchIds) {
    const auto git = init("busy");
    git.import(busy_history(3, 120));
    EXPECT_EQ(rows_by_reader(open(git.folder()), {.patch_ids = true}), rows_by_git_log(git));
}

TEST_F(ReaderTest, SaysWhatHappenedToEachFile) {
    const auto git = init("nasty");
    git.import(nasty_history());
    const auto repository = open(git.folder());
    const auto second = *ObjectId::from_hex(git.run({"rev-parse", "main~4"}));
    Collected sink;
    ASSERT_TRUE(read_history(ctx_, repository, {}, source_of({second}), sink));
    ASSERT_EQ(sink.entries.size(), 1u);
    std::map<std::string, FileChange> files;
    for (const auto& file : sink.entries[0].files) files.emplace(file.path, file);
    ASSERT_EQ(files.size(), 5u);
    EXPECT_EQ(files.at("moved").change, ChangeType::Renamed);
    EXPECT_EQ(files.at("moved").old_path, "a");
    EXPECT_EQ(files.at("moved").lines_removed, 2u);
    EXPECT_EQ(files.at("moved").new_blob.hex(), git.run({"rev-parse", second.hex() + ":moved"}));
    EXPECT_EQ(files.at("moved").old_blob.hex(), git.run({"rev-parse", second.hex() + "^:a"}));
    EXPECT_TRUE(files.at("b").is_binary);
    EXPECT_EQ(files.at("b").lines_added, 0u);
    EXPECT_EQ(files.at("link").change, ChangeType::Modified);
    EXPECT_EQ(files.at("link").old_mode, 0120000u);
    EXPECT_EQ(files.at("link").new_mode, 0100644u);
    EXPECT_EQ(files.at("run").new_mode, 0100755u);
    EXPECT_EQ(files.at("run").lines_added, 0u);
    EXPECT_EQ(files.at("sub").old_mode, 0160000u);
    EXPECT_EQ(files.at("sub").new_blob.hex(), std::string(40, '2'));
    EXPECT_EQ(files.at("sub").lines_added, 1u);
    const auto& commit = sink.entries[0].commit;
    EXPECT_EQ(commit.files_changed, 5u);
    EXPECT_EQ(commit.lines_added, 1u + 1u + 1u);
    EXPECT_EQ(commit.message.utf8, "m\n");
}

TEST_F(ReaderTest, CountsManyMergesAsGitDoes) {
    for (const unsigned seed : {1u, 2u, 3u}) {
        SCOPED_TRACE(seed);
        const auto git = init("busy" + std::to_string(seed));
        git.import(busy_history(seed, 700));
        expect_git_numbers(git);
    }
}

TEST_F(ReaderTest, GivesCommitsOfManyFilesAwayInParts) {
    const auto git = init("wide");
    std::string s = head("main", 1) + file("x", "x\n") + "\n" + head("side", 2, ":1") +
                    file("y", "1\n") + "\n" + head("main", 3, ":1", {":2"}) + file("y", "2\n") +
                    "\n" + head("main", 4, ":3");
    for (int i = 0; i < 30000; ++i) s += file(fmt::format("d{}/f{}", i % 100, i), "a\nb\n");
    s += "\n" + head("main", 5, ":4", {":2"}) + file("d1/f1", "c\n") + "\n";
    git.import(s);
    const auto repository = open(git.folder());

    struct Parts final : HistorySink {
        std::size_t parts = 0, largest = 0;
        std::vector<Commit> commits;
        Result<void> files(const Commit&, std::span<FileChange> files) override {
            ++parts;
            largest = std::max(largest, files.size());
            return {};
        }
        Result<void> commit(Commit&& commit) override {
            commits.push_back(std::move(commit));
            return {};
        }
    } sink;
    ASSERT_TRUE(read_history(ctx_, repository, {}, source_of(ids_of(repository)), sink));
    EXPECT_LT(sink.largest, 25000u);
    ASSERT_EQ(sink.commits.size(), 5u);
    EXPECT_EQ(sink.commits[1].files_changed, 30000u);
    EXPECT_EQ(sink.commits[1].lines_added, 60000u);
    expect_git_numbers(git);
}

TEST_F(ReaderTest, ReadsPathsOfFourKilobytes) {
    const auto git = init("long");
    std::string path(200, 'p');
    for (int i = 0; i < 19; ++i) path += "/" + std::string(200, 'p');
    git.import(head("main", 1) + file(path, "x\n") + "\n");
    expect_git_numbers(git);
}

TEST_F(ReaderTest, IgnoresAttributesConfigurationAndReplacements) {
    const auto git = init("hostile", {});
    const auto witness = (root() / "witness").string();
    git.import(head("main", 1) + file(".gitattributes", "*.txt binary\n*.c diff=evil\n") +
               file("a.txt", lines(0, 5)) + file("a.c", lines(0, 7)) + "\n" +
               head("main", 2, ":1") + file("a.c", lines(0, 9)) + "\n");
    for (const auto* const key : {"diff.evil.textconv", "diff.evil.command", "core.fsmonitor",
                                  "core.sshCommand", "core.alternateRefsCommand", "core.pager",
                                  "diff.external", "core.gitProxy", "core.editor"})
        git.run({"config", key, "touch " + witness + ";"});
    git.run({"config", "diff.renameLimit", "1"});
    std::ofstream(git.folder() + "/.git/info/attributes") << "* binary\n";
    git.run({"replace", "-f", "main", "main~1"});
    std::ofstream(git.folder() + "/.git/info/grafts")
        << git.run({"--no-replace-objects", "rev-parse", "main"}) << "\n";
    const auto repository = open(git.folder());
    EXPECT_EQ(repository.traits().grafts, 1u);
    Collected sink;
    const auto ids = ids_of(repository);
    ASSERT_EQ(ids.size(), 2u);
    ASSERT_TRUE(read_history(ctx_, repository, {}, source_of(ids), sink));
    ASSERT_EQ(sink.entries.size(), 2u);
    EXPECT_EQ(sink.entries[0].commit.lines_added, 2u);
    EXPECT_EQ(sink.entries[1].commit.lines_added, 2u + 5u + 7u);
    EXPECT_EQ(sink.entries[0].commit.parents.size(), 1u);
    EXPECT_FALSE(std::filesystem::exists(witness)) << "a program of the repository was run";
}

TEST_F(ReaderTest, TakesOnlyWhatWasCommittedInTime) {
    const auto git = init("busy");
    git.import(busy_history(5, 50));
    const auto repository = open(git.folder());
    ReadOptions options;
    options.since = Time::from_seconds(1000000010);
    options.until = Time::from_seconds(1000000020);
    Collected sink;
    const auto stats = read_history(ctx_, repository, options, source_of(ids_of(repository)), sink);
    ASSERT_TRUE(stats);
    const auto expected =
        git.run({"rev-list", "--all", "--count", "--since=1000000010", "--until=1000000019"});
    EXPECT_EQ(std::to_string(sink.entries.size()), expected);
    EXPECT_GT(sink.entries.size(), 1u);
    EXPECT_EQ(stats->commits, sink.entries.size());
    EXPECT_EQ(stats->commits + stats->skipped, ids_of(repository).size());
    for (const auto& entry : sink.entries) {
        EXPECT_GE(entry.commit.committer.time.seconds(), 1000000010);
        EXPECT_LT(entry.commit.committer.time.seconds(), 1000000020);
    }
}

TEST_F(ReaderTest, NamesTheCommitWhoseObjectsAreMissingAndDeliversThoseBefore) {
    const auto git = init("broken");
    std::string s = head("main", 1) + file("f", lines(0, 3)) + "\n";
    for (int i = 2; i <= 400; ++i)
        s += head("main", i, fmt::format(":{}", i - 1)) + file("f", lines(i, i + 3)) + "\n";
    git.import(s);
    const auto bad = git.run({"rev-parse", "main~100"});
    const auto blob = git.run({"rev-parse", "main~100:f"});
    // Loose objects can be taken away one by one.
    std::filesystem::create_directories(git.folder() + "/kept");
    for (const auto& entry : std::filesystem::directory_iterator(git.folder() + "/objects/pack"))
        std::filesystem::rename(entry.path(),
                                git.folder() + "/kept/" + entry.path().filename().string());
    for (const auto& entry : std::filesystem::directory_iterator(git.folder() + "/kept"))
        if (entry.path().extension() == ".pack") {
            std::ifstream in(entry.path(), std::ios::binary);
            git.run({"unpack-objects", "-q"}, std::string(std::istreambuf_iterator<char>(in), {}));
        }
    const auto repository = open(git.folder());
    const auto ids = ids_of(repository);
    ASSERT_EQ(ids.size(), 400u);
    std::filesystem::remove(git.folder() + "/objects/" + blob.substr(0, 2) + "/" + blob.substr(2));
    Collected sink;
    const auto stats = read_history(ctx_, repository, {}, source_of(ids), sink);
    ASSERT_FALSE(stats);
    EXPECT_EQ(stats.error().code(), Errc::Corrupt);
    EXPECT_EQ(stats.error().field("object"), blob) << stats.error().describe();
    EXPECT_FALSE(stats.error().hint().empty());
    // The newer neighbour needs that blob too, as what it replaced.
    const auto at = std::ranges::find(ids, *ObjectId::from_hex(bad)) - ids.begin();
    EXPECT_EQ(stats.error().field("commit"), ids[static_cast<std::size_t>(at) - 1].hex());
    EXPECT_EQ(sink.entries.size(), static_cast<std::size_t>(at) - 1);
}

TEST_F(ReaderTest, SaysThatACommitIsNotThere) {
    const auto git = init("r");
    git.import(head("main", 1) + file("f", "x\n") + "\n");
    const auto repository = open(git.folder());
    auto ids = ids_of(repository);
    ids.push_back(*ObjectId::from_hex(std::string(40, 'c')));
    Collected sink;
    const auto stats = read_history(ctx_, repository, {}, source_of(ids), sink);
    ASSERT_FALSE(stats);
    EXPECT_EQ(stats.error().field("commit"), std::string(40, 'c'));
    EXPECT_EQ(sink.entries.size(), 1u);
}

TEST_F(ReaderTest, StopsWhenSourceOrSinkFailsOrTheContextEnds) {
    const auto git = init("busy");
    git.import(busy_history(9, 600));
    const auto repository = open(git.folder());
    const auto ids = ids_of(repository);

    struct Failing final : HistorySink {
        std::stop_source stop;
        bool stops = false;
        Result<void> files(const Commit&, std::span<FileChange>) override {
            if (!stops) return Failure(Error(Errc::Conflict, "the sink says no"));
            stop.request_stop();
            return {};
        }
        Result<void> commit(Commit&&) override { return {}; }
    } sink;
    auto stats = read_history(ctx_, repository, {}, source_of(ids), sink);
    ASSERT_FALSE(stats);
    EXPECT_EQ(stats.error().code(), Errc::Conflict);

    sink.stops = true;
    stats =
        read_history(exec::Context(sink.stop.get_token()), repository, {}, source_of(ids), sink);
    ASSERT_FALSE(stats);
    EXPECT_EQ(stats.error().code(), Errc::Cancelled);

    const auto failing = []() -> Result<std::optional<ObjectId>> {
        return Failure(Error(Errc::Denied, "the source says no"));
    };
    Collected collected;
    stats = read_history(ctx_, repository, {}, failing, collected);
    ASSERT_FALSE(stats);
    EXPECT_EQ(stats.error().code(), Errc::Denied);
}

TEST_F(ReaderTest, TreatsTheEdgeOfAShallowCloneAsGitDoes) {
    const auto git = init("whole");
    git.import(busy_history(4, 60));
    const Git shallow((root() / "shallow").string());
    git.run({"clone", "-q", "--bare", "--depth", "5", "--no-single-branch",
             "file://" + git.folder(), shallow.folder()});
    const auto repository = open(shallow.folder());
    EXPECT_TRUE(repository.traits().is_shallow);
    EXPECT_LT(ids_of(repository).size(), 60u);
    expect_git_numbers(shallow);
}

}  // namespace
}  // namespace forgehouse::git
