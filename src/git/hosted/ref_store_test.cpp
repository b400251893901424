#include "git/hosted/ref_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <set>
#include <thread>

#include "base/text.h"
#include "git/hosted/hosted_folder.h"
#include "git/testing/histories.h"
#include "git/testing/scratch.h"

namespace forgehouse::git {
namespace {

using testing::bytes_of;
using testing::file;
using testing::Git;
using testing::head;
using testing::Scratch;
using testing::write_file;

namespace fs = std::filesystem;

const RefNote kNote{.who = {.name = "Eve",
                            .email = "eve@x",
                            .time = Time::from_seconds(1700000000),
                            .zone_minutes = -210},
                    .message = "by a test"};

class RefStoreTest : public Scratch {
protected:
    Git hosted(std::string_view name, ObjectFormat format = ObjectFormat::Sha1) {
        const auto folder = (root() / name).string();
        const auto made = create_bare(folder, format, "main");
        EXPECT_TRUE(made) << made.error().describe();
        objects_.push_back(
            std::make_unique<ObjectStore>(ObjectStore::open(folder + "/objects", format).value()));
        store_.emplace(folder, format, *objects_.back());
        return Git(folder);
    }
    std::shared_ptr<const RefSnapshot> now() { return store_->current().value(); }
    /// As `git show-ref -d` lists branches and tags.
    static std::string listed(const RefSnapshot& refs) {
        std::string out;
        for (const auto& ref : refs.all()) {
            out += ref.id.hex() + " " + ref.name + "\n";
            if (ref.is_annotated()) out += ref.peeled.hex() + " " + ref.name + "^{}\n";
        }
        if (!out.empty()) out.pop_back();
        return out;
    }
    Result<void> update(const Git& git, const std::vector<RefUpdate>& updates) {
        return update_refs(ctx_, tool(), git.folder(), updates, kNote);
    }
    static ObjectId id(const Git& git, const std::string& name) {
        return ObjectId::from_hex(git.run({"rev-parse", name})).value();
    }

    std::vector<std::unique_ptr<ObjectStore>> objects_;
    std::optional<RefStore> store_;
};

TEST_F(RefStoreTest, SeesWhatGitSees) {
    for (const auto format : {ObjectFormat::Sha1, ObjectFormat::Sha256}) {
        const auto git = hosted(format == ObjectFormat::Sha1 ? "a" : "b", format);
        EXPECT_TRUE(now()->all().empty());
        EXPECT_EQ(now()->head(), "refs/heads/main");
        git.import(testing::nasty_history(format));
        git.run({"tag", "-a", "-m", "x", "v1", "main"});
        git.run({"tag", "-a", "-m", "x", "v2", "v1"});
        git.run({"tag", "light", "side"});
        git.run({"tag", "-a", "-m", "x", "of-tree", "main^{tree}"});
        git.run({"branch", "deep/er/x", "side"});
        const auto shown = [&git] { return git.run({"show-ref", "-d", "--heads", "--tags"}); };
        EXPECT_EQ(listed(*now()), shown());
        git.run({"update-ref", "refs/pull/1/head", "v1"});
        git.run({"pack-refs", "--all"});
        EXPECT_EQ(listed(*now()), shown());
        git.run({"update-ref", "refs/heads/main", "side"});
        git.run({"branch", "-D", "deep/er/x"});
        git.run({"branch", "deep", "side"});
        git.run({"symbolic-ref", "refs/heads/alias", "refs/heads/deep"});
        git.run({"symbolic-ref", "refs/heads/broken", "refs/heads/none"});
        git.run({"symbolic-ref", "HEAD", "refs/heads/side"});
        EXPECT_EQ(listed(*now()), shown());
        EXPECT_EQ(now()->head(), "refs/heads/side");
    }
}

TEST_F(RefStoreTest, FindsByNameAndPrefix) {
    const auto git = hosted("r");
    git.import(head("main", 1) + file("a", "x") + "\n");
    for (const auto name : {"a", "a-b", "a/b", "a/c", "b"})
        if (std::string_view(name) != "a") git.run({"branch", name, "main"});
    git.run({"tag", "a", "main"});
    const auto refs = now();
    EXPECT_EQ(refs->branches().size(), 5u);
    EXPECT_EQ(refs->tags().size(), 1u);
    EXPECT_EQ(refs->with_prefix("refs/heads/a/").size(), 2u);
    EXPECT_EQ(refs->with_prefix("refs/heads/a").size(), 3u);
    EXPECT_EQ(refs->with_prefix("refs/none/").size(), 0u);
    EXPECT_NE(refs->find_branch("a/b"), nullptr);
    EXPECT_EQ(refs->find_branch("a"), nullptr);
    EXPECT_NE(refs->find_tag("a"), nullptr);
    EXPECT_EQ(refs->find("main"), nullptr);
}

TEST_F(RefStoreTest, KeepsASnapshotForAsLongAsNothingChanges) {
    const auto git = hosted("r");
    git.import(head("main", 1) + file("a", "x") + "\n");
    // Older than a tick of the clock: what was just changed is read again each time.
    for (const auto& entry : fs::recursive_directory_iterator(git.folder()))
        fs::last_write_time(entry, fs::file_time_type::clock::now() - std::chrono::hours(1));
    const auto first = now();
    EXPECT_EQ(now(), first);
    EXPECT_TRUE(first->is_current());
    git.run({"branch", "x/y", "main"});
    EXPECT_FALSE(first->is_current());
    EXPECT_NE(now()->find_branch("x/y"), nullptr);
    EXPECT_EQ(first->find_branch("x/y"), nullptr);
}

TEST_F(RefStoreTest, NoticesEveryOneOfManyQuickChanges) {
    const auto git = hosted("r");
    git.import(head("main", 1) + file("a", "x") + "\n" + head("main", 2, ":1") + file("a", "y") +
               "\n");
    const std::array ids{id(git, "main"), id(git, "main^")};
    const auto path = fs::path(git.folder()) / "refs/heads/main";
    // Renamed over as git does, a thousand times and so in the same tick of the clock.
    for (std::size_t i = 0; i < 1000; ++i) {
        write_file(path.string() + ".lock", ids[i % 2].hex() + "\n");
        fs::rename(path.string() + ".lock", path);
        ASSERT_EQ(now()->find_branch("main")->id, ids[i % 2]) << i;
    }
}

TEST_F(RefStoreTest, PassesOverWhatIsNoRef) {
    const auto git = hosted("r");
    git.import(head("main", 1) + file("a", "x") + "\n");
    const fs::path heads = fs::path(git.folder()) / "refs/heads";
    const auto main = bytes_of(heads / "main");
    for (const auto name : {"a.lock", ".hidden", "bad name", "x~y"}) write_file(heads / name, main);
    write_file(heads / "empty", "");
    write_file(heads / "words", "not an id");
    write_file(heads / "short", main.substr(0, 30));
    write_file(heads / "zeros", std::string(40, '0') + "\n");
    write_file(heads / "loop", "ref: refs/heads/loop\n");
    fs::create_directory(heads / "nothing");
    fs::create_symlink("/etc/passwd", heads / "link");
    ASSERT_EQ(::mkfifo((heads / "pipe").c_str(), 0600), 0);
    EXPECT_EQ(now()->all().size(), 1u);
    for (const std::string_view packed :
         {"x", "1234 refs/heads/x\n", "^1111111111111111111111111111111111111111\n"}) {
        write_file(fs::path(git.folder()) / "packed-refs", packed);
        const auto read = store_->current();
        ASSERT_FALSE(read) << packed;
        EXPECT_EQ(read.error().code(), Errc::Corrupt);
        EXPECT_TRUE(read.error().field("file").ends_with("/packed-refs"));
    }
}

TEST_F(RefStoreTest, ReadsNamesAsDeepAsTheyMayBe) {
    const auto git = hosted("r");
    git.import(head("main", 1) + file("a", "x") + "\n");
    std::string deep = "refs/heads";
    for (std::size_t parts = 2; parts < kMostRefParts; ++parts) deep += "/d";
    const auto tip = id(git, "main");
    ASSERT_TRUE(update(git, {{.name = deep, .target = tip}}));
    ASSERT_NE(now()->find(deep), nullptr);
    ASSERT_TRUE(update(git, {{.name = deep, .target = ObjectId()}}));
    EXPECT_EQ(update(git, {{.name = deep + "/d", .target = tip}}).error().code(), Errc::Invalid);
    // What git has let in is not looked at.
    git.run({"update-ref", deep + "/d/d/d", "main"});
    EXPECT_EQ(now()->all().size(), 1u);
}

TEST_F(RefStoreTest, HoldsTwentyThousand) {
    const auto git = hosted("r");
    git.import(head("main", 1) + file("a", "x") + "\n");
    const auto tip = id(git, "main").hex();
    std::set<std::string> names;
    for (int i = 0; i < 15'000; ++i) names.insert(fmt::format("refs/heads/{}/n{}", i % 20, i));
    for (int i = 0; i < 4'000; ++i) names.insert(fmt::format("refs/tags/{}/n{}", i % 20, i));
    std::string packed = "# pack-refs with: peeled fully-peeled sorted \n";
    for (const auto& name : names) packed += tip + " " + name + "\n";
    write_file(fs::path(git.folder()) / "packed-refs", packed);
    std::string loose;
    for (int i = 0; i < 1'000; ++i)
        loose += fmt::format("create refs/tags/{}/loose{} {}\n", i % 20, i, tip);
    git.run({"update-ref", "--stdin"}, loose);
    const auto refs = now();
    EXPECT_EQ(refs->all().size(), 20'001u);
    EXPECT_EQ(listed(*refs), git.run({"show-ref", "-d", "--heads", "--tags"}));
    EXPECT_EQ(refs->with_prefix("refs/heads/7/").size(), 750u);
    EXPECT_EQ(refs->find_branch("7/n7")->id.hex(), tip);
}

TEST_F(RefStoreTest, MovesAllOrNone) {
    const auto git = hosted("r");
    git.import(head("main", 1) + file("a", "x") + "\n" + head("main", 2, ":1") + file("a", "y") +
               "\n");
    const auto tip = id(git, "main"), old = id(git, "main^");
    const ObjectId none;
    ASSERT_TRUE(update(git, {{.name = "refs/heads/x", .target = old, .expected = none},
                             {.name = "refs/tags/t", .target = tip},
                             {.name = "refs/heads/main", .target = old, .expected = tip}}));
    EXPECT_EQ(now()->find_branch("x")->id, old);
    EXPECT_EQ(now()->find_branch("main")->id, old);
    // What one of them expects is not so: none of them moves.
    const auto refused = update(git, {{.name = "refs/heads/x", .target = none, .expected = old},
                                      {.name = "refs/heads/main", .target = tip, .expected = tip}});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), Errc::Conflict) << refused.error().describe();
    EXPECT_EQ(refused.error().field("ref"), "refs/heads/main");
    EXPECT_EQ(now()->find_branch("x")->id, old);
    ASSERT_TRUE(update(git, {{.name = "refs/heads/x", .target = none, .expected = old}}));
    EXPECT_EQ(now()->find_branch("x"), nullptr);
    ASSERT_TRUE(update(git, {{.name = "refs/heads/x", .target = none}})) << "it is gone already";
    ASSERT_TRUE(update(git, {}));
}

TEST_F(RefStoreTest, SaysWhatIsWrongAndWithWhich) {
    const auto git = hosted("r");
    git.import(head("main", 1) + file("a", "x") + "\n");
    const auto tip = id(git, "main"), blob = id(git, "main:a");
    const auto nowhere = ObjectId::from_hex(std::string(40, '7')).value();
    const auto expect = [&](RefUpdate wanted, Errc code) {
        SCOPED_TRACE(wanted.name);
        const auto done = update(git, {wanted});
        ASSERT_FALSE(done);
        EXPECT_EQ(done.error().code(), code) << done.error().describe();
        EXPECT_EQ(done.error().field("ref"), text::printable(wanted.name));
    };
    expect({.name = "refs/heads/main/x", .target = tip}, Errc::Conflict);
    expect({.name = "refs/heads/main", .target = tip, .expected = ObjectId()}, Errc::Conflict);
    expect({.name = "refs/heads/y", .target = tip, .expected = tip}, Errc::Conflict);
    expect({.name = "refs/heads/main", .target = blob}, Errc::Invalid);
    expect({.name = "refs/heads/new", .target = nowhere}, Errc::Invalid);
    for (const std::string name : {"main", "refs/heads/a b", "refs/heads/../x", "HEAD", "x/y",
                                   "refs/heads/a\nupdate refs/heads/b"})
        expect({.name = name, .target = tip}, Errc::Invalid);
    const auto twice = update(
        git, {{.name = "refs/heads/z", .target = tip}, {.name = "refs/heads/z", .target = tip}});
    EXPECT_EQ(twice.error().code(), Errc::Invalid);
    const auto under = update(
        git, {{.name = "refs/heads/q", .target = tip}, {.name = "refs/heads/q/r", .target = tip}});
    EXPECT_EQ(under.error().code(), Errc::Conflict) << under.error().describe();
    write_file(fs::path(git.folder()) / "refs/heads/held.lock", "");
    expect({.name = "refs/heads/held", .target = tip}, Errc::Conflict);
    EXPECT_EQ(git.run({"for-each-ref", "--format=%(refname)"}), "refs/heads/main");
}

TEST_F(RefStoreTest, WritesDownWhoAndWhy) {
    const auto git = hosted("r");
    git.import(head("main", 1) + file("a", "x") + "\n");
    const auto tip = id(git, "main");
    ASSERT_TRUE(update(git, {{.name = "refs/heads/x", .target = tip}}));
    EXPECT_EQ(
        bytes_of(fs::path(git.folder()) / "logs/refs/heads/x"),
        std::string(40, '0') + " " + tip.hex() + " Eve <eve@x> 1700000000 -0330\tby a test\n");
    auto note = kNote;
    for (const std::string message : {"--stdin", "-d", "", " ", "two\nlines", "$(touch x)"}) {
        note.message = message;
        const std::vector<RefUpdate> wanted{{.name = "refs/tags/" + tip.hex(), .target = tip}};
        EXPECT_TRUE(update_refs(ctx_, tool(), git.folder(), wanted, note)) << message;
    }
    for (const auto& who : {Identity{.name = "", .email = "x", .time = {}},
                            Identity{.name = "a\nb", .email = "x", .time = {}},
                            Identity{.name = "a", .email = "x>", .time = {}},
                            Identity{.name = "a", .email = "x", .time = Time::from_seconds(-1)},
                            Identity{.name = "a", .email = "x", .time = {}, .zone_minutes = 900}}) {
        note.who = who;
        const std::vector<RefUpdate> wanted{{.name = "refs/heads/w", .target = tip}};
        EXPECT_EQ(update_refs(ctx_, tool(), git.folder(), wanted, note).error().code(),
                  Errc::Invalid);
    }
}

TEST_F(RefStoreTest, RunsNoHookWhateverTheConfigurationSays) {
    const auto git = hosted("r");
    git.import(head("main", 1) + file("a", "x") + "\n");
    const auto hook = root() / "hooks/reference-transaction";
    write_file(hook, "#!/bin/sh\ntouch " + (root() / "ran").string() + "\n");
    fs::permissions(hook, fs::perms::owner_all);
    git.run({"config", "core.hooksPath", (root() / "hooks").string()});
    ASSERT_TRUE(update(git, {{.name = "refs/heads/x", .target = id(git, "main")}}));
    EXPECT_FALSE(fs::exists(root() / "ran"));
}

TEST_F(RefStoreTest, ManyReadWhileOthersPush) {
    const auto git = hosted("r");
    git.import(head("main", 1) + file("a", "x") + "\n");
    const auto away = init("away", {});
    away.run({"pull", "-q", "file://" + git.folder(), "main"});
    std::atomic<bool> is_over = false;
    std::atomic<std::size_t> reads = 0;
    std::vector<std::jthread> readers;
    for (int i = 0; i < 4; ++i)
        readers.emplace_back([&] {
            std::size_t most = 0;
            do {
                const auto refs = store_->current();
                ASSERT_TRUE(refs) << refs.error().describe();
                // Branches are only added: whoever looks again sees no fewer.
                ASSERT_GE((*refs)->branches().size(), most);
                most = (*refs)->branches().size();
                ++reads;
            } while (!is_over);
        });
    for (int i = 0; i < 20; ++i) {
        const auto name = "topic/" + std::to_string(i);
        away.run({"push", "-q", "file://" + git.folder(), "HEAD:refs/heads/" + name});
        EXPECT_NE(now()->find_branch(name), nullptr) << "a push that is over is seen";
        if (i % 7 == 3) git.run({"pack-refs", "--all"});
    }
    is_over = true;
    readers.clear();
    EXPECT_GT(reads, 0u);
    EXPECT_EQ(listed(*now()), git.run({"show-ref", "-d", "--heads", "--tags"}));
}

}  // namespace
}  // namespace forgehouse::git
