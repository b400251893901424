#include "git/hosted/commit_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
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
using Kind = FileWrite::Kind;

class CommitWriterTest : public Scratch {
protected:
    Git hosted(std::string_view name, ObjectFormat format = ObjectFormat::Sha1) {
        const auto folder = (root() / name).string();
        const auto made = create_bare(folder, format, "main");
        EXPECT_TRUE(made) << made.error().describe();
        auto opened = ServedRepository::open(tool(), folder);
        EXPECT_TRUE(opened) << opened.error().describe();
        served_ = std::move(*opened);
        return Git(folder);
    }
    static CommitWrite commit(std::vector<FileWrite> changes,
                              std::optional<ObjectId> parent = std::nullopt) {
        return {.branch = "main",
                .parent = parent,
                .author = {.name = "Ada Løve",
                           .email = "ada@x",
                           .time = Time::from_seconds(1'700'000'000),
                           .zone_minutes = 330},
                .committer = {.name = "Ben",
                              .email = "ben@x",
                              .time = Time::from_seconds(1'700'000'001),
                              .zone_minutes = -480},
                .message = "subject\n\nbody\n",
                .changes = std::move(changes)};
    }
    Result<ObjectId> write(const CommitWrite& wanted) {
        return write_commit(ctx_, *served_, wanted);
    }
    static void expect_sound(const Git& git) {
        EXPECT_EQ(git.run({"fsck", "--strict", "--no-dangling", "--no-progress"}), "");
    }

    std::shared_ptr<ServedRepository> served_;
};

TEST_F(CommitWriterTest, WritesWhatItIsGiven) {
    using namespace std::string_literals;
    for (const auto format : {ObjectFormat::Sha1, ObjectFormat::Sha256}) {
        const auto git = hosted(format == ObjectFormat::Sha1 ? "a" : "b", format);
        const std::vector<std::string> names{"a",         "dir/b", "dir/deep/c",  "\"quoted\"",
                                             "new\nline", "tab\t", "back\\slash", "latin\xe9",
                                             "-flag",     " lead"};
        std::vector<FileWrite> files;
        for (const auto& name : names) files.push_back({.path = name, .content = name + "\0x\n"s});
        files.push_back({.path = "run", .content = "#!/bin/sh\n", .kind = Kind::Executable});
        files.push_back({.path = "link", .content = "a", .kind = Kind::Symlink});
        files.push_back({.path = "empty", .content = ""});
        const auto first = write(commit(files));
        ASSERT_TRUE(first) << first.error().describe();
        EXPECT_EQ(git.run({"rev-parse", "main"}), first->hex());
        EXPECT_EQ(
            git.run({"cat-file", "-p", "main"}),
            "tree " + git.run({"rev-parse", "main^{tree}"}) +
                "\nauthor Ada Løve <ada@x> 1700000000 +0530\ncommitter Ben <ben@x> 1700000001 "
                "-0800\n\nsubject\n\nbody");
        for (const auto& name : names)
            EXPECT_EQ(git.run({"cat-file", "blob", "main:" + name}), name + "\0x"s);
        EXPECT_TRUE(git.run({"ls-tree", "main", "run"}).starts_with("100755 "));
        EXPECT_TRUE(git.run({"ls-tree", "main", "link"}).starts_with("120000 "));
        const auto second = write(commit({{.path = "dir", .content = "a file now"},
                                          {.path = "a/b", .content = "a folder now"},
                                          {.path = "run", .content = {}, .kind = Kind::Deleted},
                                          {.path = "none", .content = {}, .kind = Kind::Deleted}},
                                         *first));
        ASSERT_TRUE(second) << second.error().describe();
        EXPECT_EQ(git.run({"-c", "core.quotePath=false", "diff", "--name-status", "--no-renames",
                           "main^", "main"}),
                  "D\ta\nA\ta/b\nA\tdir\nD\tdir/b\nD\tdir/deep/c\nD\trun");
        EXPECT_EQ(served_->resolve(ctx_, "main")->commit, *second);
        ASSERT_TRUE(write(commit({}, *second))) << "a commit may change nothing";
        EXPECT_EQ(git.run({"diff", "main^", "main"}), "");
        EXPECT_EQ(git.run({"for-each-ref", "--format=%(refname)"}), "refs/heads/main");
        EXPECT_EQ(git.run({"reflog", "show", "--format=%gs %gn", "main"}),
                  "commit Ben\ncommit Ben\ncommit Ben");
        expect_sound(git);
    }
}

TEST_F(CommitWriterTest, StartsBranches) {
    const auto git = hosted("r");
    const auto first = write(commit({{.path = "a", .content = "1"}})).value();
    auto wanted = commit({{.path = "b", .content = "2"}});
    wanted.branch = "topic/x";
    wanted.start = first;
    const auto second = write(wanted);
    ASSERT_TRUE(second) << second.error().describe();
    EXPECT_EQ(git.run({"rev-parse", "topic/x^"}), first.hex());
    wanted.branch = "orphan";
    wanted.start.reset();
    ASSERT_TRUE(write(wanted));
    EXPECT_EQ(git.run({"rev-list", "--count", "orphan"}), "1");
    wanted.branch = "topic";
    const auto in_the_way = write(wanted);
    EXPECT_EQ(in_the_way.error().code(), Errc::Conflict) << in_the_way.error().describe();
    EXPECT_EQ(in_the_way.error().field("ref"), "refs/heads/topic");
    expect_sound(git);
}

TEST_F(CommitWriterTest, RefusesWhereTheBranchHasMoved) {
    const auto git = hosted("r");
    const auto first = write(commit({{.path = "a", .content = "1"}})).value();
    const auto second = write(commit({{.path = "a", .content = "2"}}, first)).value();
    for (const auto& wanted : {commit({{.path = "a", .content = "3"}}, first),
                               commit({{.path = "a", .content = "3"}})}) {
        const auto refused = write(wanted);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code(), Errc::Conflict);
        EXPECT_EQ(refused.error().field("ref"), "refs/heads/main");
    }
    auto elsewhere = commit({}, first);
    elsewhere.branch = "none";
    EXPECT_EQ(write(elsewhere).error().code(), Errc::Conflict);
    elsewhere.parent.reset();
    elsewhere.start = ObjectId::from_hex(std::string(40, '7'));
    EXPECT_EQ(write(elsewhere).error().code(), Errc::NotFound);
    EXPECT_EQ(git.run({"rev-parse", "main"}), second.hex());
    EXPECT_EQ(git.run({"count-objects"}).substr(0, 9), "6 objects") << "nothing was written";
}

TEST_F(CommitWriterTest, RefusesWhatGitWouldNotKeep) {
    const auto git = hosted("r");
    for (const std::string& path :
         {std::string(), std::string(".git/config"), std::string("a/.GIT/hooks/x"),
          std::string("../x"), std::string("/etc/passwd"), std::string("a//b"), std::string("a/"),
          std::string("git~1"), std::string(".git "), std::string(".g\u200cit"),
          std::string("a\0b", 3), std::string("."), std::string(".git::$INDEX_ALLOCATION")}) {
        for (const auto kind : {Kind::Plain, Kind::Deleted}) {
            const auto refused = write(commit({{.path = path, .content = "x", .kind = kind}}));
            ASSERT_FALSE(refused) << path;
            EXPECT_EQ(refused.error().code(), Errc::Invalid);
            EXPECT_EQ(refused.error().field("path"), text::json_quoted(path));
        }
    }
    const auto expect_invalid = [this](const CommitWrite& wanted) {
        const auto refused = write(wanted);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code(), Errc::Invalid) << refused.error().describe();
    };
    expect_invalid(commit({{.path = ".gitmodules", .content = "x", .kind = Kind::Symlink}}));
    expect_invalid(commit({{.path = "l", .content = "", .kind = Kind::Symlink}}));
    expect_invalid(commit({{.path = "a", .content = "x"}, {.path = "a", .content = "y"}}));
    expect_invalid(commit({{.path = "a-b", .content = "x"},
                           {.path = "a", .content = "x"},
                           {.path = "a.b", .content = "x"},
                           {.path = "a/b", .content = "y"}}));
    auto wanted = commit({{.path = "a", .content = "x"}});
    wanted.message = std::string("a\0b", 3);
    expect_invalid(wanted);
    for (const std::string branch : {"", "-x", "a..b", "a b", "x\ny", "a.lock"}) {
        wanted = commit({{.path = "a", .content = "x"}});
        wanted.branch = branch;
        expect_invalid(wanted);
    }
    for (const std::string name : {"", "A <x>", "A\ncommitter B"}) {
        wanted = commit({{.path = "a", .content = "x"}});
        wanted.author.name = name;
        expect_invalid(wanted);
    }
    EXPECT_EQ(git.run({"count-objects"}), "0 objects, 0 kilobytes");
    EXPECT_EQ(git.run({"for-each-ref"}), "");
}

TEST_F(CommitWriterTest, NothingInItIsACommandToGit) {
    const auto git = hosted("r");
    const std::string evil = "\nM 100644 inline x\ndata 0\n\nreset refs-evil\nfrom :1\n\ndone\n";
    auto wanted = commit({{.path = "a" + evil, .content = evil},
                          {.path = "b", .content = "EOF\n" + evil},
                          {.path = "q\" c\"", .content = "q"}});
    wanted.message = evil;
    wanted.note = evil;
    const auto written = write(wanted);
    ASSERT_TRUE(written) << written.error().describe();
    EXPECT_EQ(git.run({"for-each-ref", "--format=%(refname)"}), "refs/heads/main");
    EXPECT_EQ(git.run({"ls-tree", "--name-only", "-z", "main"}),
              "a" + evil + std::string(1, '\0') + "b" + std::string(1, '\0') + "q\" c\"" +
                  std::string(1, '\0'));
    EXPECT_EQ(git.run({"cat-file", "blob", "main:b"}) + "\n", "EOF\n" + evil);
    expect_sound(git);
}

TEST_F(CommitWriterTest, RunsNoHook) {
    const auto git = hosted("r");
    const auto ran = (root() / "ran").string();
    for (const auto* hook : {"reference-transaction", "post-commit", "update", "post-update"})
        for (const auto& folder : {root() / "hooks", fs::path(git.folder()) / "hooks"}) {
            write_file(folder / hook, "#!/bin/sh\ntouch " + ran + "\n");
            fs::permissions(folder / hook, fs::perms::owner_all);
        }
    git.run({"config", "core.hooksPath", (root() / "hooks").string()});
    ASSERT_TRUE(write(commit({{.path = "a", .content = "1"}})));
    EXPECT_FALSE(fs::exists(ran));
}

TEST_F(CommitWriterTest, OneOfManyWins) {
    const auto git = hosted("r");
    ASSERT_TRUE(write(commit({{.path = "a", .content = "0"}})));
    std::atomic<int> won = 0, lost = 0;
    std::vector<std::jthread> writers;
    for (int i = 0; i < 4; ++i)
        writers.emplace_back([&, i] {
            for (int round = 0; round < 4; ++round) {
                const auto now = served_->resolve(ctx_, "main");
                ASSERT_TRUE(now);
                const auto done = write(commit(
                    {{.path = fmt::format("f{}-{}", i, round), .content = "x"}}, now->commit));
                if (!done)
                    ASSERT_EQ(done.error().code(), Errc::Conflict) << done.error().describe();
                ++(done ? won : lost);
            }
        });
    writers.clear();
    EXPECT_EQ(won + lost, 16);
    EXPECT_GT(won, 0);
    EXPECT_EQ(git.run({"rev-list", "--count", "main"}), std::to_string(1 + won));
    EXPECT_EQ(std::ranges::count(git.run({"ls-tree", "--name-only", "main"}), '\n'), won.load())
        << "no file of a winner is lost";
    expect_sound(git);
}

TEST_F(CommitWriterTest, WhatIsCutOffLeavesNoTrace) {
    const auto git = hosted("r");
    const auto first = write(commit({{.path = "a", .content = "1"}})).value();
    const auto stream =
        import_stream(commit({{.path = "b", .content = std::string(2000, 'x')}}, first));
    // As if the writer had been killed: the stream ends in the midst of it, and git with it.
    for (std::size_t size = 0; size < stream.size(); size += 97) {
        auto command = served_->repository().command(commands::kImportCommit);
        command.input = true;
        const auto said =
            exec::run(ctx_, std::move(command), std::string_view(stream).substr(0, size));
        ASSERT_TRUE(said);
        EXPECT_NE(said->exit.code, 0);
    }
    // … and after its objects, before its ref.
    auto command = served_->repository().command(commands::kImportCommit);
    command.input = true;
    ASSERT_TRUE(exec::run(ctx_, std::move(command), stream));
    EXPECT_EQ(git.run({"for-each-ref", "--format=%(objectname)"}), first.hex());
    EXPECT_EQ(git.run({"fsck", "--strict", "--no-dangling", "--no-progress"}), "");
    for (const auto& entry : fs::directory_iterator(git.folder()))
        EXPECT_FALSE(entry.path().filename().string().starts_with("fast_import_crash"));
    EXPECT_TRUE(write(commit({{.path = "b", .content = "2"}}, first)));
}

TEST_F(CommitWriterTest, ReadersSeeEveryCommitAtOnce) {
    hosted("r");
    auto tip = write(commit({{.path = "a", .content = "0"}})).value();
    std::atomic<bool> is_over = false;
    std::vector<std::jthread> readers;
    for (int i = 0; i < 3; ++i)
        readers.emplace_back([&] {
            do {
                const auto now = served_->resolve(ctx_, "main");
                ASSERT_TRUE(now) << now.error().describe();
                const auto read = served_->read(ctx_, now->commit, "a");
                ASSERT_TRUE(read) << read.error().describe();
            } while (!is_over);
        });
    for (int i = 1; i < 12; ++i) {
        const auto done = write(commit({{.path = "a", .content = std::to_string(i)}}, tip));
        ASSERT_TRUE(done) << done.error().describe();
        tip = *done;
        EXPECT_EQ(
            served_->read(ctx_, served_->resolve(ctx_, "main")->commit, "a")->content.content(),
            std::to_string(i));
    }
    is_over = true;
}

}  // namespace
}  // namespace forgehouse::git
