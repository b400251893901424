// What hosting a repository costs: making one, writing commits, comparing many files, looking up
// refs, turning the pages of a log. Everything is made anew in FOLDER, which must not be there, and
// removed again. Usage:
//   hosted_bench FOLDER
// Prints a line for each figure: what, the median and the worst of its rounds.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "git/hosted/commit_writer.h"
#include "git/hosted/hosted_folder.h"
#include "git/tool.h"

namespace {

using namespace forgehouse;
using Micros = std::chrono::duration<double, std::micro>;

constexpr int kFiles = 600, kRefs = 20'000, kCommits = 20'000;
const exec::Context kContext;

template <class T>
T must(Result<T> result) {
    if (result) return std::move(result).value();
    fmt::print(stderr, "{}\n", result.error().describe());
    std::exit(1);
}
void must(const Result<void>& result) {
    if (result) return;
    fmt::print(stderr, "{}\n", result.error().describe());
    std::exit(1);
}

template <class Work>
void measure(std::string_view what, int rounds, Work&& work) {
    std::vector<double> took;
    for (int i = 0; i < rounds; ++i) {
        const auto begin = std::chrono::steady_clock::now();
        work(i);
        took.push_back(Micros(std::chrono::steady_clock::now() - begin).count());
    }
    std::ranges::sort(took);
    fmt::print("{:<44} {:>12.1f} us {:>12.1f} us\n", what, took[took.size() / 2], took.back());
}

git::Identity who() {
    return {.name = "A", .email = "a@x", .time = Time::from_seconds(1'700'000'000)};
}

git::CommitWrite write_of(std::vector<git::FileWrite> changes, std::optional<git::ObjectId> at) {
    return {.branch = "main",
            .parent = at,
            .author = who(),
            .committer = who(),
            .message = "m\n",
            .changes = std::move(changes)};
}

/// Files of 200 lines, of which the given edition has changed two.
std::vector<git::FileWrite> files(int edition) {
    std::vector<git::FileWrite> out;
    for (int i = 0; i < kFiles; ++i) {
        std::string text;
        for (int line = 0; line < 200; ++line)
            text += fmt::format("line {} of file {}{}\n", line, i,
                                line % 100 == 50 ? fmt::format(" edition {}", edition) : "");
        out.push_back({.path = fmt::format("d{}/f{}", i % 20, i), .content = std::move(text)});
    }
    return out;
}

void compare_files(git::ServedRepository& served, const git::ObjectId& base,
                   const git::ObjectId& commit, std::string_view what) {
    std::size_t bytes = 0;
    measure(fmt::format("diff of {} files{}", kFiles, what), 11, [&](int) {
        must(served.diff(kContext, {.base = base, .commit = commit}, [&](std::string_view piece) {
            bytes += piece.size();
            return Result<void>();
        }));
    });
    measure(fmt::format("diffstat of {} files{}", kFiles, what), 11, [&](int) {
        if (must(served.diffstat(kContext, {.base = base, .commit = commit})).size() < kFiles)
            std::exit(1);
    });
}

void measure_commits(git::ServedRepository& served) {
    auto tip = must(git::write_commit(kContext, served, write_of({}, {})));
    measure("write_commit of one file", 31, [&](int i) {
        tip = must(git::write_commit(kContext, served,
                                     write_of({{.path = "a", .content = std::to_string(i)}}, tip)));
    });
    const auto base = must(git::write_commit(kContext, served, write_of(files(1), tip)));
    auto second = files(2);
    const auto changed = must(git::write_commit(kContext, served, write_of(second, base)));
    compare_files(served, base, changed, "");
    second[0].path = "moved";
    second.push_back({.path = "d0/f0", .content = {}, .kind = git::FileWrite::Kind::Deleted});
    auto topic = write_of(second, std::nullopt);
    topic.branch = "topic";
    topic.start = base;
    compare_files(served, base, must(git::write_commit(kContext, served, topic)), ", one renamed");
}

void measure_refs(git::ServedRepository& served) {
    const auto tip = must(served.resolve(kContext, "main")).commit.hex();
    std::vector<std::string> names;
    for (int i = 0; i < kRefs; ++i) names.push_back(fmt::format("refs/heads/n{}/{}", i % 50, i));
    std::ranges::sort(names);
    std::ofstream out(served.folder() + "/packed-refs");
    out << "# pack-refs with: peeled fully-peeled sorted \n";
    for (const auto& name : names) out << tip << ' ' << name << '\n';
    out.close();
    measure("refs read anew, 20,000 of them", 1, [&](int) { must(served.refs()); });
    // Until the clock of the files has gone on, it is read anew each time.
    while (!must(served.refs())->is_current()) {
    }
    measure("refs asked for, nothing has changed", 1001, [&](int) { must(served.refs()); });
    const auto refs = must(served.refs());
    measure("1,000 lookups by name", 101, [&](int) {
        for (int i = 0; i < 1000; ++i)
            if (refs->find(names[static_cast<std::size_t>(i) * 20]) == nullptr) std::exit(1);
    });
    measure("resolve a branch", 1001, [&](int) { must(served.resolve(kContext, "n7/7")); });
}

void measure_pages(git::ServedRepository& served) {
    std::string stream;
    for (int i = 1; i <= kCommits; ++i)
        stream += fmt::format(
            "commit refs/forgehouse/writing\nmark :{}\ncommitter A <a@x> {} +0000\ndata 1\nm\n"
            "M 100644 inline f\ndata <<E\n{}\nE\n\n",
            i, 1'600'000'000 + i, i);
    stream += fmt::format("get-mark :{}\nreset refs/forgehouse/writing\n\ndone\n", kCommits);
    auto command = served.repository().command(git::commands::kImportCommit);
    command.input = true;
    const auto said = must(exec::run(kContext, std::move(command), stream));
    const auto tip = git::ObjectId::from_hex(said.out.substr(0, 40));
    if (!tip) std::exit(1);
    git::LogQuery query{.include = {*tip}, .size = 30};
    measure("first page of a log, commits not met before", 1,
            [&](int) { must(served.log(kContext, query)); });
    measure("a page of 30, one after the other", kCommits / 30 - 1,
            [&](int) { query.after = must(served.log(kContext, query)).next; });
    query.after = std::to_string(kCommits - 100);
    measure("a page behind 19,900 commits, by counting", 11,
            [&](int) { must(served.log(kContext, query)); });
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2 || std::filesystem::exists(argv[1])) return 2;
    const std::string folder = argv[1];
    const auto tool = must(git::Tool::open(kContext, {.environment = {}, .scratch_parent = {}}));
    measure("create_bare", 51, [&](int i) {
        must(git::create_bare(fmt::format("{}/r{}", folder, i), git::ObjectFormat::Sha1, "main"));
    });
    const auto served = must(git::ServedRepository::open(tool, folder + "/r0"));
    measure_commits(*served);
    measure_refs(*served);
    measure("fork_bare with 20,000 refs", 5,
            [&](int i) { must(git::fork_bare(folder + "/r0", fmt::format("{}/f{}", folder, i))); });
    measure("remove_bare, empty", 50,
            [&](int i) { must(git::remove_bare(fmt::format("{}/r{}", folder, i + 1))); });
    measure_pages(*served);
    std::filesystem::remove_all(folder);
    return 0;
}
