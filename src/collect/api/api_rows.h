// api_rows: a commit and its files as a forge's API tells of them, as rows of the schema. Pure. The
// columns that git would fill are filled here in the same way, as far as the API knows them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "collect/git_rows.h"
#include "collect/logins.h"
#include "collect/tickets.h"
#include "git/commit.h"
#include "sources/forge.h"

namespace forgehouse::collect {

/// `metadata` of a commit that came over an API begins so.
inline constexpr std::string_view kOverApi = R"({"over_api":true)";

/// The files of one commit, page after page.
class CommitFiles {
public:
    /// A path that stands twice in one page is one file of which both count: a file that becomes
    /// something else is told of as removed and added. A path that an earlier page had is passed
    /// over: later pages only complete what was cut.
    void add(sources::FileListing page);
    bool truncated() const noexcept { return truncated_; }
    std::size_t size() const noexcept { return files_.size(); }
    /// By path.
    std::vector<schema::GitCommitFile> take();

private:
    std::map<std::string, schema::GitCommitFile> files_;
    bool truncated_ = false;
};

/// Where a commit stands; owns its text.
struct HistoryPlace {
    std::string branch;
    bool is_in_default_branch = false;
    bool is_reachable = false;
};

/// All rows of one commit.
struct ApiCommit {
    schema::GitCommit row;
    std::vector<schema::GitCommitFile> files;
    std::vector<schema::GitTicket> tickets;
    bool truncated = false;
};

/// What making them stands on; all of it outlives the call.
struct ApiRowParts {
    const Stamp& stamp;  ///< of these rows
    const TicketFinder& tickets;
    const Logins* logins;  ///< null: the forge's own attribution stays
};

/// `row` as Forge::read_commits gives it.
ApiCommit complete(schema::GitCommit row, CommitFiles files, const HistoryPlace& place,
                   const ApiRowParts& parts);

/// As much of a commit as checks look at.
git::Commit checked_part(const schema::GitCommit& row);

/// What the pages of branches and tags say, and the heads of pull requests, by ref.
git::Refs refs_of(const std::vector<sources::RefListing::Entry>& branches,
                  const std::vector<sources::RefListing::Entry>& tags,
                  const std::map<std::string, std::string>& pull_requests);

/// The refs that are commits in the order in which commits are named after them: the default
/// branch, then by kind, then by name. Places in refs.refs.
std::vector<std::size_t> by_rank(const git::Refs& refs);

/// Parents that are ids.
std::vector<git::ObjectId> ids_of(std::span<const std::string> hex);

}  // namespace forgehouse::collect
