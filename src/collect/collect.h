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
#include "exec/clock.h"
#include "exec/context.h"
#include "git/tool.h"
#include "ports/objects.h"
#include "ports/warehouse.h"
#include "schema/git_collection_runs.h"
#include "schema/git_data_quality.h"
#include "sources/source.h"

namespace forgehouse::collect {

/// Reads only commits whose committer date lies in [since, until). A run with either set moves no
/// checkpoint, so that a later run without them reads the rest.
struct Window {
    std::optional<Time> since;
    std::optional<Time> until;
    bool open() const noexcept { return !since && !until; }
};

/// How ticket keys are found in commit messages.
struct TicketRules {
    std::vector<std::string> allowed_projects;  ///< empty: all but the built-in deny-list
    bool ignore_case = false;
};

struct Request {
    /// Patterns on `project_key/repo_slug` or on `repo_slug` alone; empty: all.
    std::vector<std::string> repo_patterns;
    Window window;
    TicketRules tickets;
    unsigned workers = 2;  ///< repositories at once, at least 1
};

/// What has been done so far, in one repository or over a whole run.
struct Counts {
    std::uint64_t commits = 0;  ///< read from git and stored
    std::uint64_t files = 0;
    std::uint64_t lines_added = 0;
    std::uint64_t lines_removed = 0;
    std::uint64_t amended = 0;  ///< stored commits whose branch or reachability has changed
    std::uint64_t rows = 0;     ///< rows sent to the warehouse, all tables
    std::uint64_t bytes = 0;    ///< of those rows
    std::uint64_t fetched = 0;  ///< bytes that git fetched from remotes

    Counts& operator+=(const Counts& other) noexcept;
};

enum class Phase : unsigned char { Fetching, Walking, Reading, Finishing };
/// `fetching`, `walking`, …
std::string_view name_of(Phase phase) noexcept;

/// A moment of one repository. Views are valid during the call only.
struct Progress {
    const sources::RepoRef& repo;
    Phase phase;
    std::optional<std::uint64_t> commits_total;  ///< commits to read; known from Reading on
    Counts done;
    std::string_view note;  ///< git's own words while it fetches, else empty
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
};

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
};

/// Plans, reads, stores and records one run of one source. Makes missing tables first.
/// A repository that fails is one failed repository: it stands in the Report and in
/// git_collection_runs, and the others are collected. A stop of the Context ends the run with
/// status Cancelled after the batches in hand are stored; the final record is then still written.
/// Errors, where no run came about: Conflict while another collector works on the same data (field
/// `pid`); Invalid where nothing matches; what the warehouse or the checkpoints say.
Result<Report> run(exec::Context& ctx, const Deps& deps, sources::Source& source,
                   const Request& request);

}  // namespace forgehouse::collect
