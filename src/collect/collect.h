// Collect: brings the history of a source's repositories into the warehouse. The whole public face
// of the room: app builds the Deps, calls run(), shows what the Observer hears and the Report says.
//
// Safe to kill at any moment: nothing is stored that a later run would not complete, and nothing is
// stored twice (README.md says why).
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "collect/access.h"
#include "exec/clock.h"
#include "exec/context.h"
#include "exec/retry.h"
#include "git/tool.h"
#include "net/http_client.h"
#include "ports/objects.h"
#include "ports/warehouse.h"
#include "schema/git_collection_runs.h"
#include "schema/git_data_quality.h"
#include "sources/forge.h"
#include "sources/repository_filter.h"
#include "sources/source.h"

namespace forgehouse::collect {

/// Reads only commits whose committer date lies in [since, until). A run with either set moves no
/// checkpoint, so that a later run without them reads the rest.
struct Window {
    std::optional<Time> since;
    std::optional<Time> until;
    bool open() const noexcept { return !since && !until; }
    bool contains(Time moment) const noexcept {
        return (!since || moment >= *since) && (!until || moment < *until);
    }
};

/// How ticket keys are found in commit messages.
struct TicketRules {
    std::vector<std::string> allowed_projects;  ///< empty: all but the built-in deny-list
    bool ignore_case = false;
};

/// Where commits and their files come from. Auto: from git, and over the API where git cannot be
/// reached.
enum class CommitsFrom : unsigned char { Auto, Git, Api };
/// `auto`, `git`, `api`
std::string_view name_of(CommitsFrom from) noexcept;

/// What concerns sources that answer over an API.
struct ApiOptions {
    sources::RepositoryFilter filter = {};
    CommitsFrom commits = CommitsFrom::Auto;
    bool build_statuses = false;
    unsigned batch_size = 1000;  ///< pull requests that are stored together, at least 1
    unsigned max_workers = 5;    ///< the most requests in flight to the server, at least 1
    unsigned max_retries = 3;    ///< further tries of a request that failed
    /// Pull requests that were touched within this span before a run are read again, and open ones,
    /// when their last reading is older than `reread_after`, whatever the list says about them.
    std::chrono::milliseconds look_back = std::chrono::hours(24 * 30);
    std::chrono::milliseconds reread_after = std::chrono::hours(24);
    /// A list of repositories that is younger than this is not asked for again; 0: always ask.
    std::chrono::milliseconds discovery_age = std::chrono::hours(1);
    /// Repositories that were read to their end at or after this moment, with nothing put off, are
    /// passed over: set by `resume` to the begin of the run that it goes on with.
    std::optional<Time> resume_from;
};

/// How histories are read.
struct HistoryOptions {
    bool patch_ids = false;  ///< see git::ReadOptions::patch_ids
    /// Of objects that others are made from and of compared blobs, in all histories that are read
    /// at the same time. A reading takes at least some 10 MB, whatever this says.
    std::size_t cache_bytes = std::size_t{512} << 20;
};

struct Request {
    /// Patterns on `project_key/repo_slug` or on `repo_slug` alone; empty: all.
    std::vector<std::string> repo_patterns;
    Window window;
    TicketRules tickets;
    unsigned workers = 2;  ///< repositories at once, at least 1
    ApiOptions api = {};
    HistoryOptions history = {};
};

/// How the API of a forge is reached, at Forge::address().
struct ForgeAccess {
    net::HttpClient& http;
    Access& access;  ///< who we are, to the API and to git alike
    /// Who we are as well, to the API: requests are spread over all, each within its own limit.
    /// They see what `access` sees.
    std::vector<Access*> others = {};
};

/// What has been done so far, in one repository or over a whole run.
struct Counts {
    std::uint64_t commits = 0;  ///< read from git and stored
    std::uint64_t files = 0;
    std::uint64_t lines_added = 0;
    std::uint64_t lines_removed = 0;
    std::uint64_t amended = 0;        ///< stored commits whose branch or reachability has changed
    std::uint64_t rows = 0;           ///< rows sent to the warehouse, all tables
    std::uint64_t bytes = 0;          ///< of those rows
    std::uint64_t fetched = 0;        ///< bytes that git fetched from remotes
    std::uint64_t pull_requests = 0;  ///< read and stored, with all that hangs on them
    std::uint64_t tombstones = 0;     ///< rows marked as deleted at the source
    std::uint64_t quarantined = 0;    ///< items put aside because they could not be right
    std::uint64_t put_off = 0;        ///< items that failed and are tried again by the next run

    Counts& operator+=(const Counts& other) noexcept;
};

/// Requests to a forge's API, so far.
struct ApiCounts {
    std::uint64_t calls = 0;  ///< sent, those tried again too
    std::uint64_t saved = 0;  ///< spared by caches, ETags and fingerprints
    std::uint64_t waits = 0;  ///< for the rate limit
    std::uint64_t retries = 0;
    std::uint64_t bytes = 0;                                       ///< of answers, unpacked
    std::vector<std::pair<std::string, std::uint64_t>> by_stream;  ///< calls by stream, by name
    struct Answers {
        std::string stream;
        int status;  ///< 0: no answer came
        std::uint64_t count;
    };
    std::vector<Answers> by_status = {};
    std::uint64_t invalid = 0;      ///< answers and entries of lists that could not be right
    std::uint64_t quarantined = 0;  ///< of these, what was put aside in the end
};

/// How the conversation with the server goes at this moment.
struct ApiState {
    ApiCounts counts;
    unsigned in_flight = 0;
    unsigned concurrency = 0;           ///< that is thought good now, at most max_workers
    std::optional<double> per_second;   ///< requests that the server lets through; nullopt unknown
    std::chrono::milliseconds pause{};  ///< until the next request may go; 0: at once
    std::uint64_t to_read = 0;          ///< pull requests that are listed and wait to be read
    std::uint64_t to_store = 0;         ///< those that were read and wait for the store
};

enum class Phase : unsigned char {
    Fetching,
    Walking,
    Reading,
    Finishing,
    Listing,       ///< pull requests
    PullRequests,  ///< reading them one by one
};
/// `fetching`, `walking`, …
std::string_view name_of(Phase phase) noexcept;

/// A moment of one repository. Views are valid during the call only.
struct Progress {
    const sources::RepoRef& repo;
    Phase phase;
    std::optional<std::uint64_t> commits_total;  ///< commits to read; known from Reading on
    Counts done;
    std::string_view note;  ///< git's own words while it fetches, else empty
    std::optional<std::uint64_t> pull_requests_total = {};  ///< to read; known from PullRequests on
};

enum class Outcome : unsigned char { Unchanged, Collected, Failed, Cancelled };
/// `unchanged`, `collected`, …
std::string_view name_of(Outcome outcome) noexcept;

struct RepoReport {
    sources::RepoRef repo;
    Outcome outcome;
    std::optional<Error> error;  ///< where it failed
    Counts counts;
    std::chrono::milliseconds took;
};

/// One check of git_data_quality that found something.
struct Finding {
    sources::RepoRef repo;
    std::string check;
    std::string table;
    std::uint64_t checked;
    std::uint64_t failed;
    std::vector<std::string> sample;
    schema::Severity severity;
};

struct Report {
    std::string run_id;
    schema::RunStatus status;  ///< never Running
    Time started;
    Time completed;
    std::vector<RepoReport> repositories;   ///< in the order of the plan
    std::vector<sources::Refusal> refused;  ///< asked for, and no repository
    std::vector<Finding> findings;
    Counts totals;
    ApiCounts api = {};
    std::uint64_t peak_memory = 0;  ///< bytes, of this process; 0 where the system does not say
    double records_per_second() const noexcept;
    /// Pages, entries of lists and pull requests that were put aside because they could not be
    /// right.
    std::uint64_t quarantined() const noexcept { return api.quarantined + totals.quarantined; }
    /// Answers and items that could not be right.
    std::uint64_t validation_failures() const noexcept { return api.invalid + totals.quarantined; }
};

/// Hears what happens while it happens.
/// Threads: called from the workers, one call at a time; must return fast.
class Observer {
public:
    virtual ~Observer() = default;
    virtual void planned(std::string_view /*run_id*/,
                         const std::vector<sources::Repo>& /*repositories*/) {}
    virtual void started(const sources::RepoRef&) {}
    /// At every change of phase, and about ten times a second in between.
    virtual void progress(const Progress&) {}
    virtual void finished(const RepoReport&) {}
    /// About ten times a second while a forge is read.
    virtual void api(const ApiState&) {}
};

class Session;

/// What run() stands on. All of it outlives the call.
struct Deps {
    ports::Warehouse& warehouse;
    ports::Objects& checkpoints;
    const exec::Clock& clock;
    const git::Tool& git;
    std::string program;  ///< this program: git runs it again to ask for a password (git/askpass.h)
    std::filesystem::path data_dir;  ///< holds `mirrors/` and `collect.lock`; made when missing
    Observer* observer;              ///< may be null
    /// Writes to the warehouse that were tried again so far, for the run's record. May be empty.
    std::function<std::uint64_t()> retries = {};
    /// Raw answers are kept there; needed for forges.
    ports::Objects* archive = nullptr;
    /// Random numbers for the jitter of waits; a fixed seed where empty.
    exec::Uniform uniform = {};
    exec::Sleep sleep = exec::sleep_in_context;
    /// In which the run is made; null: one of its own (session.h).
    Session* session = nullptr;
};

/// Plans, reads, stores and records one run of one source. Makes missing tables first.
/// A repository that fails is one failed repository: it stands in the Report and in
/// git_collection_runs, and the others are collected. A stop of the Context ends the run with
/// status Cancelled after the batches in hand are stored; the final record is then still written.
/// Errors, where no run came about: Conflict while another collector works on the same data (field
/// `pid`); Invalid where nothing matches; what the warehouse or the checkpoints say.
Result<Report> run(exec::Context& ctx, const Deps& deps, sources::Source& source,
                   const Request& request);

/// The same for a source that answers over an API: repositories, users, history by git, pull
/// requests with all that hangs on them. Every answer is archived before anything is made of it.
/// Errors besides: what the forge says to its list of repositories; nothing else ends the run.
Result<Report> run(exec::Context& ctx, const Deps& deps, const sources::Forge& forge,
                   const ForgeAccess& access, const Request& request);

/// The first contact: whether that forge is there and lets us in, in its own words. For `doctor`.
/// Errors: those of the connection and of Forge::refusal, each with a hint.
Result<std::string> greet(exec::Context& ctx, const Deps& deps, const sources::Forge& forge,
                          const ForgeAccess& access);

}  // namespace forgehouse::collect
