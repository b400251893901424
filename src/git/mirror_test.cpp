#include "git/mirror.h"

#include <fcntl.h>
#include <unistd.h>

#include <fstream>

#include "base/text.h"
#include "git/mirror_files.h"
#include "git/testing/scratch.h"

namespace forgehouse::git {
namespace {

using testing::Git;
using testing::Scratch;
using testing::walk_all;

std::string commit(std::string_view ref, int number) {
    return fmt::format(
        "commit {}\ncommitter B <b@x> {} +0000\ndata 1\nx\nM 100644 inline f{}\ndata 2\na\n\n\n",
        ref, number, number);
}

class MirrorTest : public Scratch {
protected:
    std::string folder() const { return (root() / "mirrors/a/b.git").string(); }
    static RemoteUrl url_of(const Git& git) { return parse_remote("file://" + git.folder())->url; }
    Mirror open_mirror(const RemoteUrl& url) const {
        auto mirror = Mirror::open(ctx_, tool(), folder(), url);
        if (!mirror) ADD_FAILURE() << mirror.error().describe();
        return std::move(mirror.value());
    }
    FetchReport fetch(Mirror& mirror) const {
        auto report = mirror.fetch(ctx_, {});
        if (!report) ADD_FAILURE() << report.error().describe() << report.error().hint();
        return report.value_or(FetchReport{});
    }
    Git upstream() const {
        const auto git = init("upstream");
        git.import(commit("refs/heads/main", 1) + commit("refs/heads/side", 2) +
                   commit("refs/pull/7/head", 3) + "reset refs/tags/v1\nfrom refs/heads/main\n\n");
        return git;
    }
    static std::string refs_of(const Git& git) { return git.run({"for-each-ref"}); }
};

TEST_F(MirrorTest, FetchesTheRefsThatAreWanted) {
    const auto git = upstream();
    git.import(commit("refs/pull-requests/1/from", 4) + commit("refs/pull-requests/1/merge", 5) +
               commit("refs/pull-requests/20/from", 6) + commit("refs/notes/commits", 7));
    auto mirror = open_mirror(url_of(git));
    FetchOptions options;
    options.refs = {"refs/heads/*", "refs/tags/*", "refs/pull-requests/*/from"};
    const auto names = [&] {
        const auto report = mirror.fetch(ctx_, options);
        EXPECT_TRUE(report) << report.error().describe();
        return Git(folder()).run({"for-each-ref", "--format=%(refname)"});
    };
    EXPECT_EQ(names(),
              "refs/heads/main\nrefs/heads/side\nrefs/pull-requests/1/from\n"
              "refs/pull-requests/20/from\nrefs/tags/v1");
    git.run({"update-ref", "-d", "refs/pull-requests/1/from"});
    git.import(commit("refs/pull-requests/3/from", 8) + commit("refs/pull-requests/3/merge", 9));
    EXPECT_EQ(names(),
              "refs/heads/main\nrefs/heads/side\nrefs/pull-requests/20/from\n"
              "refs/pull-requests/3/from\nrefs/tags/v1");
    git.import(commit("refs/pull-requests/3/merge", 10));
    const auto report = mirror.fetch(ctx_, options);
    ASSERT_TRUE(report);
    EXPECT_EQ(report->changed_refs, 0u);
}

TEST_F(MirrorTest, ClonesAllRefsAndTheHead) {
    const auto git = upstream();
    git.run({"symbolic-ref", "HEAD", "refs/heads/side"});
    auto mirror = open_mirror(url_of(git));
    std::vector<std::string> slices;
    FetchOptions options;
    options.on_progress = [&slices](const FetchProgress& now) {
        if (slices.empty() || slices.back() != now.slice) slices.emplace_back(now.slice);
    };
    const auto report = mirror.fetch(ctx_, options);
    ASSERT_TRUE(report) << report.error().describe();
    EXPECT_TRUE(report->was_cloned);
    EXPECT_EQ(report->refs, 4u);
    EXPECT_EQ(report->changed_refs, 4u);
    EXPECT_EQ(report->remote_head, "refs/heads/side");
    EXPECT_GT(report->bytes, 0u);
    EXPECT_EQ(refs_of(Git(mirror.path())), refs_of(git));
    EXPECT_EQ(Git(mirror.path()).run({"symbolic-ref", "HEAD"}), "refs/heads/side");
    EXPECT_FALSE(slices.empty());
    EXPECT_EQ(walk_all(open(mirror.path())).size(), 3u);
}

TEST_F(MirrorTest, FollowsWhatMovesAndKeepsWhatWasRewritten) {
    const auto git = upstream();
    auto mirror = open_mirror(url_of(git));
    fetch(mirror);
    EXPECT_EQ(fetch(mirror).changed_refs, 0u);
    const auto old = git.run({"rev-parse", "side"});
    git.run({"update-ref", "-d", "refs/heads/side"});
    git.import(commit("refs/heads/side/deeper", 9));
    git.run({"update-ref", "refs/heads/main", git.run({"rev-parse", "side/deeper"})});
    const auto report = fetch(mirror);
    EXPECT_FALSE(report.was_cloned);
    EXPECT_EQ(report.changed_refs, 3u);
    EXPECT_EQ(refs_of(Git(mirror.path())), refs_of(git));
    EXPECT_EQ(Git(mirror.path()).run({"cat-file", "-t", old}), "commit");
}

TEST_F(MirrorTest, ClonesEmptyAndSha256Repositories) {
    {
        auto mirror = open_mirror(url_of(init("empty")));
        EXPECT_EQ(fetch(mirror).refs, 0u);
        EXPECT_TRUE(walk_all(open(mirror.path())).empty());
        std::filesystem::remove_all(mirror.path());
    }
    const auto git = init("sha256", {"--bare", "--object-format=sha256"});
    git.import(commit("refs/heads/main", 1));
    auto mirror = open_mirror(url_of(git));
    fetch(mirror);
    EXPECT_EQ(open(mirror.path()).traits().format, ObjectFormat::Sha256);
}

TEST_F(MirrorTest, GoesOnWhereAKilledCloneStopped) {
    const auto git = upstream();
    // The state after the first slice and a kill in the middle of the next.
    std::filesystem::create_directories(folder());
    const Git half(folder());
    half.run({"init", "-q", "--bare"});
    half.run(
        {"fetch", "-q", "--no-tags", "file://" + git.folder(), "refs/heads/main:refs/heads/main"});
    ASSERT_TRUE(write_marker(folder(), {.url = url_of(git).text, .is_complete = false}));
    std::ofstream(folder() + "/objects/pack/tmp_pack_abc") << "half a pack";
    std::ofstream(folder() + "/refs/heads/main.lock") << "";
    std::ofstream(folder() + "/packed-refs.lock") << "";
    auto mirror = open_mirror(url_of(git));
    const auto report = fetch(mirror);
    EXPECT_FALSE(report.was_cloned);
    EXPECT_EQ(report.changed_refs, 3u);
    EXPECT_EQ(refs_of(half), refs_of(git));
    EXPECT_FALSE(std::filesystem::exists(folder() + "/objects/pack/tmp_pack_abc"));
    EXPECT_TRUE(read_marker(folder())->is_complete);
}

TEST_F(MirrorTest, KeepsASecondCollectorAway) {
    const auto git = upstream();
    const auto mirror = open_mirror(url_of(git));
    const auto second = Mirror::open(ctx_, tool(), folder(), url_of(git));
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code(), Errc::Conflict);
    EXPECT_EQ(second.error().field("pid"), std::to_string(::getpid()));
}

TEST_F(MirrorTest, SetsABrokenMirrorAsideAndClonesAnew) {
    const auto git = upstream();
    auto mirror = open_mirror(url_of(git));
    fetch(mirror);
    std::ofstream(mirror.path() + "/packed-refs") << "garbage\n";
    git.import(commit("refs/heads/new", 12));
    const auto report = fetch(mirror);
    EXPECT_TRUE(report.was_rebuilt);
    EXPECT_TRUE(std::filesystem::exists(report.set_aside));
    EXPECT_EQ(refs_of(Git(mirror.path())), refs_of(git));

    for (const auto& entry : std::filesystem::directory_iterator(mirror.path() + "/objects/pack"))
        if (entry.path().extension() == ".pack") {
            // git leaves packs without the right to write, which only root does without.
            std::filesystem::permissions(entry.path(), std::filesystem::perms::owner_write,
                                         std::filesystem::perm_options::add);
            std::filesystem::resize_file(entry.path(), 40);
        }
    git.import(commit("refs/heads/newer", 13));
    EXPECT_TRUE(fetch(mirror).was_rebuilt);
    EXPECT_EQ(refs_of(Git(mirror.path())), refs_of(git));
}

TEST_F(MirrorTest, LeavesFoldersOfOthersAlone) {
    std::filesystem::create_directories(folder());
    std::ofstream(folder() + "/precious") << "x";
    auto mirror = open_mirror(url_of(upstream()));
    const auto report = mirror.fetch(ctx_, {});
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code(), Errc::Conflict);
    EXPECT_TRUE(std::filesystem::exists(folder() + "/precious"));
}

TEST_F(MirrorTest, ProbesARemoteAndKeepsNothing) {
    const auto git = upstream();
    const auto refs = Mirror::probe(ctx_, tool(), url_of(git), {});
    ASSERT_TRUE(refs) << refs.error().describe();
    EXPECT_EQ(*refs, 4u);
    const auto gone = Mirror::probe(ctx_, tool(), parse_remote("file:///nowhere/x.git")->url, {});
    ASSERT_FALSE(gone);
    EXPECT_EQ(gone.error().code(), Errc::NotFound);
    EXPECT_FALSE(std::filesystem::exists(folder()));
}

TEST_F(MirrorTest, SaysWhyARemoteCannotBeReached) {
    for (const auto& [address, code] :
         {std::pair{"file:///no/such/repository", Errc::NotFound},
          {"http://127.0.0.1:1/x.git", Errc::Unavailable},
          {"git://127.0.0.1:1/x.git", Errc::Unavailable},
          {"https://no-such-host.invalid/x.git", Errc::Unavailable}}) {
        SCOPED_TRACE(address);
        auto mirror = open_mirror(parse_remote(address)->url);
        const auto report = mirror.fetch(ctx_, {});
        ASSERT_FALSE(report);
        EXPECT_EQ(report.error().code(), code) << report.error().describe();
        EXPECT_FALSE(report.error().hint().empty());
        EXPECT_FALSE(std::filesystem::exists(folder() + "/HEAD")) << "nothing is left behind";
    }
}

}  // namespace
}  // namespace forgehouse::git
