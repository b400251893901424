// Progress: what collecting says while it goes on. On a terminal one line for each repository that
// is being read, redrawn in place; elsewhere a plain line (or a JSON object) every few seconds.
// Threads: as collect::Observer says, one call at a time; the clock is read there.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "app/terminal/live.h"
#include "collect/collect.h"

namespace forgehouse::app {

class Progress final : public collect::Observer {
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

    void planned(std::string_view run_id, const std::vector<sources::Repo>& repositories) override;
    void started(const sources::RepoRef& repo) override;
    void progress(const collect::Progress& moment) override;
    void finished(const collect::RepoReport& report) override;
    void api(const collect::ApiState& state) override;

private:
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
    std::string api_line() const;
    void say_finished(const collect::RepoReport& report);

    terminal::Live& live_;
    const terminal::Screen& screen_;
    Options options_;
    std::map<sources::RepoRef, Active> active_;
    std::size_t planned_ = 0;
    std::size_t done_ = 0;
    Steady::time_point drawn_{};
    std::optional<collect::ApiState> api_;
    Steady::time_point api_since_{};  ///< when the conversation began
};

/// `████████░░░░`: `share` of 1 in that many columns.
std::string bar(double share, std::size_t columns, bool unicode);

}  // namespace forgehouse::app
