// ApiHistory: a repository's branches, tags and commits over the forge's API, where git cannot be
// reached or is not wanted.
//
//   begin(): pages of refs ─▶ (the list of pull requests is read meanwhile) ─▶ finish(): refs as at
//   the checkpoint? done: else from each head what nobody knows ─▶ CommitReader ─▶ places ─▶
//   checkpoint
#pragma once

#include <set>

#include "collect/api/commit_reader.h"
#include "collect/api/known_history.h"

namespace forgehouse::collect {

/// Threads: one at a time.
class ApiHistory {
public:
    struct Parts {
        ApiHistoryParts history;
        const sources::Forge& forge;
        Fetcher& fetcher;
        RunArchive& archive;
        unsigned threads;  ///< that ask for what commits change
        std::function<void(const Progress&)> on_progress;
        /// As ForgeHistory::on_set_back.
        std::function<Result<void>()> on_set_back;
    };
    explicit ApiHistory(Parts parts);

    /// Reads the refs. Errors: the API's, the warehouse's, the checkpoints'; Cancelled.
    Result<void> begin(exec::Context& ctx);
    /// Hashes of the branches' heads.
    std::set<std::string> branch_heads() const;
    /// Heads of pull requests by their ref's name: what only they reach is read too. `complete`:
    /// these are all; otherwise nothing is taken for unreachable and the checkpoint stays.
    /// Outcome, safety and what is stored after a failure are those of collect_history().
    /// Errors: as begin().
    Result<Outcome> finish(exec::Context& ctx, const std::map<std::string, std::string>& heads,
                           bool complete, StreamReport& report);

private:
    Result<void> read_refs(exec::Context& ctx, sources::Stream stream,
                           std::vector<sources::RefListing::Entry>& out);
    Result<void> read_commits(exec::Context& ctx, KnownHistory& known, CommitReader& reader);
    Result<void> read_head(exec::Context& ctx, git::Ref& ref, KnownHistory& known,
                           CommitReader& reader);
    Result<void> read_round(exec::Context& ctx, const std::string& range, KnownHistory& known,
                            CommitReader& reader);
    Result<void> take_page(const sources::Page& page, sources::CommitListing listing,
                           KnownHistory& known, CommitReader& reader);
    Result<void> read(exec::Context& ctx, KnownHistory& known, FinishingFacts& facts,
                      StreamReport& report);
    Result<void> keep_refs(exec::Context& ctx);
    void tell(Phase phase, const Counts& done);

    const Parts parts_;
    const sources::RepoRef& repo_;
    std::vector<sources::RefListing::Entry> branches_;
    std::vector<sources::RefListing::Entry> tags_;
    std::string ref_lines_;  ///< of the archive
    std::map<std::string, std::string> heads_;
    git::Refs refs_;
    std::optional<Checkpoint> checkpoint_;
    std::optional<KnownRepository> known_;
    std::optional<std::string> since_;  ///< the default branch's head, once all below it is known
    Check heads_there_{"pull_request_heads", "git_commits", schema::Severity::Info};
    std::chrono::steady_clock::time_point last_told_{};
};

}  // namespace forgehouse::collect
