// Progress: what collecting says while it goes on. On a terminal one line for each repository that
// is being read, redrawn in place; elsewhere a plain line (or a JSON object) every few seconds.
// It shows the runs of several sources at once; what each says comes in by of().
// Threads: what of() returned, and ended(), from any thread; the clock is read there.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/terminal/live.h"
#include "collect/collect.h"
#include "exec/guarded.h"

namespace forgehouse::app {

class Progress {
public:
    using Steady = std::chrono::steady_clock;

    struct Options {
        bool quiet = false;
        bool json = false;  ///< plain lines as JSON objects
        std::function<Steady::time_point()> now = [] { return Steady::now(); };
        std::function<Time()> wall_clock = {};  ///< stamps the objects; required with `json`
        /// Shows what became of a repository that failed: nothing else is said of it here.
        std::function<void(const collect::RepoReport&)> failed = {};
    };

    /// `live` outlives it.
    Progress(terminal::Live& live, const terminal::Screen& screen, Options options)
        : live_(live), screen_(screen), options_(std::move(options)) {}

    /// Hears one run of that source, which is shown until this goes. The Progress outlives it.
    std::unique_ptr<collect::Observer> of(std::string source);

private:
    class Run;
    struct Conversation {
        collect::ApiState state;
        Steady::time_point since;  ///< when it began
    };

    void planned(std::size_t repositories) { planned_ += repositories; }
    void started(const sources::RepoRef& repo);
    void progress(const collect::Progress& moment);
    void finished(const collect::RepoReport& report);
    void api(const std::string& source, const collect::ApiState& state);
    void ended(const std::string& source);

    struct Active {
        collect::Phase phase = collect::Phase::Walking;
        Steady::time_point since;        ///< of the phase
        Steady::time_point last_said{};  ///< the last plain line
        std::uint64_t commits = 0;
        std::uint64_t done = 0;           ///< of what the phase counts: commits or pull requests
        std::uint64_t done_at_start = 0;  ///< when the phase began
        std::optional<std::uint64_t> total;
        std::string note;
    };

    void draw(bool at_once);
    void say_plain(const sources::RepoRef& repo, Active& active);
    std::string line_of(const sources::RepoRef& repo, const Active& active) const;
    double rate_of(const Active& active) const;
    std::string api_line(const std::string& source, const Conversation& of) const;
    void say_finished(const collect::RepoReport& report);

    terminal::Live& live_;
    const terminal::Screen& screen_;
    Options options_;
    exec::Guarded<Progress*> turn_{this};  ///< all that follows is reached by it
    std::map<sources::RepoRef, Active> active_;
    std::size_t planned_ = 0;
    std::size_t done_ = 0;
    Steady::time_point drawn_{};
    std::map<std::string, Conversation> api_;  ///< by source
};

/// `████████░░░░`: `share` of 1 in that many columns.
std::string bar(double share, std::size_t columns, bool unicode);

}  // namespace forgehouse::app
