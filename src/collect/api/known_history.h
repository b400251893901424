// KnownHistory: what the warehouse holds of a repository's history, as a graph, and what has to be
// said about it once new commits are there: places that changed, refs, checks, the checkpoint.
// Reading over an API and replaying that share it.
#pragma once

#include "collect/api/api_rows.h"
#include "collect/api/history_graph.h"
#include "collect/finishing.h"
#include "collect/git_stream.h"
#include "collect/stored_commits.h"

namespace forgehouse::collect {

/// What bringing a repository's history over an API stands on. All of it outlives the work.
struct ApiHistoryParts {
    const Deps& deps;
    Checkpoints& checkpoints;
    const TicketFinder& tickets;
    const Window& window;
    const Logins* logins;
    std::size_t group_bytes;
    const sources::ListedRepo& listed;
    const Stamp& stamp;
};

/// Equal while neither the refs nor what the forge says about the repository have changed; never
/// that of a history that git has read.
std::string fingerprint_over_api(const git::Refs& refs, const sources::ListedRepo& listed);
/// Whether a checkpoint's fingerprint is such a one.
bool is_over_api(std::string_view fingerprint) noexcept;

/// Threads: one at a time.
class KnownHistory {
public:
    /// Reads ids, parents and places of all stored commits. Errors: the warehouse's.
    static Result<KnownHistory> load(exec::Context& ctx, const Deps& deps,
                                     const sources::RepoRef& repo);

    HistoryGraph graph;

    /// Goes on from another ref; call them in the order of by_rank().
    void head(const git::Refs& refs, const git::Ref& ref);
    /// Of a commit, once the refs that reach it have been gone on from.
    HistoryPlace place(const git::ObjectId& id) const;
    bool is_stored(const git::ObjectId& id) const { return stored_.contains(id); }

    /// Amends the stored commits whose place is another one now; those that nothing reaches, too,
    /// where `all` says that every ref was gone on from. Returns how many. Errors: the warehouse's.
    Result<std::uint64_t> amend(exec::Context& ctx, ports::Warehouse& warehouse, const Stamp& stamp,
                                bool all) const;

private:
    std::unordered_map<git::ObjectId, CommitPlace> stored_;
    BranchNames names_;
    std::vector<std::uint32_t> heads_;  ///< in names_, by the graph's numbers less 1
    std::uint32_t default_head_ = 0;    ///< the graph's number; 0: none
};

}  // namespace forgehouse::collect
