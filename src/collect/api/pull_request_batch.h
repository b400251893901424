// PullRequestBatch: what came of some pull requests, of any repositories, on its way to the
// warehouse.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "collect/tickets.h"
#include "ports/warehouse.h"
#include "schema/batch.h"
#include "schema/git_tickets.h"
#include "sources/forge.h"

namespace forgehouse::collect {

/// Rows of one pull request with its tickets: what live reading and replay both make.
struct MappedPullRequest {
    sources::PullRequestRows rows;
    std::vector<schema::GitTicket> tickets;
};

/// Finds the tickets in title, description and source branch, as rows and in the pull request's
/// own column, which ends with those of its commits' messages (`from_commits`, newest first).
MappedPullRequest with_tickets(sources::PullRequestRows rows, const TicketFinder& finder,
                               const std::vector<std::string>& from_commits);

/// Threads: one at a time.
class PullRequestBatch {
public:
    PullRequestBatch();

    void add(const MappedPullRequest& mapped);
    std::size_t rows() const noexcept;
    std::size_t bytes() const noexcept;
    std::size_t pull_requests() const noexcept { return pull_requests_.rows(); }

    /// Everything that hangs on the pull requests. `token` begins the inserts' deduplication
    /// tokens. Errors: the warehouse's.
    Result<void> store_children(exec::Context& ctx, ports::Warehouse& warehouse,
                                std::string_view token) const;
    /// The pull requests themselves: once they are there, all of them is.
    Result<void> store_pull_requests(exec::Context& ctx, ports::Warehouse& warehouse,
                                     std::string_view token) const;
    void clear();

private:
    schema::Batch events_;
    schema::Batch reviewers_;
    schema::Batch comments_;
    schema::Batch participants_;
    schema::Batch commits_;
    schema::Batch tickets_;
    schema::Batch pull_requests_;
};

}  // namespace forgehouse::collect
