// How long blame takes, one file after the other:
//   blame_bench REPOSITORY COMMIT PATH…
// Prints one line of JSON. With `-` for COMMIT it blames at the first line of standard input and
// takes the paths from the others; with FORGEHOUSE_LINES set it writes what `git blame --porcelain`
// says of each line instead: `PATH LINE COMMIT LINE_THEN PATH_THEN`.
#include <chrono>
#include <cstdio>
#include <iostream>

#include "git/history/blame.h"
#include "git/repository.h"
#include "git/tool.h"

namespace {

using namespace forgehouse;

Result<void> measure(const std::string& path, const std::string& commit,
                     const std::vector<std::string>& files, bool prints) {
    const exec::Context ctx;
    TRY_LET(tool, git::Tool::open(ctx, {.environment = {}, .scratch_parent = {}}));
    TRY_LET(repository, git::Repository::open(ctx, tool, path));
    TRY_LET(store, git::open_store(repository));
    const auto id = git::ObjectId::from_hex(commit);
    if (!id) return Failure(Error(Errc::Invalid, "no commit").with("commit", commit));
    std::uint64_t lines = 0;
    const auto begin = std::chrono::steady_clock::now();
    for (const auto& file : files) {
        // As a forge does: what one question has read is of use to the next, and no longer.
        TRY_LET(history, git::History::open(repository, &store));
        TRY_LET(blamed, git::blame(ctx, history, {.commit = *id, .path = file}));
        for (const auto& part : blamed) {
            lines += part.lines;
            for (std::uint32_t i = 0; prints && i < part.lines; ++i)
                fmt::print("{} {} {} {} {}\n", file, part.first_line + i + 1, part.commit.hex(),
                           part.first_line_then + i + 1, part.path);
        }
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    if (!prints)
        fmt::print("{{\"seconds\":{:.4f},\"files\":{},\"lines\":{}}}\n", took.count(), files.size(),
                   lines);
    return {};
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) {
        std::fputs("usage: blame_bench REPOSITORY COMMIT PATH…\n", stderr);
        return 2;
    }
    std::string commit = argv[2];
    std::vector<std::string> files(argv + 3, argv + argc);
    if (commit == "-") {
        std::getline(std::cin, commit);
        for (std::string line; std::getline(std::cin, line);) files.push_back(line);
    }
    const auto done = measure(argv[1], commit, files, std::getenv("FORGEHOUSE_LINES") != nullptr);
    if (done) return 0;
    fmt::print(stderr, "{}\n{}\n", done.error().describe(), done.error().hint());
    return 1;
}
