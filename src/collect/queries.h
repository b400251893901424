// Queries: every statement that collecting asks the warehouse, each once. The first three
// parameters name the repository, where nothing else is said.
#pragma once

#include "base/literal.h"
#include "ports/warehouse.h"
#include "schema/table.h"
#include "sources/source.h"

namespace forgehouse::collect {

/// The repository as the parameters `source`, `project` and `slug`.
std::vector<ports::Parameter> parameters_of(const sources::RepoRef& repo);
/// `['a','b']`: the value of a parameter of type Array(String).
std::string array_of(std::span<const std::string> texts);

// Read typed, in the shape that stands beside them.
extern const Literal kStoredCommits;
extern const schema::TableInfo kStoredCommitsShape;
extern const Literal kStoredHistory;  ///< stored commits with their parents
extern const schema::TableInfo kStoredHistoryShape;
extern const Literal kStoredBranches;
extern const schema::TableInfo kStoredBranchesShape;
extern const Literal kStoredTags;
extern const schema::TableInfo kStoredTagsShape;
extern const Literal kCommitDates;  ///< with a parameter `hashes`
extern const schema::TableInfo kCommitDatesShape;

extern const Literal kAuthorLogins;  ///< each address with each login it has; of a whole `source`
extern const schema::TableInfo kAuthorLoginsShape;
extern const Literal kStoredUsers;  ///< what pull requests show of them; of a whole `source`
extern const schema::TableInfo kStoredUsersShape;
/// Those that name one of `people` (ids), or whose events and comments hold one of `texts`; of a
/// whole `source`.
extern const Literal kPullRequestsOfPeople;
extern const schema::TableInfo kPullRequestsOfPeopleShape;
extern const Literal kTicketMessages;  ///< of commits that name tickets
extern const schema::TableInfo kTicketMessagesShape;

// Small answers.
extern const Literal kPastRuns;   ///< the newest `limit`; of all sources where it is ''
extern const Literal kUserCount;  ///< users of a data source
extern const Literal
    kPullRequestCounts;  ///< of a data source: project, slug, number, sum of ids: a row each
extern const Literal kPullRequestIds;    ///< of a repository: one text, blanks between them
extern const Literal kStoredRepository;  ///< first_seen in milliseconds, _version
extern const Literal kLanguageLines;     ///< language, lines added less removed: one row each
extern const Literal kCommitCounts;      ///< reachable commits, files of all commits
extern const Literal kFileCount;         ///< file rows
extern const Literal kOrphanFiles;       ///< file rows without a commit: count, sample of ids
/// Rows of each repository in each table that has such: table, project, slug, number. Of a data
/// source, or where they are not empty of the repositories that have one of `projects` and one of
/// `slugs`.
extern const Literal kRowCounts;

}  // namespace forgehouse::collect
