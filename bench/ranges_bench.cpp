// How many pull requests a second git answers for: commits, merge base and size of each.
//   ranges_bench REPOSITORY [THREADS]
// A pull request is every merge (its second parent against its first) and every head of a pull
// request's ref against the default branch. Prints one line of JSON.
#include <sys/resource.h>

#include <atomic>
#include <charconv>
#include <cstdio>
#include <thread>

#include "git/ranges.h"
#include "git/repository.h"
#include "git/tool.h"
#include "git/walk.h"

namespace {

using namespace forgehouse;
using Seconds = std::chrono::duration<double>;

Result<std::vector<git::RangeRequest>> requests_of(const git::Repository& repository,
                                                   const git::Refs& refs) {
    const exec::Context ctx;
    std::vector<git::RangeRequest> requests;
    TRY_LET(walk, git::Walk::start(ctx, repository, refs));
    for (;;) {
        TRY_LET(commit, walk.next(ctx));
        if (!commit) break;
        if (commit->parents.size() == 2)
            requests.push_back({.destination = commit->parents[0], .source = commit->parents[1]});
    }
    if (refs.head.commit)
        for (const auto& ref : refs.refs)
            if (ref.kind == git::RefKind::PullRequest && ref.is_commit() &&
                !ref.name.ends_with("/merge"))
                requests.push_back({.destination = *refs.head.commit, .source = ref.peeled});
    return requests;
}

double processor_seconds(int who) {
    rusage used{};
    ::getrusage(who, &used);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

Result<void> measure(const std::string& path, unsigned threads) {
    const exec::Context ctx;
    TRY_LET(tool, git::Tool::open(ctx, {.environment = {}, .scratch_parent = {}}));
    TRY_LET(repository, git::Repository::open(ctx, tool, path));
    TRY_LET(refs, git::list_refs(ctx, repository));
    TRY_LET(requests, requests_of(repository, refs));
    const auto begin = std::chrono::steady_clock::now();
    TRY_LET(opened, git::Ranges::open(ctx, repository, refs, {}, threads));
    std::optional<git::Ranges> ranges(std::move(opened));
    const auto graph_commits = ranges->graph().size(), graph_bytes = ranges->graph().memory();
    const Seconds loading = std::chrono::steady_clock::now() - begin;
    std::atomic<std::size_t> next = 0, commits = 0, lines = 0, failed = 0;
    {
        std::vector<std::jthread> workers;
        for (unsigned i = 0; i < threads; ++i)
            workers.emplace_back([&] {
                for (auto at = next++; at < requests.size(); at = next++) {
                    const auto range = ranges->read(ctx, requests[at]);
                    if (!range || !*range) {
                        ++failed;
                        continue;
                    }
                    commits += (*range)->commits.size();
                    if ((*range)->size) lines += (*range)->size->lines_added;
                }
            });
    }
    const Seconds all = std::chrono::steady_clock::now() - begin;
    ranges.reset();  // its processes count when they have ended
    fmt::print(
        "{{\"pull_requests\":{},\"seconds\":{:.3f},\"loading\":{:.3f},\"a_second\":{:.0f},"
        "\"graph_commits\":{},\"graph_bytes\":{},\"commits\":{},\"lines_added\":{},"
        "\"failed\":{},\"own_processor_seconds\":{:.2f},"
        "\"gits_processor_seconds\":{:.2f}}}\n",
        requests.size(), all.count(), loading.count(),
        static_cast<double>(requests.size()) / all.count(), graph_commits, graph_bytes,
        commits.load(), lines.load(), failed.load(), processor_seconds(RUSAGE_SELF),
        processor_seconds(RUSAGE_CHILDREN));
    return {};
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fputs("usage: ranges_bench REPOSITORY [THREADS]\n", stderr);
        return 2;
    }
    unsigned threads = std::jthread::hardware_concurrency();
    if (argc > 2) std::from_chars(argv[2], argv[2] + std::strlen(argv[2]), threads);
    const auto done = measure(argv[1], threads);
    if (done) return 0;
    fmt::print(stderr, "{}\n{}\n", done.error().describe(), done.error().hint());
    return 1;
}
