#include "git/snapshot.h"

#include <fmt/format.h>

#include "base/text.h"
#include "git/testing/histories.h"
#include "git/testing/wild_history.h"

namespace forgehouse::git {
namespace {

using testing::file;
using testing::Git;
using testing::head;
using testing::id_of;
using testing::Scratch;

std::string type_of(std::uint32_t mode) {
    return mode == kFolderMode ? "tree" : mode == kSubmoduleMode ? "commit" : "blob";
}

class SnapshotTest : public Scratch {
protected:
    SnapshotTest()
        : git_(init("repository")),
          repository_(open(git_.folder())),
          store_(store_of(repository_)),
          objects_(repository_, &store_, {}) {}
    Result<Snapshot> snapshot(const std::string& name) {
        return Snapshot::open(ctx_, objects_, repository_.traits().format,
                              id_of(git_.run({"rev-parse", name})));
    }
    /// As `git ls-tree -l -z` writes it.
    std::string listed(Snapshot& files, const ListRequest& request) {
        std::string out;
        const auto done = files.list(ctx_, request, [&](SnapshotEntry&& entry) -> Result<void> {
            out += fmt::format("{:06o} {} {} {:>7}\t{}", entry.mode, type_of(entry.mode),
                               entry.id.hex(), entry.bytes ? std::to_string(*entry.bytes) : "-",
                               entry.path);
            out += '\0';
            return {};
        });
        if (!done) ADD_FAILURE() << done.error().describe();
        return out;
    }
    Result<std::string> archive(const ArchiveRequest& request) const {
        std::string bytes;
        const auto take = [&](std::string_view piece) -> Result<void> {
            bytes += piece;
            return {};
        };
        TRY(write_archive(ctx_, repository_, request, take));
        return bytes;
    }

    Git git_;
    Repository repository_;
    ObjectStore store_;
    ObjectAccess objects_;
};

TEST_F(SnapshotTest, ListsAndReadsAsGitDoes) {
    git_.import(testing::nasty_history());
    for (const std::string name : {"main~5", "main~2", "side", "main"}) {
        auto files = snapshot(name);
        ASSERT_TRUE(files) << files.error().describe();
        EXPECT_EQ(listed(*files, {.with_sizes = true}), git_.run({"ls-tree", "-l", "-z", name}));
        EXPECT_EQ(listed(*files, {.most_depth = 99, .with_folders = false, .with_sizes = true}),
                  git_.run({"ls-tree", "-l", "-r", "-z", name}));
        EXPECT_EQ(listed(*files, {.most_depth = 99, .with_sizes = true}),
                  git_.run({"ls-tree", "-l", "-r", "-t", "-z", name}));
    }
    auto files = snapshot("main~5");
    ASSERT_TRUE(files);
    EXPECT_EQ(listed(*files, {.path = "dir", .with_sizes = true}),
              git_.run({"ls-tree", "-l", "-z", "main~5", "dir/"}));
    EXPECT_EQ(files->read(ctx_, "dir/deep/c.txt")->content(), testing::lines(0, 9));
    EXPECT_EQ(files->read(ctx_, "link")->content(), "target");
    EXPECT_EQ(files->read(ctx_, "empty")->content(), "");
    EXPECT_EQ(files->find(ctx_, "run")->mode, 0100644u);
    EXPECT_EQ(files->find(ctx_, "nothing")->mode, 0u);
    EXPECT_EQ(files->find(ctx_, "")->id, files->tree());
}

TEST_F(SnapshotTest, SaysWhatIsNotThere) {
    git_.import(testing::nasty_history());
    auto files = snapshot("main~5");
    ASSERT_TRUE(files);
    EXPECT_EQ(files->read(ctx_, "nothing").error().code(), Errc::NotFound);
    EXPECT_EQ(files->read(ctx_, "dir").error().code(), Errc::Invalid);
    EXPECT_EQ(files->read(ctx_, "sub").error().code(), Errc::Invalid);
    EXPECT_EQ(files->read(ctx_, "").error().code(), Errc::Invalid);
    for (const std::string path : {"/dir", "dir/", "dir//deep", "..", "dir/../run"})
        EXPECT_EQ(files->find(ctx_, path).error().code(), Errc::Invalid) << path;
    const auto take = [](SnapshotEntry&&) -> Result<void> { return {}; };
    EXPECT_EQ(files->list(ctx_, {.path = "run"}, take).error().code(), Errc::NotFound);
    EXPECT_EQ(files->list(ctx_, {.path = "nothing"}, take).error().code(), Errc::NotFound);
    const auto stop = [](SnapshotEntry&&) -> Result<void> {
        return Failure(Error(Errc::Cancelled, "enough"));
    };
    EXPECT_EQ(files->list(ctx_, {}, stop).error().code(), Errc::Cancelled);
    EXPECT_EQ(snapshot("main:only").error().code(), Errc::Invalid);
    const auto nowhere = id_of(std::string(40, 'a'));
    EXPECT_EQ(Snapshot::open(ctx_, objects_, ObjectFormat::Sha1, nowhere).error().code(),
              Errc::NotFound);
}

TEST_F(SnapshotTest, OpensTagsAndTrees) {
    git_.import(testing::nasty_history());
    git_.run({"tag", "-a", "-m", "t", "v1", "main"});
    git_.run({"tag", "-a", "-m", "t", "v2", "v1"});
    const auto tree = git_.run({"rev-parse", "main^{tree}"});
    for (const std::string name : {"main", "v1", "v2", "main^{tree}"}) {
        const auto files = snapshot(name);
        ASSERT_TRUE(files) << name;
        EXPECT_EQ(files->tree().hex(), tree);
    }
}

TEST_F(SnapshotTest, WritesArchivesAsGitDoes) {
    git_.import(head("main", 1) + file("a", "one\n") + file("dir/b", "$Format:%H$\n") +
                file("dir/*", "star\n") + file("secret", "hidden\n") +
                file(".gitattributes", "secret export-ignore\ndir/b export-subst\n") + "\n");
    const auto commit = git_.run({"rev-parse", "main"});
    const std::vector<std::pair<ArchiveFormat, std::string>> formats{
        {ArchiveFormat::Tar, "tar"}, {ArchiveFormat::TarGz, "tar.gz"}, {ArchiveFormat::Zip, "zip"}};
    for (const auto& [format, name] : formats) {
        const auto file = (root() / "archive").string();
        for (const std::string path : {"", "dir", "dir/*"}) {
            std::vector<std::string> arguments{"--literal-pathspecs", "archive",
                                               "--format=" + name,    "--prefix=x-1/",
                                               "--output=" + file,    commit};
            if (!path.empty()) arguments.insert(arguments.end(), {"--", path});
            git_.run(arguments);
            const auto ours = archive(
                {.commit = id_of(commit), .format = format, .prefix = "x-1/", .path = path});
            ASSERT_TRUE(ours) << ours.error().describe();
            EXPECT_EQ(*ours, testing::bytes_of(file)) << name << " of '" << path << "'";
        }
    }
    EXPECT_EQ(archive({.commit = id_of(commit), .path = "nothing"}).error().code(), Errc::NotFound);
    EXPECT_FALSE(archive({.commit = id_of(std::string(40, 'a'))}));
}

}  // namespace
}  // namespace forgehouse::git
