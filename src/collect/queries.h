// Queries: every statement that collecting asks the warehouse, each once. The first three
// parameters of all of them name the repository.
#pragma once

#include "base/literal.h"
#include "ports/warehouse.h"
#include "schema/table.h"
#include "sources/source.h"

namespace forgehouse::collect {

/// The repository as the parameters `source`, `project` and `slug`.
std::vector<ports::Parameter> parameters_of(const sources::RepoRef& repo);
/// `['a','b']`: hex ids as the value of a parameter of type Array(String).
std::string array_of(std::span<const std::string> hex_ids);

// Read typed, in the shape that stands beside them.
extern const Literal kStoredCommits;
extern const schema::TableInfo kStoredCommitsShape;
extern const Literal kStoredBranches;
extern const schema::TableInfo kStoredBranchesShape;
extern const Literal kStoredTags;
extern const schema::TableInfo kStoredTagsShape;
extern const Literal kCommitDates;  ///< with a parameter `hashes`
extern const schema::TableInfo kCommitDatesShape;

// Small answers.
extern const Literal kStoredRepository;  ///< first_seen in milliseconds, _version
extern const Literal kMainLanguage;      ///< language
extern const Literal kCommitCounts;      ///< reachable commits, files of all commits
extern const Literal kFileCount;         ///< file rows
extern const Literal kOrphanFiles;       ///< file rows without a commit: count, sample of ids

}  // namespace forgehouse::collect
