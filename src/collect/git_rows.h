// git_rows: what git says, as rows of the schema. Pure functions: the same commit, the same rows,
// byte for byte, apart from the stamp.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "git/commit.h"
#include "git/refs.h"
#include "schema/git_branches.h"
#include "schema/git_commit_files.h"
#include "schema/git_commits.h"
#include "schema/git_projects.h"
#include "schema/git_repositories.h"
#include "schema/git_tags.h"
#include "schema/git_tickets.h"
#include "sources/source.h"

namespace forgehouse::collect {

/// What all rows of one repository in one run have in common.
struct Stamp {
    sources::RepoRef repo;
    Time collected_at;
    std::uint64_t version;
};

/// The three columns of a commit that change when refs move.
struct CommitLabel {
    std::string_view branch;
    bool is_in_default_branch;
    bool is_reachable;
};

/// Lines by language of one commit, gathered file by file.
class LanguageLines {
public:
    void add(std::string_view language, std::uint64_t added, std::uint64_t removed);
    void clear() noexcept { lines_.clear(); }
    /// Adds the lines added less removed of each language.
    void add_to(std::map<std::string, std::int64_t, std::less<>>& balance) const;
    /// `{"C++":{"added":10,"removed":2}}`, by name; files of no known language are left out.
    std::string json() const;

private:
    struct Sum {
        std::uint64_t added = 0;
        std::uint64_t removed = 0;
    };
    std::map<std::string_view, Sum> lines_;
};

/// What a commit's row says beside the commit itself.
struct CommitNotes {
    CommitLabel label;
    const LanguageLines& languages;
    bool is_shallow_edge;  ///< its parents are not there: all its files count as added
};

/// The values of a message's `Co-authored-by`, each once.
schema::TextList co_authors(const std::vector<git::Trailer>& trailers);

schema::GitCommit map_commit(const Stamp& stamp, git::Commit&& commit, const CommitNotes& notes);

/// A row with the columns set that all files of a run share: to be filled again for each file.
schema::GitCommitFile file_row(const Stamp& stamp);
/// Fills in one file of `commit`. `language` is that of git/languages.h.
void map_file(schema::GitCommitFile& row, const git::Commit& commit, git::FileChange&& file,
              std::string_view language);

schema::GitTicket map_ticket(const Stamp& stamp, std::string key, std::string commit_hash);

/// `name` is the short name, `date` the committer's time of its head.
schema::GitBranch map_branch(const Stamp& stamp, const git::Ref& head, bool is_default,
                             std::optional<Time> date);
schema::GitTag map_tag(const Stamp& stamp, const git::Ref& tag);

/// What is known of a repository beside its history.
struct RepositoryFacts {
    std::optional<std::string> default_branch;
    std::optional<std::string> language;
    std::optional<std::uint64_t> size_kb;
    std::optional<Time> last_commit_date;
    Time first_seen;
    bool is_empty = false;
    std::string metadata;
};
schema::GitRepository map_repository(const Stamp& stamp, const sources::Repo& repo,
                                     RepositoryFacts facts);
schema::GitProject map_project(const Stamp& stamp);

}  // namespace forgehouse::collect
