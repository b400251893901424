#include "git/hosted/served_repository.h"

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

using testing::file;
using testing::Git;
using testing::head;
using testing::Scratch;

class ServedRepositoryTest : public Scratch {
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
    static ObjectId id(const Git& git, const std::string& name) {
        return ObjectId::from_hex(git.run({"rev-parse", name})).value();
    }
    static std::vector<std::string> lines(const std::string& text) {
        std::vector<std::string> out;
        for (const auto line : text::split(text, '\n'))
            if (!line.empty()) out.emplace_back(line);
        return out;
    }
    std::string resolved(std::string_view text) {
        const auto found = served_->resolve(ctx_, text);
        if (!found) return std::string(name_of(found.error().code()));
        return found->commit.hex() + " " + found->ref;
    }
    /// All pages of a log.
    std::vector<std::string> pages(LogQuery query, std::size_t* page_count = nullptr) {
        std::vector<std::string> out;
        do {
            const auto page = served_->log(ctx_, query);
            EXPECT_TRUE(page) << page.error().describe();
            if (!page) break;
            EXPECT_LE(page->commits.size(), query.size);
            for (const auto& commit : page->commits) out.push_back(commit.hex());
            query.after = page->next;
            if (page_count != nullptr) ++*page_count;
        } while (!query.after.empty());
        return out;
    }
    std::string diff(const DiffQuery& query) {
        std::string out;
        const auto done = served_->diff(ctx_, query, [&out](std::string_view piece) {
            out += piece;
            return Result<void>();
        });
        EXPECT_TRUE(done) << done.error().describe();
        while (out.ends_with('\n')) out.pop_back();
        return out;
    }

    std::shared_ptr<ServedRepository> served_;
};

TEST_F(ServedRepositoryTest, ResolvesInItsOrder) {
    for (const auto format : {ObjectFormat::Sha1, ObjectFormat::Sha256}) {
        const auto git = hosted(format == ObjectFormat::Sha1 ? "a" : "b", format);
        EXPECT_EQ(resolved("HEAD"), "not_found") << "the repository is empty";
        git.import(testing::nasty_history(format));
        git.run({"tag", "-a", "-m", "x", "v1", "main"});
        git.run({"tag", "-a", "-m", "x", "tree", "main^{tree}"});
        git.run({"tag", "side", "other"});
        const auto main = id(git, "main").hex(), side = id(git, "refs/heads/side").hex();
        EXPECT_EQ(resolved("HEAD"), main + " refs/heads/main");
        EXPECT_EQ(resolved("main"), main + " refs/heads/main");
        EXPECT_EQ(resolved("refs/heads/main"), main + " refs/heads/main");
        EXPECT_EQ(resolved("side"), side + " refs/heads/side") << "branches before tags";
        EXPECT_EQ(resolved("refs/tags/side"), id(git, "other").hex() + " refs/tags/side");
        EXPECT_EQ(resolved("v1"), main + " refs/tags/v1");
        EXPECT_EQ(resolved(main), main + " ");
        EXPECT_EQ(resolved(main.substr(0, 7)), main + " ");
        EXPECT_EQ(resolved(text::lower_ascii(main.substr(0, 12))), main + " ");
        EXPECT_EQ(resolved(id(git, "v1").hex()), main + " ") << "a tag's own id";
        EXPECT_EQ(resolved(main.substr(0, 6)), "not_found") << "too short";
        for (const auto* text : {"tree", "refs/tags/tree"}) EXPECT_EQ(resolved(text), "invalid");
        EXPECT_EQ(resolved(id(git, "main^{tree}").hex()), "invalid");
        for (const std::string& text :
             {std::string(), std::string("none"), std::string("main^"), std::string("-x"),
              std::string("../HEAD"), std::string("@"), main + "0", std::string(main.size(), '7'),
              std::string("7777777"), std::string("main\0x", 6), std::string(9000, 'a')})
            EXPECT_EQ(resolved(text), "not_found") << text.substr(0, 50);
        // As git has it: what looks like an id, and is the name of a branch, is the branch.
        git.run({"branch", main.substr(0, 8), "refs/heads/side"});
        EXPECT_EQ(resolved(main.substr(0, 8)), side + " refs/heads/" + main.substr(0, 8));
        git.run({"gc", "-q"});
        EXPECT_EQ(resolved(main.substr(0, 10)), main + " ");
        git.run({"multi-pack-index", "write"});
        EXPECT_EQ(resolved(main.substr(0, 10)), main + " ");
    }
}

TEST_F(ServedRepositoryTest, SaysThatABeginningIsAmbiguous) {
    const auto git = hosted("r");
    // Of so many commits some share their first seven digits: 9,000² / 2 / 16⁷ is about 0.15, so
    // the objects are made up, with ids of our choice.
    git.import(head("main", 1) + file("a", "x") + "\n");
    const auto main = id(git, "main").hex();
    const auto other = main.substr(0, 20) + std::string(20, main[20] == '0' ? '1' : '0');
    const auto objects = std::filesystem::path(git.folder()) / "objects";
    git.run({"-c", "core.looseCompression=0", "unpack-objects", "-q"},
            git.run({"pack-objects", "--stdout", "-q"}, main + "\n"));
    std::filesystem::create_directories(objects / other.substr(0, 2));
    testing::write_file(objects / other.substr(0, 2) / other.substr(2),
                        testing::bytes_of(objects / main.substr(0, 2) / main.substr(2)));
    const auto found = served_->resolve(ctx_, main.substr(0, 10));
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code(), Errc::Conflict) << found.error().describe();
    EXPECT_NE(found.error().field("rev"), "");
    EXPECT_EQ(resolved(main.substr(0, 30)), main + " ");
}

TEST_F(ServedRepositoryTest, TellsACommit) {
    const auto git = hosted("r");
    git.import(testing::nasty_history());
    const auto told = served_->commit(ctx_, id(git, "main~1"));
    ASSERT_TRUE(told) << told.error().describe();
    EXPECT_EQ(told->commit.parents.size(), 3u);
    EXPECT_EQ(told->tree, id(git, "main~1^{tree}"));
    EXPECT_EQ(told->raw_author, "B <b@x>");
    EXPECT_EQ(told->commit.committer.zone, "+0000");
    EXPECT_EQ(served_->commit(ctx_, id(git, "main^{tree}")).error().code(), Errc::Invalid);
    const auto none = ObjectId::from_hex(std::string(40, '7')).value();
    EXPECT_EQ(served_->commit(ctx_, none).error().code(), Errc::NotFound);
    EXPECT_EQ(served_->commits(ctx_, std::vector{id(git, "main"), id(git, "side")})->size(), 2u);
}

TEST_F(ServedRepositoryTest, AsksNoProcessForWhatIsNotThere) {
    const auto git = hosted("r");
    git.import(testing::nasty_history());
    const auto none = ObjectId::from_hex(std::string(40, '7')).value();
    EXPECT_EQ(resolved(none.hex()), "not_found");
    EXPECT_EQ(served_->commit(ctx_, none).error().code(), Errc::NotFound);
    EXPECT_EQ(served_->log(ctx_, {.include = {none}}).error().code(), Errc::NotFound);
    EXPECT_EQ(served_->diffstat(ctx_, {.base = {}, .commit = none}).error().code(), Errc::NotFound);
    EXPECT_EQ(served_->merge_base(ctx_, none, id(git, "main")).error().code(), Errc::NotFound);
    EXPECT_EQ(served_->find(ctx_, none, "a").error().code(), Errc::NotFound);
    ASSERT_TRUE(served_->diffstat(ctx_, {.base = id(git, "side"), .commit = id(git, "main")}));
    EXPECT_EQ(exec::Process::alive(), 0) << "nor is one kept";
}

TEST_F(ServedRepositoryTest, LogsInPagesAsGitLists) {
    for (const auto format : {ObjectFormat::Sha1, ObjectFormat::Sha256}) {
        const auto git = hosted(format == ObjectFormat::Sha1 ? "a" : "b", format);
        git.import(format == ObjectFormat::Sha1 ? testing::busy_history(1, 150)
                                                : testing::nasty_history(format));
        std::vector<ObjectId> all;
        for (const auto& line : lines(git.run({"for-each-ref", "--format=%(objectname)"})))
            all.push_back(ObjectId::from_hex(line).value());
        const auto path = std::string(lines(git.run({"ls-tree", "--name-only", "main"})).front());
        for (const std::size_t size : {1u, 7u, 1000u}) {
            SCOPED_TRACE(size);
            EXPECT_EQ(pages({.include = {id(git, "main")}, .size = size}),
                      lines(git.run({"log", "--format=%H", "main"})));
            EXPECT_EQ(pages({.include = all, .size = size}),
                      lines(git.run({"log", "--format=%H", "--all"})));
            EXPECT_EQ(
                pages({.include = {id(git, "main")}, .exclude = {id(git, "main^")}, .size = size}),
                lines(git.run({"log", "--format=%H", "main", "^main^"})));
            EXPECT_EQ(pages({.include = {id(git, "main")}, .path = path, .size = size}),
                      lines(git.run({"log", "--format=%H", "main", "--", path})));
        }
        EXPECT_TRUE(pages({.include = {id(git, "main")}, .exclude = {id(git, "main")}}).empty());
    }
}

TEST_F(ServedRepositoryTest, PagesStayWhatTheyAreWhenABranchMoves) {
    const auto git = hosted("r");
    std::string history = head("main", 1) + file("a", "0") + "\n";
    for (int i = 2; i < 40; ++i)
        history += head("main", i, fmt::format(":{}", i - 1)) + file("a", std::to_string(i)) + "\n";
    git.import(history);
    const auto all = lines(git.run({"log", "--format=%H", "main"}));
    auto page = served_->log(ctx_, {.include = {id(git, "main")}, .size = 10}).value();
    EXPECT_TRUE(page.next.contains('.')) << "it goes on from the commits that it has come to";
    git.import(head("main", 99, "refs/heads/main^0") + file("a", "new") + "\n");
    page =
        served_->log(ctx_, {.include = {id(git, "main")}, .size = 10, .after = page.next}).value();
    EXPECT_EQ(page.commits.front().hex(), all[10]);
    const std::string a40(40, 'a');
    for (const auto& after :
         std::vector<std::string>{"x", "-1", "0", "10.", "10.5", "10.5.", "10.5.abc",
                                  "10.5." + a40.substr(1), "10.x." + a40, "10.5.6." + a40,
                                  "10.5." + std::string(40 * 65, 'a'), "99999999999999999999"}) {
        const auto refused = served_->log(ctx_, {.include = {id(git, "main")}, .after = after});
        ASSERT_FALSE(refused) << after;
        EXPECT_EQ(refused.error().code(), Errc::Invalid);
        EXPECT_NE(refused.error().field("after"), "");
    }
    const auto gone =
        served_->log(ctx_, {.include = {id(git, "main")}, .after = "10.5." + std::string(40, 'a')});
    EXPECT_EQ(gone.error().code(), Errc::NotFound);
}

TEST_F(ServedRepositoryTest, PagesAreExactWhereClocksAreWrong) {
    const auto git = hosted("r");
    std::string history;
    const auto commit = [&](int mark, int date, std::string_view from) {
        history += fmt::format(
            "commit refs/heads/main\nmark :{}\ncommitter B <b@x> {} +0000\ndata 2\nm\n\n", mark,
            1000000000 + date);
        history += from;
        history += file("a", std::to_string(mark)) + "\n";
    };
    // Two lines of history from commit 1; that of the even ones has clocks long before it.
    commit(1, 5000, "");
    for (int i = 2; i < 40; ++i)
        commit(i, i % 2 == 0 ? 10 + i : 6000 + i, fmt::format("from :{}\n", std::max(1, i - 2)));
    commit(40, 9000, "from :39\nmerge :38\n");
    git.import(history);
    for (std::size_t size = 1; size < 45; ++size) {
        SCOPED_TRACE(size);
        EXPECT_EQ(pages({.include = {id(git, "main")}, .size = size}),
                  lines(git.run({"log", "--format=%H", "main"})));
    }
}

TEST_F(ServedRepositoryTest, FollowsFilesAndKnowsLastChanges) {
    const auto git = hosted("r");
    git.import(testing::nasty_history());
    std::vector<std::string> ours;
    FileLogQuery query{.commit = id(git, "main~1"), .path = "moved", .size = 1};
    do {
        const auto page = served_->file_history(ctx_, query);
        ASSERT_TRUE(page) << page.error().describe();
        for (const auto& entry : page->entries)
            ours.insert(ours.end(), {entry.commit.hex(), entry.path});
        query.after = page->next;
    } while (!query.after.empty());
    EXPECT_EQ(
        ours,
        lines(git.run({"log", "--follow", "--name-only", "--format=%H", "main~1", "--", "moved"})));
    EXPECT_EQ(ours.back(), "a");
    for (const std::string folder : {"", "dir", "z", "dir/deep"}) {
        const auto changes =
            served_->last_changes(ctx_, {.commit = id(git, "main~1"), .path = folder});
        ASSERT_TRUE(changes) << changes.error().describe();
        EXPECT_FALSE(changes->empty());
        for (const auto& change : *changes) {
            const auto path = folder.empty() ? change.name : folder + "/" + change.name;
            SCOPED_TRACE(::testing::PrintToString(path));
            ASSERT_TRUE(change.commit);
            EXPECT_EQ(change.commit->hex(), git.run({"--literal-pathspecs", "log", "-1",
                                                     "--format=%H", "main~1", "--", path}));
        }
    }
    EXPECT_EQ(
        served_->last_changes(ctx_, {.commit = id(git, "main~1"), .path = "none"}).error().code(),
        Errc::NotFound);
}

TEST_F(ServedRepositoryTest, LastChangesAreThoseOfABusyHistory) {
    const auto git = hosted("r");
    git.import(testing::busy_history(7, 200));
    const auto changes = served_->last_changes(ctx_, {.commit = id(git, "main")});
    ASSERT_TRUE(changes) << changes.error().describe();
    for (const auto& change : *changes)
        EXPECT_EQ(change.commit->hex(),
                  git.run({"log", "-1", "--format=%H", "main", "--", change.name}))
            << change.name;
}

TEST_F(ServedRepositoryTest, DiffsAsGitDoes) {
    const auto git = hosted("r");
    git.import(testing::nasty_history());
    const auto main = id(git, "main~1"), side = id(git, "side"), other = id(git, "other");
    const auto expect = [&](const DiffQuery& query, std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), {"diff", "--full-index", "-M"});
        SCOPED_TRACE(fmt::format("{}", fmt::join(arguments, " ")));
        EXPECT_EQ(diff(query), git.run(std::move(arguments)));
    };
    expect({.base = side, .commit = main}, {"side", "main~1"});
    expect({.base = side, .commit = main, .context = 0}, {"-U0", "side", "main~1"});
    expect({.base = other, .commit = main, .is_topic = true}, {"other...main~1"});
    expect({.base = side, .commit = main, .with_renames = false},
           {"--no-renames", "side", "main~1"});
    expect({.base = {}, .commit = main}, {"main~1^", "main~1"});
    expect({.base = side, .commit = main, .is_ignoring_whitespace = true},
           {"-w", "side", "main~1"});
    expect({.base = side, .commit = main, .with_binary = true}, {"--binary", "side", "main~1"});
    expect({.base = {}, .commit = main, .with_binary = true}, {"--binary", "main~1^", "main~1"});
    expect({.base = side, .commit = main, .paths = {"dir", "z"}},
           {"side", "main~1", "--", "dir", "z"});
    expect({.base = side, .commit = main, .paths = {"dir", "z"}, .is_ignoring_whitespace = true},
           {"-w", "side", "main~1", "--", "dir", "z"});
    EXPECT_EQ(diff({.base = side, .commit = main, .paths = {"di"}}), "");
    const auto first = id(git, "main~4");
    EXPECT_EQ(diff({.base = {}, .commit = first, .is_ignoring_whitespace = true}),
              diff({.base = {}, .commit = first}));
    const auto orphan =
        served_->diff(ctx_, {.base = id(git, "orphan"), .commit = side, .is_topic = true},
                      [](std::string_view) { return Result<void>(); });
    EXPECT_EQ(orphan.error().code(), Errc::Invalid);
    EXPECT_EQ(served_->merge_base(ctx_, id(git, "orphan"), side).value(), std::nullopt);
    EXPECT_EQ(served_->merge_base(ctx_, other, main).value(), id(git, "other"));
    EXPECT_TRUE(served_->is_ancestor(ctx_, other, main).value());
}

TEST_F(ServedRepositoryTest, CountsLinesOfChangedFiles) {
    const auto git = hosted("r");
    git.import(testing::nasty_history());
    const auto files = served_->diffstat(
        ctx_, {.base = id(git, "side"), .commit = id(git, "main~1"), .with_renames = false});
    ASSERT_TRUE(files) << files.error().describe();
    std::string ours;
    for (const auto& file : *files)
        ours += file.is_binary
                    ? "-\t-\t" + file.path + "\n"
                    : fmt::format("{}\t{}\t{}\n", file.lines_added, file.lines_removed, file.path);
    EXPECT_GT(files->size(), 3u);
    EXPECT_EQ(ours, git.run({"-c", "core.quotePath=false", "diff", "--numstat", "--no-renames",
                             "side", "main~1"}) +
                        "\n");
}

TEST_F(ServedRepositoryTest, GivesPatchesAsMails) {
    const auto git = hosted("r");
    git.import(testing::nasty_history());
    const auto patch = [&](const ObjectId& base, const std::string& tip) {
        std::string out;
        const auto done = served_->patch(ctx_, base, id(git, tip), [&out](std::string_view piece) {
            out += piece;
            return Result<void>();
        });
        EXPECT_TRUE(done) << done.error().describe();
        while (out.ends_with('\n')) out.pop_back();
        return out;
    };
    EXPECT_EQ(patch(id(git, "side~1"), "side"),
              git.run({"format-patch", "--stdout", "side~1..side"}));
    EXPECT_EQ(patch({}, "side"), git.run({"format-patch", "--stdout", "-1", "side"}));
    EXPECT_EQ(patch({}, "orphan"), git.run({"format-patch", "--stdout", "--root", "orphan"}));
    const auto take = [](std::string_view) { return Result<void>(); };
    const auto none = ObjectId::from_hex(std::string(40, '7')).value();
    EXPECT_EQ(served_->patch(ctx_, {}, none, take).error().code(), Errc::NotFound);
    EXPECT_EQ(served_->patch(ctx_, id(git, "main:only"), none, take).error().code(),
              Errc::NotFound);
}

TEST_F(ServedRepositoryTest, ListsAndReadsFiles) {
    const auto git = hosted("r");
    git.import(testing::nasty_history());
    const auto main = id(git, "main~1");
    std::string ours;
    const auto take = [&ours](SnapshotEntry&& entry) {
        ours += fmt::format("{} {}\n", entry.path, entry.bytes.value_or(0));
        return Result<void>();
    };
    ASSERT_TRUE(
        served_->list(ctx_, main, {.path = "dir", .most_depth = 2, .with_sizes = true}, take));
    EXPECT_EQ(ours, "dir/deep 0\ndir/deep/c.txt 86\n");
    const auto read = served_->read(ctx_, main, "link");
    ASSERT_TRUE(read);
    EXPECT_EQ(read->content.content(), "a real file now\n");
    EXPECT_EQ(read->entry.mode, 0100644u);
    EXPECT_EQ(served_->find(ctx_, main, "sub")->mode, kSubmoduleMode);
    EXPECT_EQ(served_->read(ctx_, main, "nothing").error().code(), Errc::NotFound);
    EXPECT_EQ(served_->read(ctx_, main, "dir").error().code(), Errc::Invalid);
    EXPECT_EQ(served_->read(ctx_, main, "../x").error().code(), Errc::Invalid);
}

TEST_F(ServedRepositoryTest, SeesWhatOthersPushWhilePacksGoAndCome) {
    const auto git = hosted("r");
    const auto away = init("away", {});
    const auto commit = [&away](int number) {
        away.run({"commit", "-q", "--allow-empty", "-m", std::to_string(number)});
    };
    std::atomic<bool> is_over = false;
    std::vector<std::jthread> readers;
    for (int i = 0; i < 4; ++i)
        readers.emplace_back([&] {
            std::size_t most = 0;
            do {
                const auto tip = served_->resolve(ctx_, "main");
                if (!tip) {
                    ASSERT_EQ(tip.error().code(), Errc::NotFound) << tip.error().describe();
                    ASSERT_EQ(most, 0u);
                    continue;
                }
                const auto page = served_->log(ctx_, {.include = {tip->commit}, .size = 1000});
                ASSERT_TRUE(page) << page.error().describe();
                ASSERT_GE(page->commits.size(), most);
                most = page->commits.size();
            } while (!is_over);
        });
    for (int i = 1; i <= 24; ++i) {
        commit(i);
        away.run({"push", "-q", "file://" + git.folder(), "HEAD:refs/heads/main"});
        if (i % 8 == 3) git.run({"gc", "-q", "--prune=now"});
        if (i % 8 == 6) git.run({"commit-graph", "write", "--reachable"});
        const auto tip = served_->resolve(ctx_, "main");
        ASSERT_TRUE(tip) << tip.error().describe();
        EXPECT_EQ(tip->commit, id(away, "HEAD")) << "a push that is over is seen";
        EXPECT_EQ(served_->log(ctx_, {.include = {tip->commit}, .size = 1000})->commits.size(),
                  static_cast<std::size_t>(i));
    }
    is_over = true;
}

TEST_F(ServedRepositoryTest, KeepsAFewOpen) {
    for (const auto name : {"a", "b", "c"}) hosted(name).import(head("main", 1) + "\n");
    const auto path = [this](const char* name) { return (root() / name).string(); };
    ServedRepositories all(tool(), 2);
    const auto a = all.open(path("a")).value();
    EXPECT_EQ(all.open(path("a")).value(), a);
    const auto b = all.open(path("b")).value();
    EXPECT_EQ(all.open(path("a")).value(), a);
    ASSERT_TRUE(all.open(path("c")));
    EXPECT_EQ(all.size(), 2u);
    EXPECT_EQ(all.open(path("a")).value(), a);
    EXPECT_NE(all.open(path("b")).value(), b) << "it was asked for longest ago";
    EXPECT_TRUE(b->resolve(ctx_, "main")) << "who holds it keeps it";
    // Another one in the same place.
    ASSERT_TRUE(remove_bare(path("a")));
    EXPECT_EQ(all.open(path("a")).error().code(), Errc::NotFound);
    ASSERT_TRUE(create_bare(path("a"), ObjectFormat::Sha1, "main"));
    EXPECT_TRUE(all.open(path("a")).value()->refs().value()->all().empty());
    all.close(path("a"));
    EXPECT_EQ(all.open(path("none")).error().code(), Errc::NotFound);
    std::vector<std::jthread> many;
    for (int i = 0; i < 8; ++i)
        many.emplace_back([&] {
            for (const auto name : {"a", "b", "c", "a"}) EXPECT_TRUE(all.open(path(name)));
        });
    many.clear();
    EXPECT_LE(all.size(), 2u);
}

}  // namespace
}  // namespace forgehouse::git
