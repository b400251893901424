// How long the history reader takes over a repository, all of it delivered and looked at:
//   reader_bench REPOSITORY [WORKERS]
// Prints one line of JSON. With `rows` as third argument it writes what it has read instead, one
// line a file, to be held against git's own: COMMIT ADDED REMOVED PATH (- - for binary files). With
// `patch_ids` it reads these too, with `ids` it writes them: PATCH_ID COMMIT.
#include <sys/resource.h>

#include <charconv>
#include <cstdio>

#include "git/reader.h"
#include "git/refs.h"
#include "git/repository.h"
#include "git/tool.h"
#include "git/walk.h"

namespace {

using namespace forgehouse;

unsigned number(const char* text) {
    unsigned value = 0;
    std::from_chars(text, text + std::strlen(text), value);
    return value;
}

class Counting final : public git::HistorySink {
public:
    explicit Counting(std::string_view how)
        : prints_rows_(how == "rows"), prints_ids_(how == "ids") {}

    Result<void> files(const git::Commit& commit, std::span<git::FileChange> files) override {
        for (const auto& file : files) {
            added += file.lines_added;
            removed += file.lines_removed;
            bytes += file.path.size() + file.old_path.size();
            if (prints_rows_) print(commit, file);
        }
        return {};
    }
    Result<void> commit(git::Commit&& commit) override {
        bytes += commit.message.utf8.size();
        if (prints_ids_ && !commit.patch_id.empty())
            fmt::print("{} {}\n", commit.patch_id, commit.id.hex());
        return {};
    }

    std::uint64_t added = 0, removed = 0, bytes = 0;

private:
    static void print(const git::Commit& commit, const git::FileChange& file) {
        const auto counts = file.is_binary
                                ? std::string("-\t-")
                                : fmt::format("{}\t{}", file.lines_added, file.lines_removed);
        const auto line =
            fmt::format("{} {}\t{}\t{}", commit.id.hex(), counts, file.old_path, file.path);
        std::fwrite(line.data(), 1, line.size() + 1, stdout);
    }
    bool prints_rows_, prints_ids_;
};

Result<void> measure(const std::string& path, unsigned workers, std::string_view how) {
    const exec::Context ctx;
    TRY_LET(tool, git::Tool::open(ctx, {.environment = {}, .scratch_parent = {}}));
    TRY_LET(repository, git::Repository::open(ctx, tool, path));
    TRY_LET(refs, git::list_refs(ctx, repository));
    TRY_LET(walk, git::Walk::start(ctx, repository, refs));
    const auto source = [&]() -> Result<std::optional<git::ObjectId>> {
        TRY_LET(commit, walk.next(ctx));
        if (!commit) return std::nullopt;
        return commit->id;
    };
    Counting sink(how);
    const auto begin = std::chrono::steady_clock::now();
    git::ReadOptions options;
    options.workers = workers;
    options.patch_ids = how == "ids" || how == "patch_ids";
    TRY_LET(stats, git::read_history(ctx, repository, options, source, sink));
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    rusage own{};
    ::getrusage(RUSAGE_SELF, &own);
    if (how.empty() || how == "patch_ids")
        fmt::print(
            "{{\"seconds\":{:.3f},\"commits\":{},\"files\":{},\"lines_added\":{},"
            "\"lines_removed\":{},\"pairs_known\":{},\"pairs_counted\":{},\"pairs_by_git\":{},"
            "\"own_peak_kilobytes\":{}}}\n",
            took.count(), stats.commits, stats.files, sink.added, sink.removed, stats.pairs_known,
            stats.pairs_counted, stats.pairs_by_git, own.ru_maxrss);
    return {};
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fputs("usage: reader_bench REPOSITORY [WORKERS [rows | patch_ids | ids]]\n", stderr);
        return 2;
    }
    const auto done = measure(argv[1], argc > 2 ? number(argv[2]) : 0, argc > 3 ? argv[3] : "");
    if (done) return 0;
    fmt::print(stderr, "{}\n{}\n", done.error().describe(), done.error().hint());
    return 1;
}
