// PullRequestLister: reads a repository's list of pull requests and hands on what must be read.
#pragma once

#include "collect/api/pull_request_reader.h"

namespace forgehouse::collect {

struct ListerParts {
    const Deps& deps;
    const sources::Forge& forge;
    Fetcher& fetcher;
    PullRequestReader& reader;
    const Request& request;
    /// Called before the first item is handed on: opens git for the pass, where it can be.
    std::function<void(exec::Context&, RepoPass&)> open_git;
    /// At every page: how many were listed.
    std::function<void(const RepoPass&, std::uint64_t listed)> on_page;
    bool git_there;  ///< what could not ask git before can now
    /// Of a hidden repository: what others' lists show of it; each call asks them anew, but the
    /// first. Empty: it has a list of its own.
    std::function<Result<std::vector<sources::ListedPullRequest>>(exec::Context&)> elsewhere = {};
    bool elsewhere_is_whole = true;  ///< what it does not show is not there any more
};

/// The whole list, page by page; nothing but ids is kept of it. What failed on the way stands in
/// the Listing.
Listing list_pull_requests(exec::Context& ctx, const ListerParts& parts,
                           const std::shared_ptr<RepoPass>& pass);

}  // namespace forgehouse::collect
