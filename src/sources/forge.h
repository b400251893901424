// Forge: a source that answers over an API, page by page. The adapter says what to ask and what an
// answer means; collect sends, waits, tries again, archives, and stores. Apart from plain values
// everything here is a pure function of bytes: the same page gives the same rows, live or replayed.
//
//   first() ─▶ Call ─▶ (collect fetches and archives) ─▶ Page ─▶ read_…() ─▶ items and the next
//   Call
//
// Threads: all functions may be called from many threads at once; adapters keep no mutable state.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "schema/git_commit_files.h"
#include "schema/git_commit_statuses.h"
#include "schema/git_commits.h"
#include "schema/git_pr_comments.h"
#include "schema/git_pr_commits.h"
#include "schema/git_pr_events.h"
#include "schema/git_pr_participants.h"
#include "schema/git_pr_reviewers.h"
#include "schema/git_projects.h"
#include "schema/git_pull_requests.h"
#include "schema/git_repositories.h"
#include "schema/git_users.h"
#include "sources/source.h"

namespace forgehouse::sources {

/// What a page holds: a folder of the archive and a word in counters.
enum class Stream : unsigned char {
    Repositories,
    Users,
    PullRequests,  ///< a repository's list
    PullRequest,   ///< one alone, as quarantine and retries read it
    Activities,    ///< what happened to one pull request; all that hangs on it
    Statuses,      ///< builds of one commit
    Branches,      ///< this and the others: where git cannot be reached
    Tags,
    Commits,
    CommitFiles,
    PullRequestCommits,  ///< of one pull request, the newest first
};
/// `repositories`, `pull_requests`, `commit_files`, …
std::string_view name_of(Stream stream) noexcept;

/// One request, relative to the forge's address. Holds no secret.
struct Call {
    Stream stream;
    RepoRef repo;        ///< empty project and slug where it is about the whole forge
    std::string item;    ///< the pull request's number or the commit's hash; else ''
    std::string target;  ///< path and query after the base address, percent-encoded
    bool operator==(const Call&) const = default;
};

/// An answer of status 2xx, as it came and as it is archived.
struct Page {
    Call call;
    std::string body;
    Time received;
    std::uint64_t version = 0;  ///< `_version` of all rows made of it; a replay keeps it
};

/// What all rows of one mapping share.
struct RowStamp {
    std::string data_source;
    Time collected_at;
    std::uint64_t version;
};

/// An entry of a list that nothing can be made of. It does not stand in the way of the others, and
/// says nothing about whether what it is of exists.
struct Unreadable {
    std::size_t index;  ///< in the page
    Error error;        ///< Corrupt
};

/// A repository as the forge lists it.
struct ListedRepo {
    Repo repo;              ///< key, name, and where its git is (without user and password)
    std::string uuid;       ///< numeric id or uuid: what stays when it is renamed or moved
    bool is_empty = false;  ///< where the forge says so; git knows better
    /// Rows with everything that the forge alone knows; what git knows better (default_branch,
    /// language, size, last commit, is_empty) is filled in by collect.
    schema::GitRepository row;
    schema::GitProject project;
};
struct RepoListing {
    std::vector<ListedRepo> repositories;
    std::optional<Call> next;
    std::vector<Unreadable> unreadable;
};

struct UserListing {
    std::vector<schema::GitUser> users;
    std::optional<Call> next;
    std::vector<Unreadable> unreadable;
};

/// A pull request as it stands in a list.
struct ListedPullRequest {
    std::int64_t id;  ///< pr_id
    bool is_open;
    Time updated;             ///< as the forge says; not trusted alone
    std::string fingerprint;  ///< of the whole item without volatile parts: changed ⇔ read it again
    std::string raw;          ///< the item's JSON, as in the page
    std::string source_hash;  ///< heads that the forge names, '' where unknown
    std::string destination_hash;
    std::string ref;  ///< the ref of its head in the destination's git: refs/pull-requests/7/from
    RepoRef destination;     ///< the repository that its rows belong to
    bool elsewhere = false;  ///< that is not the repository whose list this is (an OUTGOING list)
};
struct PullRequestListing {
    std::vector<ListedPullRequest> items;
    std::optional<Call> next;
    std::uint32_t limit = 0;  ///< the page size that the server granted; 0 unknown
    std::vector<Unreadable> unreadable;
};

struct StatusListing {
    std::vector<schema::GitCommitStatus> statuses;
    std::optional<Call> next;
    std::vector<Unreadable> unreadable;
};

/// How much a pull request changes: its merge base against the source's head.
struct ChangeSize {
    std::uint32_t files_changed = 0;
    std::uint32_t lines_added = 0;
    std::uint32_t lines_removed = 0;
};

/// What git says about a pull request's changes; see git/ranges.h for how it is found. Where git
/// cannot be reached the forge names the commits.
struct PullRequestGit {
    std::vector<std::string> commits;  ///< newest first, topological: destination..source
    std::optional<ChangeSize> size;    ///< nullopt where git was not there: columns are NULL
};

/// One pull request with all its pages: the unit of mapping, of replay and of quarantine.
struct PullRequestPages {
    RepoRef repo;                       ///< ListedPullRequest::destination
    std::string item;                   ///< ListedPullRequest::raw
    std::vector<Page> activities;       ///< in order, all of them
    std::vector<Page> commits = {};     ///< of PullRequestCommits, where they were read
    std::optional<PullRequestGit> git;  ///< nullopt where git cannot say: columns are NULL
};

/// What a pull request becomes. Tickets are found by collect, in the row and in commit messages.
struct PullRequestRows {
    std::optional<schema::GitPullRequest> pull_request;
    std::vector<schema::GitPrEvent> events;
    std::vector<schema::GitPrReviewer> reviewers;
    std::vector<schema::GitPrComment> comments;
    std::vector<schema::GitPrParticipant> participants;
    std::vector<schema::GitPrCommit> commits;
    std::vector<schema::GitUser> users;  ///< people met here; the user list wins over them
};

/// What git must be asked about, found in the activities.
struct MergeFacts {
    std::optional<std::string> merge_commit;
};

/// Commits and files where git cannot be reached (`commits: api`).
struct CommitListing {
    std::vector<schema::GitCommit> commits;  ///< sums of files not yet known
    std::optional<Call> next;
};
struct FileListing {
    /// Without committed_on, file_extension and language, which the page does not tell.
    std::vector<schema::GitCommitFile> files;
    /// The forge cut the answer: recorded, never guessed. The pages that follow name all files,
    /// where the forge can; what an earlier page says of a file counts.
    bool truncated = false;
    std::optional<Call> next;
};
struct RefListing {
    struct Entry {
        std::string name;  ///< short
        std::string hash;  ///< of the commit
        bool is_default = false;
        std::string tag_object;  ///< of an annotated tag; '' for all others
        std::string metadata;
    };
    std::vector<Entry> entries;
    std::optional<Call> next;
};

/// An answer's outside, for refusal().
struct ApiAnswer {
    int status;
    std::string_view content_type;
    std::string_view body;
};

/// The list of pull requests that leave a repository, as first()'s item: serves where the
/// destination's own list cannot be read.
inline constexpr std::string_view kOutgoing = "OUTGOING";

/// Not a Source: it answers page by page and does no I/O of its own.
class Forge {
public:
    virtual ~Forge() = default;
    virtual const SourceInfo& info() const noexcept = 0;
    /// Scheme, host and context path, without a slash at the end and without credentials:
    /// Call::target is appended to it.
    virtual const std::string& address() const noexcept = 0;

    /// The first page of a list. `item` as in Call; for Commits the ref or commit to begin at, or
    /// `A..B`: what B reaches and A does not; '' or kOutgoing for PullRequests. Errors: Invalid
    /// where this forge has no such stream, or cannot ask without an item.
    virtual Result<Call> first(Stream stream, const RepoRef& repo, std::string_view item) const = 0;

    /// Errors of all that follow: Corrupt, with what is wrong where: the page goes to quarantine.
    virtual Result<RepoListing> read_repositories(const Page& page) const = 0;
    virtual Result<UserListing> read_users(const Page& page) const = 0;
    virtual Result<PullRequestListing> read_pull_requests(const Page& page) const = 0;
    /// The page after this one, of any stream; the listings say it too.
    virtual Result<std::optional<Call>> next_page(const Page& page) const = 0;

    virtual Result<MergeFacts> merge_facts(const PullRequestPages& pages) const = 0;
    virtual Result<PullRequestRows> map_pull_request(const PullRequestPages& pages,
                                                     const RowStamp& stamp) const = 0;
    virtual Result<StatusListing> read_statuses(const Page& page) const = 0;

    virtual Result<RefListing> read_refs(const Page& page) const = 0;
    virtual Result<CommitListing> read_commits(const Page& page) const = 0;
    virtual Result<FileListing> read_commit_files(const Page& page) const = 0;

    /// The error for an answer that is not 2xx, or is 2xx and not what an API answers (a proxy's
    /// page, another product): nullopt where it is an API's answer. Each has a hint of its own.
    virtual std::optional<Error> refusal(const Call& call, const ApiAnswer& answer) const = 0;
    /// The call that `doctor` and a first contact make: says whether this is that product, who we
    /// are and which version runs.
    virtual Call hello() const = 0;
    virtual Result<std::string> read_hello(const Page& page) const = 0;
};

}  // namespace forgehouse::sources
