// RowBuilder: receives what git reads, makes rows of it and hands them on in groups.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <unordered_map>
#include <unordered_set>

#include "collect/commit_walk.h"
#include "collect/git_rows.h"
#include "collect/logins.h"
#include "collect/quality.h"
#include "collect/row_writer.h"
#include "collect/tickets.h"
#include "git/reader.h"

namespace forgehouse::collect {

/// The committer's time of the commits that branches point at.
using HeadDates = std::unordered_map<git::ObjectId, std::optional<Time>>;

/// Threads: one at a time, that of read_history().
class RowBuilder final : public git::HistorySink {
public:
    /// What it works with; all of it outlives the builder.
    struct Parts {
        const Stamp& stamp;
        const TicketFinder& tickets;
        const Logins* logins;                              ///< may be null
        const std::vector<std::string>& branches;          ///< of the walk
        const std::unordered_set<git::ObjectId>& shallow;  ///< where history ends
        RowWriter& writer;
        HeadDates& head_dates;  ///< receives the dates of its keys
        CommitChecks& checks;
        std::function<void(const Counts&)> on_progress;
    };

    /// A group is handed on when its rows take `group_bytes`, or half of that while nothing is
    /// being stored.
    RowBuilder(Parts parts, std::size_t group_bytes);

    /// Says that this commit will be read next, after all that were expected before.
    void expect(const NewCommit& commit) { expected_.push_back(commit); }

    Result<void> files(const git::Commit& commit, std::span<git::FileChange> files) override;
    Result<void> commit(git::Commit&& commit) override;
    /// Lines added less removed by language, over the default branch's commits that are no merges.
    const std::map<std::string, std::int64_t, std::less<>>& language_lines() const noexcept {
        return language_lines_;
    }
    /// Hands on the rest, also when the Context has ended: what was read is stored.
    Result<void> flush();

private:
    const NewCommit& expected(const git::ObjectId& id);
    Result<void> hand_on_if_due();
    Result<void> hand_on();

    Parts parts_;
    const std::size_t group_bytes_;
    std::deque<NewCommit> expected_;  ///< some of them are passed over by the reader
    schema::GitCommitFile file_;
    LanguageLines languages_;
    std::map<std::string, std::int64_t, std::less<>> language_lines_;
    RowGroup group_;
    Counts done_;
};

}  // namespace forgehouse::collect
