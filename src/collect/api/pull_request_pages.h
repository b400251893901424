// PullRequestPages as lines of the archive, and back: what live reading writes and replay reads.
#pragma once

#include "collect/api/repo_pass.h"
#include "collect/archive/archive.h"

namespace forgehouse::collect {

/// The item as the list had it, its pages, and what git said or the forge in its place: one line
/// each, of one version.
std::string lines_of(const sources::PullRequestPages& pages, std::int64_t id,
                     const PullRequestFacts& facts, const sources::RowStamp& stamp,
                     std::string_view run_id);

/// What pages of PullRequestCommits say: the commits and the tickets in their messages, no sizes.
/// Errors: Corrupt.
Result<PullRequestFacts> facts_over_api(const sources::Forge& forge,
                                        const sources::PullRequestPages& pages,
                                        const TicketFinder& tickets);

/// `{"commits":[…],"files_changed":…,"lines_added":…,"lines_removed":…,"tickets":[…]}`; without
/// sizes where the forge named the commits; `{}` where nobody could say.
std::string facts_json(const PullRequestFacts& facts);
/// Errors: Corrupt.
Result<PullRequestFacts> read_facts(std::string_view json);

}  // namespace forgehouse::collect
