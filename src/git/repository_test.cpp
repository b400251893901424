#include "git/repository.h"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "git/testing/scratch.h"

namespace forgehouse::git {
namespace {

using testing::Collected;
using testing::Git;
using testing::Scratch;
using testing::source_of;
using testing::walk_all;

constexpr std::string_view kOneCommit =
    "commit refs/heads/main\ncommitter B <b@x> 1 +0000\ndata 1\nx\nM 100644 inline f\ndata "
    "2\na\n\n";

class RepositoryTest : public Scratch {};

TEST_F(RepositoryTest, OpensWhateverNamesARepository) {
    const auto bare = init("bare.git");
    bare.import(kOneCommit);
    const auto plain = init("plain", {});
    plain.import(kOneCommit);
    plain.run({"reset", "-q", "--hard"});
    plain.run({"worktree", "add", "-q", "-b", "side", (root() / "linked").string()});
    plain.run({"submodule", "--quiet", "add", bare.folder(), "sub"});
    for (const auto& path :
         {bare.folder(), plain.folder(), plain.folder() + "/.git", (root() / "linked").string(),
          plain.folder() + "/sub", bare.folder() + "/"}) {
        SCOPED_TRACE(path);
        const auto repository = open(path);
        EXPECT_EQ(walk_all(repository).size(), 1u);
    }
    const auto linked = locate((root() / "linked").string());
    ASSERT_TRUE(linked);
    EXPECT_EQ(linked->common_dir, plain.folder() + "/.git");
    EXPECT_EQ(linked->git_dir, plain.folder() + "/.git/worktrees/linked");
    EXPECT_EQ(linked->work_tree, (root() / "linked").string());
    EXPECT_EQ(locate(plain.folder() + "/.git")->work_tree, plain.folder());
    EXPECT_EQ(locate(bare.folder())->work_tree, "");
}

TEST_F(RepositoryTest, SaysWhatIsWrongWithAPath) {
    std::ofstream(root() / "file") << "x";
    std::filesystem::create_directories(root() / "folder");
    std::filesystem::create_directories(root() / "lost");
    std::ofstream(root() / "lost/.git") << "gitdir: ../nowhere\n";
    std::filesystem::create_directories(root() / "odd");
    std::ofstream(root() / "odd/.git") << "what\n";
    for (const auto& [name, code] : {std::pair{"none", Errc::NotFound},
                                     {"file", Errc::NotFound},
                                     {"folder", Errc::NotFound},
                                     {"lost", Errc::Corrupt},
                                     {"odd", Errc::Corrupt},
                                     {"file/x", Errc::NotFound}}) {
        SCOPED_TRACE(name);
        const auto found = locate((root() / name).string());
        ASSERT_FALSE(found);
        EXPECT_EQ(found.error().code(), code);
        EXPECT_FALSE(found.error().hint().empty());
        EXPECT_FALSE(found.error().field("path").empty());
    }
}

TEST_F(RepositoryTest, WritesNothingIntoWhatItReads) {
    const auto git = init("r");
    git.import(kOneCommit);
    const auto listing = [&git] {
        std::map<std::string, std::filesystem::file_time_type> out;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(git.folder()))
            out.emplace(entry.path().string(), entry.last_write_time());
        return out;
    };
    const auto before = listing();
    {
        const auto repository = open(git.folder());
        Collected sink;
        std::vector<ObjectId> ids;
        for (const auto& commit : walk_all(repository)) ids.push_back(commit.id);
        ASSERT_TRUE(read_history(ctx_, repository, {}, source_of(ids), sink));
    }
    EXPECT_EQ(listing(), before);
}

TEST_F(RepositoryTest, ReadsThroughAlternates) {
    const auto base = init("base");
    base.import(kOneCommit);
    const Git clone((root() / "clone").string());
    base.run({"clone", "-q", "--bare", "--shared", base.folder(), clone.folder()});
    EXPECT_EQ(walk_all(open(clone.folder())).size(), 1u);
}

TEST_F(RepositoryTest, TellsWhatIsParticular) {
    const auto git = init("r");
    git.run({"config", "remote.origin.promisor", "true"});
    const auto partial = open(git.folder());
    EXPECT_TRUE(partial.traits().is_partial);
    EXPECT_FALSE(partial.traits().is_shallow);
    EXPECT_EQ(partial.traits().format, ObjectFormat::Sha1);
}

TEST_F(RepositoryTest, RefusesFormsItDoesNotKnow) {
    const auto git = init("r");
    git.run({"config", "extensions.refstorage", "reftable"});
    auto opened = Repository::open(ctx_, tool(), git.folder());
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code(), Errc::Invalid);
    EXPECT_EQ(opened.error().field("setting"), "extensions.refstorage");

    std::ofstream(git.folder() + "/config") << "[core\n";
    opened = Repository::open(ctx_, tool(), git.folder());
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code(), Errc::Corrupt);
    EXPECT_FALSE(opened.error().hint().empty());
}

TEST_F(RepositoryTest, WaitsForNoPipeAndReadsNoDevice) {
    int made = 0;
    for (const char* name : {"HEAD", "config", "packed-refs", "shallow", "info/grafts"}) {
        const auto git = init("pipe-" + std::to_string(++made));
        const std::string path = git.folder() + "/" + name;
        ::unlink(path.c_str());
        ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
        auto opened = Repository::open(ctx_, tool(), git.folder());
        ASSERT_FALSE(opened) << name;
        EXPECT_EQ(opened.error().code(), Errc::Corrupt);
        EXPECT_TRUE(opened.error().field("file").ends_with(name));
        ::unlink(path.c_str());
        ASSERT_EQ(::symlink("/dev/zero", path.c_str()), 0);
        EXPECT_FALSE(Repository::open(ctx_, tool(), git.folder())) << name;
    }
}

TEST_F(RepositoryTest, WaitsForNoPipeAmongPacksAndGraphsAndThoseOfOthers) {
    const auto lender = init("lender");
    const auto borrower = init("borrower");
    std::ofstream(borrower.folder() + "/objects/info/alternates")
        << lender.folder() << "/objects\n";
    open(borrower.folder());
    std::filesystem::create_directories(lender.folder() + "/objects/info/commit-graphs");
    for (const auto& path : {lender.folder() + "/objects/info/alternates",
                             lender.folder() + "/objects/info/commit-graph",
                             lender.folder() + "/objects/info/commit-graphs/commit-graph-chain",
                             lender.folder() + "/objects/pack/pack-1.idx",
                             borrower.folder() + "/objects/pack/multi-pack-index"}) {
        ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
        const auto opened = Repository::open(ctx_, tool(), borrower.folder());
        ASSERT_FALSE(opened) << path;
        EXPECT_EQ(opened.error().field("file"), path);
        ::unlink(path.c_str());
    }
    open(borrower.folder());
}

TEST_F(RepositoryTest, SaysThatAPackIsCorrupt) {
    const auto git = init("r");
    git.import(kOneCommit);
    git.run({"repack", "-a", "-d", "-q"});
    for (const auto& entry : std::filesystem::directory_iterator(git.folder() + "/objects/pack")) {
        if (entry.path().extension() != ".pack") continue;
        std::filesystem::permissions(entry.path(), std::filesystem::perms::owner_all);
        std::fstream pack(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
        pack.seekp(20);
        pack << std::string(40, '\xAA');
    }
    const auto repository = open(git.folder());
    const auto refs = list_refs(ctx_, repository);
    Error error(Errc::Invalid, "nothing failed");
    if (!refs) {
        error = refs.error();
    } else if (auto walk = Walk::start(ctx_, repository, *refs); !walk) {
        error = walk.error();
    } else {
        auto next = walk->next(ctx_);
        if (!next) error = next.error();
    }
    EXPECT_EQ(error.code(), Errc::Corrupt) << error.describe();
    EXPECT_FALSE(error.hint().empty());
}

TEST_F(RepositoryTest, SweepsTheScratchFoldersOfTheKilled) {
    const auto left = root() / "forgehouse-git-killed";
    std::filesystem::create_directories(left / "repository-x");
    std::ofstream(left / "lock") << "";
    const auto opened = Tool::open(ctx_, {.environment = {}, .scratch_parent = root().string()});
    ASSERT_TRUE(opened);
    EXPECT_FALSE(std::filesystem::exists(left));
    EXPECT_TRUE(std::filesystem::exists(tool().scratch())) << "that one is in use";
}

TEST_F(RepositoryTest, BoundsTheMemoryOfGitAndEndsItWithItsThread) {
    const auto opened = Tool::open(ctx_, {.environment = {"PATH=/usr/bin:/bin"},
                                          .scratch_parent = root().string(),
                                          .memory = 128u << 20});
    ASSERT_TRUE(opened) << opened.error().describe();
    const auto command = opened->command(commands::kVersion);
    EXPECT_EQ(command.memory, 128u << 20);
    EXPECT_TRUE(command.ends_with_thread);
}

TEST_F(RepositoryTest, SaysThatThereIsNoGit) {
    const auto opened =
        Tool::open(ctx_, {.environment = {"PATH=/nowhere"}, .scratch_parent = root().string()});
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code(), Errc::NotFound);
    EXPECT_NE(opened.error().hint().find("apt install git"), std::string::npos);
}

class RefsTest : public Scratch {};

TEST_F(RefsTest, FollowsTagsToTheEnd) {
    const auto git = init("r");
    git.import(kOneCommit);
    git.run({"tag", "-a", "-m", "first\n\nbody", "v1", "main"});
    git.run({"tag", "-a", "-m", "of a tag", "nested", "v1"});
    git.run({"tag", "light", "main"});
    git.run({"tag", "tree", "main^{tree}"});
    git.run({"tag", "-a", "-m", "of a blob", "blob", "main:f"});
    git.run({"symbolic-ref", "refs/remotes/o/HEAD", "refs/heads/main"});
    const auto dangling = git.write_object(
        "tag", "object " + std::string(40, 'd') + "\ntype commit\ntag gone\n\nx\n");
    git.run({"update-ref", "refs/tags/gone", dangling});
    const auto repository = open(git.folder());
    const auto refs = list_refs(ctx_, repository);
    ASSERT_TRUE(refs) << refs.error().describe();
    std::map<std::string, Ref> by_name;
    for (const auto& ref : refs->refs) by_name.emplace(ref.name, ref);
    ASSERT_EQ(by_name.size(), 8u);
    const auto main = *ObjectId::from_hex(git.run({"rev-parse", "main"}));
    const auto& v1 = by_name.at("refs/tags/v1");
    EXPECT_EQ(v1.peeled, main);
    EXPECT_EQ(v1.type, ObjectType::Tag);
    ASSERT_TRUE(v1.tag && v1.tag->tagger);
    EXPECT_EQ(v1.tag->tagger->name.utf8, "Ben");
    EXPECT_EQ(v1.tag->tagger->time.seconds(), 1000000001);
    EXPECT_EQ(v1.tag->message.utf8, "first\n\nbody\n");
    EXPECT_EQ(by_name.at("refs/tags/nested").peeled, main);
    EXPECT_EQ(by_name.at("refs/tags/nested").tag->message.utf8, "of a tag\n");
    EXPECT_FALSE(by_name.at("refs/tags/light").tag);
    EXPECT_EQ(by_name.at("refs/tags/tree").peeled_type, ObjectType::Tree);
    EXPECT_EQ(by_name.at("refs/tags/blob").peeled_type, ObjectType::Blob);
    EXPECT_EQ(by_name.at("refs/tags/gone").peeled_type, ObjectType::Missing);
    EXPECT_EQ(by_name.at("refs/remotes/o/HEAD").symref, "refs/heads/main");
    EXPECT_EQ(refs->default_branch(), "refs/heads/main");
    EXPECT_EQ(refs->head.commit, main);
}

TEST_F(RefsTest, ReportsBrokenRefsAndGoesOn) {
    const auto git = init("r");
    git.import(kOneCommit);
    git.run({"pack-refs", "--all"});
    std::filesystem::create_directories(git.folder() + "/refs/heads");
    std::ofstream(git.folder() + "/refs/heads/broken") << "not an id\n";
    git.run({"replace", "main", git.run({"commit-tree", "-m", "other", "main^{tree}"})});
    const auto refs = list_refs(ctx_, open(git.folder()));
    ASSERT_TRUE(refs) << refs.error().describe();
    EXPECT_EQ(refs->broken.size(), 1u);
    EXPECT_EQ(refs->replace_refs, 1u);
    EXPECT_EQ(refs->default_branch(), "refs/heads/main");
}

TEST_F(RefsTest, HasAFingerprintThatChangesWithAnyRef) {
    const auto git = init("r");
    git.import(kOneCommit);
    const auto fingerprint = [&] { return list_refs(ctx_, open(git.folder()))->fingerprint(); };
    const auto first = fingerprint();
    EXPECT_EQ(fingerprint(), first);
    git.run({"branch", "other", "main"});
    const auto second = fingerprint();
    EXPECT_NE(second, first);
    git.run({"symbolic-ref", "HEAD", "refs/heads/other"});
    EXPECT_NE(fingerprint(), second);
}

TEST_F(RefsTest, KnowsDetachedHeadsOfAllWorktrees) {
    const auto git = init("r", {});
    git.import(kOneCommit);
    git.run({"reset", "-q", "--hard"});
    git.run({"worktree", "add", "-q", "--detach", (root() / "linked").string()});
    const auto refs = list_refs(ctx_, open((root() / "linked").string()));
    ASSERT_TRUE(refs);
    ASSERT_EQ(refs->detached_heads.size(), 1u);
    EXPECT_EQ(refs->detached_heads[0].name, "worktrees/linked/HEAD");
    EXPECT_EQ(refs->default_branch(), "refs/heads/main") << "the main worktree's HEAD decides";
}

}  // namespace
}  // namespace forgehouse::git
