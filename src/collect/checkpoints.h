// Checkpoints: what a later run must know of the earlier ones, as small JSON objects.
//
//   clock.json                              the last version handed out, and the last run id
//   repositories/<source>/<project>/<repo>/commits.json    one repository's finished state
//   runs/<run id>.json                      a run that has begun and not ended
//
// Threads: all functions may be called from many threads at once.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "exec/clock.h"
#include "exec/context.h"
#include "ports/objects.h"
#include "sources/source.h"

namespace forgehouse::collect {

/// The state that a repository's history was in when it was last stored to its end.
struct Checkpoint {
    std::string fingerprint;    ///< of all refs, and of where a shallow clone's history ends
    std::uint64_t version = 0;  ///< of its row in git_repositories
    bool operator==(const Checkpoint&) const = default;
};

/// A run that has begun, as much as its record needs if it never ends.
struct OpenRun {
    std::string data_source;
    std::string run_id;
    Time started;
    std::string settings;
};

class Checkpoints {
public:
    /// Both outlive it.
    Checkpoints(ports::Objects& objects, const exec::Clock& clock)
        : objects_(objects), clock_(clock) {}

    /// Milliseconds of the clock, or one more than the last where the clock has not moved on or has
    /// been set back. Never handed out twice, also over processes and restarts.
    Result<std::uint64_t> next_version(exec::Context& ctx);

    /// nullopt where the repository has never been stored to its end.
    Result<std::optional<Checkpoint>> load(exec::Context& ctx, const sources::RepoRef& repo);
    Result<void> save(exec::Context& ctx, const sources::RepoRef& repo, const Checkpoint& state);

    /// The next run reads the repository as if it were new.
    Result<void> forget(exec::Context& ctx, const sources::RepoRef& repo);

    /// Names a run `<data_source>-%Y%m%d-%H%M%S`, with a suffix where another has that second, and
    /// remembers it as begun.
    Result<OpenRun> begin_run(exec::Context& ctx, std::string_view data_source,
                              std::string settings);
    Result<void> end_run(exec::Context& ctx, std::string_view run_id);
    /// The runs that began and did not end, the oldest first.
    Result<std::vector<OpenRun>> open_runs(exec::Context& ctx);

private:
    struct Ticks;
    Result<Ticks> tick(exec::Context& ctx, bool names_a_run);

    ports::Objects& objects_;
    const exec::Clock& clock_;
};

}  // namespace forgehouse::collect
