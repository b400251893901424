// CommitLog: the commits that tips reach and others do not, one after the other, in git's order.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/result.h"
#include "exec/context.h"
#include "git/history/commit_queue.h"
#include "git/history/history.h"
#include "git/object_id.h"

namespace forgehouse::git {

enum class LogOrder : std::uint8_t {
    Date,        ///< the newest of those whose child has come: git's own, without options
    Topological  ///< no commit before all its children, lines of history together: `--topo-order`
};

struct LogRequest {
    std::vector<ObjectId> tips;
    std::vector<ObjectId> hidden = {};  ///< these and what they reach is not listed
    LogOrder order = LogOrder::Date;
    bool is_first_parent = false;  ///< of a merge only the first parent is followed
    std::uint64_t skip = 0;        ///< so many commits are passed over first: pages before this one
};

/// By date and with nothing hidden, what is asked for is read and no more. Else the walk behind it
/// is made at the start, and 1 byte is held for each commit of the repository, 5 in topological
/// order. Threads: one at a time, together with its History, of which many may be under way.
class CommitLog {
public:
    /// `history` lives longer. Errors: those of History.
    static Result<CommitLog> start(const exec::Context& ctx, History& history,
                                   const LogRequest& request);

    /// The next one that `git log tips… ^hidden…` lists; where clocks are so wrong that git lists a
    /// hidden commit, this does not. nullopt after the last. Errors: those of History.
    Result<std::optional<ObjectId>> next(const exec::Context& ctx);

private:
    using Number = CommitTable::Number;

    CommitLog(History& history, const LogRequest& request)
        : history_(&history),
          is_first_parent_(request.is_first_parent),
          is_topological_(request.order == LogOrder::Topological) {}

    Result<void> begin(const exec::Context& ctx, const LogRequest& request);
    void count_children(std::vector<Number> tips);
    Result<std::optional<Number>> next_by_date(const exec::Context& ctx);
    std::optional<Number> next_in_lines();
    bool is_listed(Number commit) const noexcept;
    void take_parents(Number commit);

    History* history_;
    bool is_first_parent_;
    bool is_topological_;
    bool is_marked_ = false;  ///< marks_ says which commits are listed; else all are
    CommitMarks marks_;
    CommitQueue queue_;                    ///< by date
    std::vector<std::uint32_t> children_;  ///< in topological order: those that have not come
    std::vector<Number> free_;             ///< in topological order: all children have come
    std::vector<Number> parents_;          ///< of the commit at hand
};

}  // namespace forgehouse::git
