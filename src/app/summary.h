// Summary: what the warehouse holds of the repositories of a run, asked by SQL and laid out for a
// person. All of the summary's SQL stands in summary.cpp.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/terminal/screen.h"
#include "base/result.h"
#include "base/time.h"
#include "collect/collect.h"
#include "exec/context.h"
#include "ports/warehouse.h"

namespace forgehouse::app {

struct Totals {
    std::uint64_t commits = 0;
    std::uint64_t authors = 0;
    std::uint64_t files = 0;  ///< different paths ever touched
    std::uint64_t lines_added = 0;
    std::uint64_t lines_removed = 0;
    std::optional<Time> first, last;  ///< committer's times
};

struct RepoLine {
    sources::RepoRef repo;
    Totals totals;
};

struct FileLine {
    std::string repo;  ///< full name
    std::string path;
    std::uint64_t commits;
    std::uint64_t lines_added;
    std::uint64_t lines_removed;
};

struct Summary {
    Totals all;
    std::vector<RepoLine> repositories;  ///< in the order that was asked for
    /// Commits of consecutive weeks (Monday to Sunday, UTC), at most 52, the last one that of the
    /// newest commit that is not in the future.
    std::vector<std::uint64_t> weeks;
    std::optional<Time> first_week;
    std::vector<FileLine> busiest;
};

/// Asks the warehouse. Errors: its own.
Result<Summary> summarise(exec::Context& ctx, ports::Warehouse& warehouse,
                          const std::vector<sources::RepoRef>& repositories, Time now);

/// The start of the week (Monday, UTC) that `time` lies in.
Time week_of(Time time) noexcept;

/// Lays it out, at most `screen.columns` wide on a terminal. `command` is how to call this program
/// in the commands to try.
std::string show(const Summary& summary, const std::vector<collect::Report>& reports,
                 const terminal::Screen& screen, const std::string& command);

/// Reports and summary for programs.
std::string show_json(const Summary& summary, const std::vector<collect::Report>& reports);

}  // namespace forgehouse::app
