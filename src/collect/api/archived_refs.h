// archived_refs: what counted for a repository's history, as a line of the archive: which way it
// came, and the heads of pull requests, which stand on no page of refs.
//
//   {"over_api":true,"pull_requests":{"refs/pull-requests/7/from":"a1…"}}
#pragma once

#include <map>

#include "collect/archive/archive.h"

namespace forgehouse::collect {

/// A stream of ours.
inline constexpr std::string_view kHistory = "history";

struct ArchivedHistory {
    bool over_api = false;  ///< false: from here on the mirror counts
    std::map<std::string, std::string> pull_requests = {};  ///< hash by ref
};

void append_history_line(std::string& lines, const ArchivedHistory& history,
                         const sources::RowStamp& stamp, const sources::RepoRef& repo,
                         std::string_view run_id);
/// Errors: Corrupt.
Result<ArchivedHistory> read_history_line(std::string_view body);

}  // namespace forgehouse::collect
