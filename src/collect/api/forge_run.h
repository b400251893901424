// ForgeRun: one run of a source that answers over an API.
//
//   workers (one repository at a time each)
//     history by git ─▶ list of pull requests ─▶ what must be read ─┐ queue
//   readers (all repositories)                                      ▼
//     pages by the Fetcher ─▶ git's facts ─▶ rows ─┐ queue
//   store (one thread)                             ▼
//     archive ─▶ rows ─▶ ledgers ─▶ the repository is finished
#pragma once

#include "collect/api/api_history.h"
#include "collect/api/discovery.h"
#include "collect/api/git_facts.h"
#include "collect/api/outgoing.h"
#include "collect/api/people.h"
#include "collect/api/pull_request_lister.h"
#include "collect/api/statuses.h"
#include "collect/git_stream.h"
#include "collect/run_record.h"
#include "collect/session.h"
#include "collect/stock.h"
#include "schema/git_coverage.h"

namespace forgehouse::collect {

/// What is to be said of a run that has done all this.
schema::RunStatus status_of(const Report& report, bool stopped);

/// Threads: one at a time.
class ForgeRun {
public:
    /// What it works with; all of it outlives the run.
    struct Parts {
        exec::Context& ctx;
        const Deps& deps;
        const sources::Forge& forge;
        const ForgeAccess& access;
        const Request& request;
        Checkpoints& checkpoints;
        Session& session;
        const Stock& stock;
        RunRecord& record;
        Fetcher& fetcher;
        RunArchive& archive;
        People& people;
        const ListedIds& listed;
        std::string token;  ///< begins deduplication tokens; no two ForgeRuns share one
    };
    ForgeRun(Parts parts, std::vector<sources::ListedRepo> plan);

    /// The report; the run's own row is the caller's to end.
    Result<Report> go();
    /// The list of users could not be read: the run goes on and says so.
    void refuse_people(Error error);

private:
    Result<Report> conclude(const Result<void>& stored, const Result<void>& noted);
    void work();
    void collect_one(std::size_t index);
    Result<Outcome> read_by_git(exec::Context& ctx, RepoPass& pass,
                                const sources::ListedRepo& listed,
                                std::optional<KeptRepository>& kept);
    Result<Outcome> read_history(exec::Context& ctx, RepoPass& pass,
                                 const sources::ListedRepo& listed,
                                 std::optional<KeptRepository>& kept, bool offline);
    bool bring_mirror(exec::Context& ctx, RepoPass& pass, const sources::ListedRepo& listed);
    /// What collect_one() does between the repository's begin and its end.
    Listing read(exec::Context& ctx, const std::shared_ptr<RepoPass>& pass,
                 const sources::ListedRepo& listed);
    Listing read_over_api(exec::Context& ctx, const std::shared_ptr<RepoPass>& pass,
                          const sources::ListedRepo& listed, const std::optional<Error>& refused,
                          std::set<std::string>& heads);
    bool may_go_over(exec::Context& ctx, const RepoPass& pass, const Error& error) const;
    void note_refusal(RepoPass& pass, const Error& error) const;
    Result<void> set_back(exec::Context& ctx, RepoPass& pass);
    Result<void> note_way(exec::Context& ctx, RepoPass& pass);
    Result<bool> prepare(exec::Context& ctx, RepoPass& pass);
    Listing list(exec::Context& ctx, const std::shared_ptr<RepoPass>& pass,
                 std::optional<KeptRepository> kept);
    void add_statuses(exec::Context& ctx, const RepoPass& pass, std::set<std::string> heads,
                      Listing& listing);
    Result<void> collect_outgoing();
    void collect_hidden(
        std::size_t index, const sources::RepoRef& repo,
        const std::function<Result<std::vector<sources::ListedPullRequest>>(exec::Context&)>& items,
        bool whole);
    void finished(RepoPass& pass, const Listing& listing);
    void note(const RepoPass& pass, const Listing& listing);
    Result<void> write_notes();
    void tell_sometimes(const RepoPass& pass, Phase phase);
    template <class Call>
    void tell(Call&& call) {
        observer_.with([&](Observer* observer) {
            if (observer) call(*observer);
        });
    }

    /// What is written about repositories, gathered so that many small ones make one insert.
    struct Notes {
        std::vector<Finding> findings;
        std::vector<schema::GitCoverage> coverage;  ///< but for what is stored
    };
    struct Stored {
        std::uint64_t pull_requests = 0;
        std::uint64_t sum_of_ids = 0;
    };
    using StoredCounts = std::map<sources::RepoRef, Stored>;
    /// Pull requests in the warehouse now. Errors: the warehouse's.
    Result<StoredCounts> count_stored(exec::Context& ctx) const;
    /// Makes the ledger say of each pull request what the warehouse has, where they differ.
    Result<void> reconcile(exec::Context& ctx, const sources::RepoRef& repo, Ledger& ledger) const;

    const Parts parts_;
    const std::vector<sources::ListedRepo> plan_;
    const TicketFinder tickets_;
    Budget budget_;
    exec::Guarded<Observer*> observer_;
    exec::Guarded<std::vector<std::optional<RepoReport>>> done_;
    exec::Guarded<Notes> notes_;
    std::vector<Finding> findings_;  ///< of the report; the store's thread, then go()
    std::uint64_t note_inserts_ = 0;
    std::atomic<std::size_t> next_ = 0;
    std::atomic<std::int64_t> last_told_ms_ = 0;
    std::atomic<std::uint64_t> to_read_ = 0;
    std::atomic<std::uint64_t> to_store_ = 0;
    std::optional<Error> outgoing_error_;
    StoredCounts stored_before_;
    std::optional<Error> people_error_;  ///< the store's thread, then go()
    /// Of answers that rows are made of, or whose rows wait for the store. What becomes of a byte
    /// takes about eight.
    exec::ByteBudget budget_of_answers_{16U << 20};
    std::optional<PullRequestStore> store_;
    std::optional<PullRequestReader> reader_;  // before store_ goes, it must be gone
};

}  // namespace forgehouse::collect
