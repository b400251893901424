// Stock: how many rows each table had of each repository when the last run left it, so that the
// next one finds what somebody has deleted since, and reads it again.
//
//   stock/<data source>.json.zst    in the checkpoints
//
// What a run is about is counted at its begin; where that took more than a second, not again before
// a hundred times as long has passed, so that it costs one part of a hundred at most, however much
// is stored. What the run has touched, and what was never counted, is counted at its end. A run
// that was killed may leave fewer rows than there were, of what was deleted at the forge: then a
// repository is read once more than it must be.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "collect/collect.h"

namespace forgehouse::collect {

/// Rows of one repository by table.
using StockCounts = std::map<std::string, std::uint64_t, std::less<>>;

/// Threads: lost() and before() from many threads at once, the rest one at a time.
class Stock {
public:
    /// Counts what is there of the repositories where it is time to. Errors: the warehouse's; a
    /// damaged record counts as none.
    static Result<Stock> take(exec::Context& ctx, const Deps& deps, std::string data_source,
                              std::set<sources::RepoRef> repositories);

    /// Tables that have fewer rows of it than they had, by how many. Empty where nothing is known.
    const StockCounts& lost(const sources::RepoRef& repo) const;
    /// How many there were in that table.
    std::uint64_t before(const sources::RepoRef& repo, std::string_view table) const;

    /// Counts what is there now of those that were `touched`, and of those that never were counted,
    /// and keeps it for the next run. Errors: the warehouse's, the checkpoints'.
    Result<void> keep(exec::Context& ctx, const Deps& deps,
                      const std::set<sources::RepoRef>& touched);

private:
    using Counts = std::map<sources::RepoRef, StockCounts>;
    struct Record {
        Counts counts;
        Time counted;                      ///< what a run was about, last
        std::chrono::milliseconds took{};  ///< that counting
    };

    Result<void> look_for_losses(exec::Context& ctx, const Deps& deps);
    static Result<Counts> count(exec::Context& ctx, const Deps& deps,
                                const std::string& data_source,
                                const std::set<sources::RepoRef>& repositories);
    static Record load(exec::Context& ctx, const Deps& deps, const std::string& data_source);
    static Result<void> save(exec::Context& ctx, const Deps& deps, const std::string& data_source,
                             const Record& record);

    std::string data_source_;
    std::set<sources::RepoRef> repositories_;  ///< of this run, and their projects without a name
    Record record_;
    bool is_counted_ = false;  ///< at this run's begin
    Counts lost_;
};

/// Keeps what a run has left, as its report says. What cannot be counted is not known to the next
/// run, which is no reason for this one to fail.
void keep(const Deps& deps, Stock& stock, const std::vector<RepoReport>& repositories);

/// What must be done about rows that are lost.
struct Mending {
    bool history = false;        ///< nothing of it counts as unchanged
    bool commits_again = false;  ///< what hangs on stored commits is not there
    bool pull_requests = false;  ///< all of them are read again
};
Mending mending_of(const StockCounts& lost) noexcept;

/// What git_data_quality says of it.
std::vector<Finding> findings_of(const Stock& stock, const sources::RepoRef& repo);

}  // namespace forgehouse::collect
