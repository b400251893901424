// How long all patches of a history take, one commit after the other on one thread:
//   patch_bench REPOSITORY
// Prints one line of JSON. With `text` behind it it writes the patches instead, as
// `git log --all -p --full-index -M --diff-merges=first-parent --format='commit %H'` has them.
#include <chrono>
#include <cstdio>

#include "git/commit_diff.h"
#include "git/refs.h"
#include "git/repository.h"
#include "git/tool.h"
#include "git/walk.h"

namespace {

using namespace forgehouse;

Result<void> measure(const std::string& path, bool prints) {
    const exec::Context ctx;
    TRY_LET(tool, git::Tool::open(ctx, {.environment = {}, .scratch_parent = {}}));
    TRY_LET(repository, git::Repository::open(ctx, tool, path));
    TRY_LET(refs, git::list_refs(ctx, repository));
    TRY_LET(walk, git::Walk::start(ctx, repository, refs));
    const auto format = repository.traits().format;
    TRY_LET(store, git::open_store(repository));
    exec::Guarded<git::BlobMemo> memo{git::BlobMemo(1024)};
    git::CommitDiff diff(repository, &store, {}, memo);
    std::string text;
    std::uint64_t commits = 0, bytes = 0;
    const auto begin = std::chrono::steady_clock::now();
    for (;;) {
        TRY_LET(commit, walk.next(ctx));
        if (!commit) break;
        text = "commit " + commit->id.hex() + "\n";
        const auto append = [&](git::FileChange& file) {
            return diff.append_patch(ctx, text, file);
        };
        TRY(diff.each_file(ctx, git::ObjectId::null(format), commit->id, append));
        ++commits;
        bytes += text.size();
        if (prints) std::fwrite(text.data(), 1, text.size(), stdout);
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    if (!prints)
        fmt::print("{{\"seconds\":{:.3f},\"commits\":{},\"bytes\":{}}}\n", took.count(), commits,
                   bytes);
    return {};
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fputs("usage: patch_bench REPOSITORY [text]\n", stderr);
        return 2;
    }
    const auto done = measure(argv[1], argc > 2);
    if (done) return 0;
    fmt::print(stderr, "{}\n{}\n", done.error().describe(), done.error().hint());
    return 1;
}
