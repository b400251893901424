// RepoPass: one repository's way through its pull requests in one run, shared by who lists them,
// who reads them and who stores them.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>

#include "collect/api/ledger.h"
#include "collect/api/pull_request_batch.h"
#include "collect/collect.h"
#include "collect/quality.h"
#include "exec/byte_budget.h"
#include "exec/guarded.h"

namespace forgehouse::collect {

/// What git says about one pull request; nullopt where it cannot.
struct PullRequestFacts {
    std::optional<sources::PullRequestGit> git;
    std::vector<std::string> tickets;  ///< keys in its commits' messages, newest first
};
using AskGit = std::function<Result<PullRequestFacts>(
    exec::Context&, const sources::ListedPullRequest&, const sources::MergeFacts&)>;

/// What listing found, once it is over.
struct Listing {
    bool complete = false;     ///< all pages were read
    bool whole = false;        ///< and all that should be read was handed on: no window
    std::uint64_t listed = 0;  ///< pull requests in the list
    std::uint64_t calls = 0;
    std::uint64_t out_of_order = 0;
    std::vector<std::string> open_heads;  ///< of open pull requests; where statuses are wanted
    /// Hashes of the heads of all pull requests by their ref; where history comes over the API.
    std::map<std::string, std::string> heads;
    std::uint64_t status_rows = 0;
    std::vector<std::int64_t> gone;  ///< in the ledger, and not at the forge any more
    std::optional<Error> error;
};

/// Threads: as the members say.
struct RepoPass {
    RepoPass(std::size_t number, sources::RepoRef ref, sources::RowStamp rows_stamp)
        : index(number),
          repo(std::move(ref)),
          stamp(std::move(rows_stamp)),
          checks(stamp.collected_at) {}

    const std::size_t index;  ///< in the plan
    const sources::RepoRef repo;
    const sources::RowStamp stamp;
    const std::chrono::steady_clock::time_point began = std::chrono::steady_clock::now();
    AskGit ask_git;         ///< empty: git cannot be asked. Set before reading begins
    bool over_api = false;  ///< history and pull requests' commits come over it. Set likewise
    RepoReport report;      ///< of the history; then the store's alone
    exec::Guarded<StoredLedger> ledger;  ///< listing reads it, storing changes it
    std::optional<Error> history_error;  ///< commits could not be read; the rest could
    std::vector<Finding> findings;       ///< of the history
    PullRequestChecks checks;            ///< of those that were read; the store's alone
    std::vector<std::string> put_off;    ///< numbers of pull requests, some; the store's alone
    std::vector<std::string> put_aside;  ///< likewise, of those that cannot be right instead
    Counts history_counts;               ///< of what came over the API, beside report.counts
    bool git_reached = false;            ///< in this run
    bool commits_again = false;          ///< what hangs on them is not there any more
    bool amend_all = false;              ///< an earlier pass died: rows may be there untold

    std::atomic<std::uint64_t> submitted = 0;  ///< items handed to readers
    std::atomic<std::uint64_t> read = 0;       ///< items that came back
    std::atomic<unsigned> refused_in_a_row = 0;
    std::atomic<bool> given_up = false;  ///< the server fails at everything

    bool hidden = false;  ///< not listed to us: others' OUTGOING lists tell of its pull requests
    std::atomic<bool> refused = false;  ///< and so are its activities
};

/// One pull request that was read, or what came instead.
struct Reading {
    std::int64_t id = 0;
    std::uint64_t fingerprint = 0;
    bool read_before = false;
    bool without_git = false;
    bool list_only = false;  ///< activities were refused, as those of a hidden repository are
    bool quarantined = false;
    std::optional<Error> error;  ///< put off, or Cancelled
    MappedPullRequest mapped;
    std::string lines;             ///< for the archive
    exec::ByteBudget::Share room;  ///< in memory, until the store has taken it over
};

}  // namespace forgehouse::collect
