// PullRequestReader: a pool of threads that read pull requests one by one: pages, git, mapping.
#pragma once

#include <thread>
#include <vector>

#include "collect/api/fetcher.h"
#include "collect/api/pull_request_store.h"
#include "collect/api/repo_pass.h"
#include "exec/bounded_queue.h"

namespace forgehouse::collect {

/// Threads: submit() from many at once; finish() once.
class PullRequestReader {
public:
    struct Parts {
        const exec::Context& ctx;
        Fetcher& fetcher;
        const sources::Forge& forge;
        const TicketFinder& tickets;
        PullRequestStore& store;
        exec::ByteBudget& budget;  ///< outlives what the store holds
        const std::string& run_id;
        std::function<void(const RepoPass&)> on_read;  ///< from many threads
        std::atomic<std::uint64_t>& waiting;           ///< kept at the number that wait to be read
    };
    PullRequestReader(Parts parts, unsigned threads);
    /// Stops taking, reads what was taken, joins.
    ~PullRequestReader();

    /// Waits for room. Errors: Cancelled.
    Result<void> submit(std::shared_ptr<RepoPass> pass, sources::ListedPullRequest item,
                        std::uint64_t fingerprint, bool read_before);

private:
    struct Task {
        std::shared_ptr<RepoPass> pass;
        sources::ListedPullRequest item;
        std::uint64_t fingerprint;
        bool read_before;
    };
    void work();
    Reading read(const Task& task);
    Result<void> read_pages(exec::Context& ctx, const Task& task, sources::PullRequestPages& pages);
    Result<void> read_list(exec::Context& ctx, const Task& task, sources::Stream stream,
                           std::vector<sources::Page>& pages);
    Result<PullRequestFacts> facts_of(exec::Context& ctx, const Task& task,
                                      const sources::PullRequestPages& pages,
                                      const sources::MergeFacts& merge);
    Result<MappedPullRequest> make_rows(exec::Context& ctx, const Task& task,
                                        sources::PullRequestPages& pages, Reading& reading);

    const Parts parts_;
    exec::BoundedQueue<Task> tasks_;
    std::vector<std::jthread> threads_;  // last: joined first
};

}  // namespace forgehouse::collect
