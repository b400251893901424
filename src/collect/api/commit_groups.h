// CommitGroups: commits that came over an API on their way to the warehouse: the archive first,
// then files and tickets, then the commits.
#pragma once

#include "collect/api/api_rows.h"
#include "collect/archive/archive.h"
#include "collect/quality.h"
#include "collect/row_builder.h"
#include "collect/row_writer.h"

namespace forgehouse::collect {

/// The folder of the archive.
inline constexpr std::string_view kCommitsFolder = "commits";

/// What was stored, and what there is to say about it.
struct StoredOverApi {
    Counts counts;
    std::vector<Finding> findings;
    std::uint64_t truncated = 0;  ///< commits whose difference the forge cut
};

/// Threads: one at a time.
class CommitGroups {
public:
    struct Parts {
        ports::Warehouse& warehouse;
        RunArchive* archive;  ///< null in a replay, whose pages lie there already
        const sources::RepoRef& repo;
        std::string token;  ///< begins the inserts' deduplication tokens
        std::size_t group_bytes;
        Time now;
        HeadDates& head_dates;  ///< receives the dates of its keys; outlives it
    };
    explicit CommitGroups(Parts parts);

    /// Lines for the archive; they lie there before anything that is added after them is stored.
    /// Errors of this and of the next: those of the archive and of the warehouse.
    Result<void> archive(std::string_view lines);
    Result<void> add(ApiCommit commit);
    /// Stores the rest and waits for it. Gives what is stored also where it fails.
    Result<void> finish(StoredOverApi& stored);

private:
    Result<void> hand_on_if_due();
    Result<void> hand_on();

    Parts parts_;
    RowWriter writer_;
    RowGroup group_;
    std::string lines_;
    CommitChecks checks_;
    Check truncated_{"truncated_diffs", "git_commit_files", schema::Severity::Warning};
    std::uint64_t truncated_count_ = 0;
};

}  // namespace forgehouse::collect
