#include <atomic>
#include <set>
#include <thread>

#include "base/text.h"
#include "collect/git_stream.h"
#include "collect/run_record.h"
#include "collect/session.h"
#include "collect/stock.h"
#include "exec/guarded.h"

namespace forgehouse::collect {
namespace {

struct Plan {
    std::vector<sources::Repo> repositories;
    std::vector<sources::Refusal> refused;
};

bool wanted(const sources::RepoRef& repo, const std::vector<std::string>& patterns) {
    if (patterns.empty()) return true;
    const std::string name = sources::full_name(repo);
    return std::ranges::any_of(patterns, [&](const std::string& pattern) {
        return text::glob_match(pattern, name) || text::glob_match(pattern, repo.repo_slug);
    });
}

Result<Plan> plan_of(exec::Context& ctx, sources::Source& source, const Request& request) {
    Plan plan;
    std::set<sources::RepoRef> known;
    std::size_t offered = 0;
    for (sources::PageToken after;;) {
        TRY_LET(page, source.repositories(ctx, after));
        for (sources::Repo& repo : page.repositories) {
            ++offered;
            if (wanted(repo.ref, request.repo_patterns) && known.insert(repo.ref).second)
                plan.repositories.push_back(std::move(repo));
        }
        std::ranges::move(page.refused, std::back_inserter(plan.refused));
        if (page.next.empty()) break;
        after = page.next;
    }
    if (plan.repositories.empty() && plan.refused.empty())
        return Failure(Error(Errc::Invalid, "no repository matches")
                           .with("repositories", static_cast<std::int64_t>(offered))
                           .hint("Patterns of --repos are held against `project/repository` and "
                                 "against `repository`."));
    return plan;
}

class Run {
public:
    Run(exec::Context& ctx, const Deps& deps, const Request& request, Plan plan,
        Checkpoints& checkpoints, Session& session, Stock& stock, RunRecord& record)
        : ctx_(ctx),
          deps_(deps),
          request_(request),
          plan_(std::move(plan)),
          checkpoints_(checkpoints),
          session_(session),
          stock_(stock),
          record_(record),
          tickets_(request.tickets),
          observer_(deps.observer) {}

    Result<Report> go();

private:
    void work(const Budget& budget);
    RepoReport collect_one(const sources::Repo& repo, const Budget& budget);
    schema::RunStatus status(const Report& report) const;
    template <class Call>
    void tell(Call&& call) {
        observer_.with([&](Observer* observer) {
            if (observer) call(*observer);
        });
    }

    exec::Context& ctx_;
    const Deps& deps_;
    const Request& request_;
    const Plan plan_;
    Checkpoints& checkpoints_;
    Session& session_;
    Stock& stock_;
    RunRecord& record_;
    const TicketFinder tickets_;
    exec::Guarded<Observer*> observer_;
    std::atomic<std::size_t> next_ = 0;
    exec::Guarded<std::vector<std::optional<RepoReport>>> done_;
    exec::Guarded<std::vector<Finding>> findings_;
};

Result<Report> Run::go() {
    tell([&](Observer& observer) { observer.planned(record_.run_id(), plan_.repositories); });
    const std::size_t count = plan_.repositories.size();
    done_.with([&](auto& done) { done.resize(count); });
    const auto workers =
        static_cast<unsigned>(std::clamp<std::size_t>(count, 1, std::max(1U, request_.workers)));
    const Budget budget = budget_of(std::min(workers, session_.most_histories()), request_.history);
    {
        std::vector<std::jthread> threads;
        for (unsigned i = 0; i < workers; ++i) threads.emplace_back([&] { work(budget); });
    }
    Report report{.run_id = record_.run_id(),
                  .status = schema::RunStatus::Completed,
                  .started = record_.started(),
                  .completed = deps_.clock.now(),
                  .repositories = {},
                  .refused = plan_.refused,
                  .findings = findings_.with([](auto& all) { return std::move(all); }),
                  .totals = {}};
    done_.with([&](auto& done) {
        for (std::optional<RepoReport>& one : done) {
            report.totals += one->counts;
            report.repositories.push_back(std::move(*one));
        }
    });
    report.status = status(report);
    TRY(record_.end(report));
    return report;
}

void Run::work(const Budget& budget) {
    for (;;) {
        const std::size_t at = next_++;
        if (at >= plan_.repositories.size()) return;
        RepoReport report = collect_one(plan_.repositories[at], budget);
        tell([&](Observer& observer) { observer.finished(report); });
        done_.with([&](auto& done) { done[at] = std::move(report); });
    }
}

RepoReport Run::collect_one(const sources::Repo& repo, const Budget& budget) {
    RepoReport report{.repo = repo.ref,
                      .outcome = Outcome::Cancelled,
                      .error = std::nullopt,
                      .counts = {},
                      .took = {}};
    if (ctx_.stopped()) return report;
    tell([&](Observer& observer) { observer.started(repo.ref); });
    const auto began = std::chrono::steady_clock::now();
    StreamReport stream;
    exec::Context ctx = ctx_;
    const Mending mending = mending_of(stock_.lost(repo.ref));
    const StreamParts parts{.deps = deps_,
                            .checkpoints = checkpoints_,
                            .tickets = tickets_,
                            .window = request_.window,
                            .budget = budget,
                            .fetches = session_.fetches(),
                            .turns = session_.histories(),
                            .on_progress =
                                [this](const Progress& now) {
                                    tell([&](Observer& observer) { observer.progress(now); });
                                },
                            .commits_again = mending.commits_again};
    const auto forgotten = mending.history ? checkpoints_.forget(ctx, repo.ref) : Result<void>();
    const auto outcome = forgotten ? collect_history(ctx, parts, repo, stream)
                                   : Result<Outcome>(Failure(forgotten.error()));
    std::ranges::move(findings_of(stock_, repo.ref), std::back_inserter(stream.findings));
    const auto noted = record_.write_findings(stream.findings, record_.run_id());
    report.counts = stream.counts;
    report.took = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - began);
    if (outcome) report.outcome = *outcome;
    if (!outcome && !(outcome.error().code() == Errc::Cancelled && ctx_.stopped()))
        report.error = outcome.error();
    else if (!noted)
        report.error = noted.error();
    if (report.error) report.outcome = Outcome::Failed;
    std::erase_if(stream.findings, [](const Finding& finding) { return finding.failed == 0; });
    findings_.with([&](auto& all) { std::ranges::move(stream.findings, std::back_inserter(all)); });
    return report;
}

schema::RunStatus Run::status(const Report& report) const {
    if (ctx_.stopped()) return schema::RunStatus::Cancelled;
    const auto failed = static_cast<std::size_t>(
        std::ranges::count(report.repositories, Outcome::Failed, &RepoReport::outcome));
    if (failed == 0 && report.refused.empty()) return schema::RunStatus::Completed;
    return failed == report.repositories.size() ? schema::RunStatus::Failed
                                                : schema::RunStatus::Partial;
}

}  // namespace

Counts& Counts::operator+=(const Counts& other) noexcept {
    commits += other.commits;
    files += other.files;
    lines_added += other.lines_added;
    lines_removed += other.lines_removed;
    amended += other.amended;
    rows += other.rows;
    bytes += other.bytes;
    fetched += other.fetched;
    pull_requests += other.pull_requests;
    tombstones += other.tombstones;
    quarantined += other.quarantined;
    put_off += other.put_off;
    return *this;
}

std::string_view name_of(Phase phase) noexcept {
    switch (phase) {
        case Phase::Fetching: return "fetching";
        case Phase::Walking: return "walking";
        case Phase::Reading: return "reading";
        case Phase::Finishing: return "finishing";
        case Phase::Listing: return "listing";
        case Phase::PullRequests: return "pull requests";
    }
    return "";
}

std::string_view name_of(CommitsFrom from) noexcept {
    switch (from) {
        case CommitsFrom::Auto: return "auto";
        case CommitsFrom::Git: return "git";
        case CommitsFrom::Api: return "api";
    }
    return "";
}

double Report::records_per_second() const noexcept {
    const std::int64_t ms = (completed - started).count();
    return ms > 0 ? static_cast<double>(totals.rows) * 1000.0 / static_cast<double>(ms) : 0.0;
}

std::string_view name_of(Outcome outcome) noexcept {
    switch (outcome) {
        case Outcome::Unchanged: return "unchanged";
        case Outcome::Collected: return "collected";
        case Outcome::Failed: return "failed";
        case Outcome::Cancelled: return "cancelled";
    }
    return "";
}

Result<Report> run(exec::Context& ctx, const Deps& deps, sources::Source& source,
                   const Request& request) {
    TRY_LET(plan, plan_of(ctx, source, request));
    TRY_LET(session, HeldSession::of(ctx, deps, request.workers));
    Checkpoints checkpoints(deps.checkpoints, deps.clock);
    std::set<sources::RepoRef> planned;
    for (const sources::Repo& repo : plan.repositories) planned.insert(repo.ref);
    TRY_LET(stock, Stock::take(ctx, deps, source.info().data_source, std::move(planned)));
    TRY_LET(record, RunRecord::begin(ctx, deps, checkpoints, source.info(),
                                     settings_of(request, source.info())));
    auto report =
        Run(ctx, deps, request, std::move(plan), checkpoints, *session, stock, record).go();
    keep(deps, stock, report ? report->repositories : std::vector<RepoReport>());
    return report;
}

}  // namespace forgehouse::collect
