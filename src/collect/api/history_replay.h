// HistoryReplay: a repository's history out of the archive, where it came over the API and not by
// git.
#pragma once

#include <unordered_set>

#include "collect/api/archived_refs.h"
#include "collect/api/commit_groups.h"
#include "collect/api/known_history.h"
#include "collect/archive/picking.h"

namespace forgehouse::collect {

/// Reads the parts twice: for the refs and the graph, then for the rows, so that of a history of
/// any length only ids lie in memory. Threads: one at a time.
class HistoryReplay {
public:
    /// `parts`: of one repository; others than those of its history and tombstones are passed over.
    HistoryReplay(const ApiHistoryParts& history, const sources::Forge& forge,
                  const std::vector<PickedPart>& parts);

    /// Finds out what counts last. Errors: those of the archive; Corrupt.
    Result<void> open(exec::Context& ctx);
    /// Whether the newest history came over the API; otherwise the mirror has it.
    bool over_api() const noexcept { return over_api_; }
    /// Whether the warehouse has it already. Errors: the warehouse's, the checkpoints'.
    Result<bool> is_there(exec::Context& ctx);
    /// Stores what is not. `keep`: the next run may trust in it, since the whole archive was
    /// replayed. Errors: as before.
    Result<void> store(exec::Context& ctx, bool keep, StreamReport& report);

    std::uint64_t parts() const noexcept { return parts_read_; }
    std::uint64_t pages() const noexcept { return pages_; }

private:
    using Sink = std::function<Result<void>(ArchivedPage)>;
    Result<void> read_folder(exec::Context& ctx, std::string_view folder, const Sink& sink);
    Result<void> look_at(ArchivedPage page);
    Result<void> take_refs(const sources::Page& page);
    Result<void> take(ArchivedPage page, const KnownHistory& known, CommitGroups& groups);
    Result<void> take_files(const sources::Page& page, const KnownHistory& known,
                            CommitGroups& groups);
    Result<void> reach(KnownHistory& known);

    const ApiHistoryParts& history_;
    const sources::Forge& forge_;
    const std::vector<PickedPart>& all_;
    std::uint64_t buried_ = 0;  ///< what is older was another repository's
    std::uint64_t history_version_ = 0;
    std::uint64_t refs_version_ = 0;
    bool over_api_ = false;
    std::map<std::string, std::string> heads_;
    std::vector<sources::RefListing::Entry> branches_;
    std::vector<sources::RefListing::Entry> tags_;
    git::Refs refs_;
    std::string fingerprint_;
    std::vector<std::pair<git::ObjectId, std::vector<git::ObjectId>>> commits_;
    std::unordered_set<git::ObjectId> whole_;  ///< whose files lie there, and are not stored yet
    std::unordered_map<git::ObjectId, schema::GitCommit> waiting_;  ///< for their files
    std::string files_of_;
    CommitFiles files_;
    std::uint64_t parts_read_ = 0;
    std::uint64_t pages_ = 0;
};

}  // namespace forgehouse::collect
