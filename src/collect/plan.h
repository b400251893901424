// Plan: what a run of a forge would cost, before it is made. Asks for the list of repositories
// (unless a young one is cached) and for nothing else; writes nothing.
#pragma once

#include "collect/collect.h"

namespace forgehouse::collect {

struct PlannedStream {
    std::string name;     ///< `repositories`, `users`, `pull_requests`, `activities`, `git`, …
    std::uint64_t calls;  ///< that the next run will make at the least
    /// Of those that cannot be known before the lists are read: how many more there may be, by what
    /// earlier runs have seen; nullopt where nothing is known.
    std::optional<std::uint64_t> likely;
};

struct PlannedRepository {
    sources::RepoRef repo;
    bool collected_before;                ///< its pull requests were read to their end
    std::optional<Time> completed;        ///< when
    std::uint64_t pull_requests_stored;   ///< in the ledger
    std::uint64_t pull_requests_put_off;  ///< failed, to be tried again
};

struct CostPlan {
    std::vector<PlannedRepository> repositories;  ///< that the request matches, in their order
    std::size_t listed;                           ///< repositories of the forge in all
    bool from_cache;                              ///< the list is a cached one
    std::vector<PlannedStream> streams;
    std::uint64_t calls;  ///< the sum
    /// The quickest that the server's limit allows; nullopt where no limit was ever seen.
    std::optional<std::chrono::milliseconds> time_at_limit;
    std::optional<double> per_second;  ///< the limit as learned, or as given by `assumed`
};

/// `assumed_per_second`: the limit to reckon with where none has been learned (Bitbucket Server's
/// default is 5). Errors: those of the API and of the checkpoints.
Result<CostPlan> plan(exec::Context& ctx, const Deps& deps, const sources::Forge& forge,
                      const ForgeAccess& access, const Request& request,
                      std::optional<double> assumed_per_second);

}  // namespace forgehouse::collect
