#include "collect/api/forge_run.h"

#include <sys/resource.h>

#include "base/log.h"
#include "base/text.h"
#include "collect/queries.h"
#include "collect/row_writer.h"

namespace forgehouse::collect {
namespace {

constexpr std::int64_t kToldEveryMs = 100;

std::uint64_t peak_memory() {
    rusage usage{};
    if (::getrusage(RUSAGE_SELF, &usage) != 0) return 0;
    return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

}  // namespace

ForgeRun::ForgeRun(Parts parts, std::vector<sources::ListedRepo> plan)
    : parts_(parts),
      plan_(std::move(plan)),
      tickets_(parts_.request.tickets),
      observer_(parts_.deps.observer) {}

Result<Report> ForgeRun::go() {
    std::vector<sources::Repo> planned;
    for (const sources::ListedRepo& listed : plan_) planned.push_back(listed.repo);
    tell([&](Observer& observer) { observer.planned(parts_.record.run_id(), planned); });
    exec::Context counting = parts_.ctx;
    TRY_LET(stored_before, count_stored(counting));
    stored_before_ = std::move(stored_before);
    done_.with([&](auto& done) { done.resize(plan_.size()); });
    const ApiOptions& options = parts_.request.api;
    store_.emplace(PullRequestStore::Parts{
        .deps = parts_.deps,
        .archive = parts_.archive,
        .token = parts_.token,
        .batch_size = std::max(1U, options.batch_size),
        .on_finished = [this](RepoPass& pass, const Listing& listing) { finished(pass, listing); },
        .on_stored = [this](const RepoPass& pass) { tell_sometimes(pass, Phase::PullRequests); },
        .on_people =
            [this](std::vector<schema::GitUser> people) {
                exec::Context ctx = storing_context();
                return parts_.people.met(ctx, std::move(people));
            },
        .store_people = [this](exec::Context& ctx) { return parts_.people.flush(ctx); },
        .waiting = to_store_});
    // More threads than requests in flight: some of them make rows meanwhile.
    const unsigned readers =
        std::max(1U, options.max_workers) + std::max(1U, std::jthread::hardware_concurrency());
    reader_.emplace(
        PullRequestReader::Parts{
            .ctx = parts_.ctx,
            .fetcher = parts_.fetcher,
            .forge = parts_.forge,
            .tickets = tickets_,
            .store = *store_,
            .budget = budget_of_answers_,
            .run_id = parts_.record.run_id(),
            .on_read = [this](const RepoPass& pass) { tell_sometimes(pass, Phase::PullRequests); },
            .waiting = to_read_},
        readers);
    const auto workers = static_cast<unsigned>(
        std::clamp<std::size_t>(plan_.size(), 1, std::max(1U, parts_.request.workers)));
    budget_ = budget_of(std::min(workers, parts_.session.most_histories()), parts_.request.history);
    {
        std::vector<std::jthread> threads;
        for (unsigned i = 0; i < workers; ++i) threads.emplace_back([this] { work(); });
    }
    if (const auto outgoing = collect_outgoing(); !outgoing && !parts_.ctx.stopped())
        outgoing_error_ = outgoing.error();
    reader_.reset();
    const auto stored = store_->finish();
    store_.reset();
    exec::Context storing = storing_context();
    const auto last = parts_.checkpoints.next_version(storing);
    const auto people =
        last ? parts_.people.finish(storing, *last) : Result<void>(Failure(last.error()));
    if (!people && !people_error_) people_error_ = people.error();
    const auto noted = write_notes();
    return conclude(stored, noted);
}

Result<Report> ForgeRun::conclude(const Result<void>& stored, const Result<void>& noted) {
    Report report{.run_id = parts_.record.run_id(),
                  .status = schema::RunStatus::Completed,
                  .started = parts_.record.started(),
                  .completed = parts_.deps.clock.now(),
                  .repositories = {},
                  .refused = {},
                  .findings = std::move(findings_),
                  .totals = {}};
    done_.with([&](auto& done) {
        for (std::optional<RepoReport>& one : done) {
            if (!one) continue;
            report.totals += one->counts;
            report.repositories.push_back(std::move(*one));
        }
    });
    if (people_error_) report.refused.push_back({.asked_for = "users", .error = *people_error_});
    if (outgoing_error_)
        report.refused.push_back(
            {.asked_for = "outgoing pull requests", .error = *outgoing_error_});
    if (!stored) report.refused.push_back({.asked_for = "pull requests", .error = stored.error()});
    if (!noted) report.refused.push_back({.asked_for = "findings", .error = noted.error()});
    report.totals.rows += parts_.people.rows();
    report.api = parts_.fetcher.counts();
    report.peak_memory = peak_memory();
    report.status = status_of(report, parts_.ctx.stopped());
    return report;
}

void ForgeRun::refuse_people(Error error) {
    people_error_ = std::move(error);
}

schema::RunStatus status_of(const Report& report, bool stopped) {
    if (stopped) return schema::RunStatus::Cancelled;
    const auto failed = static_cast<std::size_t>(
        std::ranges::count(report.repositories, Outcome::Failed, &RepoReport::outcome));
    if (failed > 0 && failed == report.repositories.size()) return schema::RunStatus::Failed;
    if (failed > 0 || !report.refused.empty() || report.totals.put_off > 0)
        return schema::RunStatus::Partial;
    return schema::RunStatus::Completed;
}

void ForgeRun::work() {
    for (;;) {
        const std::size_t at = next_++;
        if (at >= plan_.size()) return;
        collect_one(at);
    }
}

void ForgeRun::collect_one(std::size_t index) {
    const sources::ListedRepo& listed = plan_[index];
    exec::Context ctx = parts_.ctx;
    const bool stopped = ctx.stopped();
    Result<std::uint64_t> version = std::uint64_t{0};
    if (!stopped) {
        tell([&](Observer& observer) { observer.started(listed.repo.ref); });
        version = parts_.checkpoints.next_version(ctx);
    }
    const auto pass =
        std::make_shared<RepoPass>(index, listed.repo.ref,
                                   sources::RowStamp{.data_source = listed.repo.ref.data_source,
                                                     .collected_at = parts_.deps.clock.now(),
                                                     .version = version.value_or(0)});
    pass->report = {.repo = listed.repo.ref,
                    .outcome = Outcome::Unchanged,
                    .error = std::nullopt,
                    .counts = {},
                    .took = {}};
    if (stopped) pass->report.outcome = Outcome::Cancelled;
    Listing listing;
    const auto ready = version ? prepare(ctx, *pass) : Failure(version.error());
    if (stopped || (ready && !*ready)) {
        store_->seal(pass, std::move(listing));
        return;
    }
    if (!ready) {
        listing.error = ready.error();
    } else {
        listing = read(ctx, pass, listed);
    }
    store_->seal(pass, std::move(listing));
}

Listing ForgeRun::read(exec::Context& ctx, const std::shared_ptr<RepoPass>& pass,
                       const sources::ListedRepo& listed) {
    pass->over_api = parts_.request.api.commits == CommitsFrom::Api;
    std::optional<KeptRepository> kept;
    std::optional<Error> refused;
    if (!pass->over_api) {
        const auto outcome = read_by_git(ctx, *pass, listed, kept);
        pass->over_api = !outcome && may_go_over(ctx, *pass, outcome.error());
        if (outcome)
            pass->report.outcome = *outcome;
        else if (pass->over_api)
            refused = outcome.error();
        else
            pass->history_error = outcome.error();
    }
    std::set<std::string> heads;
    Listing listing;
    if (pass->over_api) {
        listing = read_over_api(ctx, pass, listed, refused, heads);
    } else {
        if (kept)
            for (const git::Ref& ref : kept->refs.refs)
                if (ref.name.starts_with("refs/heads/")) heads.insert(ref.peeled.hex());
        listing = list(ctx, pass, std::move(kept));
    }
    if (parts_.request.api.build_statuses) add_statuses(ctx, *pass, std::move(heads), listing);
    return listing;
}

// False where a run that is resumed has read it to its end already.
Result<bool> ForgeRun::prepare(exec::Context& ctx, RepoPass& pass) {
    TRY_LET(stored, load_ledger(ctx, parts_.deps.checkpoints, pass.repo));
    const auto& resume_from = parts_.request.api.resume_from;
    const std::optional<Time> completed = stored.ledger.completed;
    TRY(reconcile(ctx, pass.repo, stored.ledger));
    const StockCounts& lost = parts_.stock.lost(pass.repo);
    const Mending mending = mending_of(lost);
    if (!lost.empty())
        log::warn(
            "collect", "rows are gone from the warehouse and are read again",
            {{"run_id", parts_.record.run_id()}, {"repository", sources::full_name(pass.repo)}});
    if (mending.history) TRY(parts_.checkpoints.forget(ctx, pass.repo));
    if (mending.pull_requests) {
        for (auto& [id, entry] : stored.ledger.read) entry = Ledger::Entry();
        stored.ledger.unfinished = true;
    }
    pass.commits_again = mending.commits_again;
    pass.findings = findings_of(parts_.stock, pass.repo);
    const bool owes = stored.ledger.unfinished || !stored.ledger.put_off.empty();
    pass.amend_all = stored.ledger.unfinished;
    pass.ledger.with([&](StoredLedger& ledger) { ledger = std::move(stored); });
    return !(resume_from && completed && *completed >= *resume_from && !owes);
}

// The warehouse is the truth about what is stored, whichever of the two was lost or restored from a
// copy. What it lacks is read; what the ledger did not know is read again, or buried.
Result<void> ForgeRun::reconcile(exec::Context& ctx, const sources::RepoRef& repo,
                                 Ledger& ledger) const {
    const auto at = stored_before_.find(repo);
    const Stored stored = at == stored_before_.end() ? Stored() : at->second;
    std::uint64_t sum = 0;
    for (const auto& [id, entry] : ledger.read) sum += static_cast<std::uint64_t>(id);
    if (stored.pull_requests == ledger.read.size() && stored.sum_of_ids == sum) return {};
    TRY_LET(answer,
            parts_.deps.warehouse.ask(ctx, ports::Query(kPullRequestIds, parameters_of(repo))));
    std::unordered_map<std::int64_t, Ledger::Entry> there;
    const std::string ids = answer.rows.empty() ? std::string() : answer.rows[0][0].value_or("");
    for (const std::string_view word : text::split(ids, ' ')) {
        const auto id = text::to_int(word);
        if (!id) continue;
        const auto known = ledger.read.find(*id);
        there.emplace(*id, known == ledger.read.end() ? Ledger::Entry() : known->second);
    }
    ledger.read = std::move(there);
    ledger.unfinished = true;
    return {};
}

Listing ForgeRun::list(exec::Context& ctx, const std::shared_ptr<RepoPass>& pass,
                       std::optional<KeptRepository> kept) {
    const bool git_there = kept.has_value();
    const ListerParts parts{
        .deps = parts_.deps,
        .forge = parts_.forge,
        .fetcher = parts_.fetcher,
        .reader = *reader_,
        .request = parts_.request,
        .open_git =
            [&](exec::Context& asking, RepoPass& opened) {
                if (!kept) return;
                auto facts =
                    git_facts_of(asking, parts_.deps, opened.repo, std::move(*kept), tickets_);
                if (facts)
                    opened.ask_git = std::move(*facts);
                else
                    log::write(log::Level::Warn, "collect",
                               "git cannot say what pull requests change", facts.error(),
                               {{"repository", sources::full_name(opened.repo)}});
            },
        .on_page = [this](const RepoPass& listed,
                          std::uint64_t) { tell_sometimes(listed, Phase::Listing); },
        .git_there = git_there};
    return list_pull_requests(ctx, parts, pass);
}

void ForgeRun::add_statuses(exec::Context& ctx, const RepoPass& pass, std::set<std::string> heads,
                            Listing& listing) {
    heads.insert(listing.open_heads.begin(), listing.open_heads.end());
    const auto rows = read_statuses(ctx,
                                    {.deps = parts_.deps,
                                     .forge = parts_.forge,
                                     .fetcher = parts_.fetcher,
                                     .archive = parts_.archive},
                                    pass, heads);
    if (rows)
        listing.status_rows = *rows;
    else if (!listing.error)
        listing.error = rows.error();
}

void ForgeRun::tell_sometimes(const RepoPass& pass, Phase phase) {
    const std::int64_t now = std::chrono::duration_cast<std::chrono::milliseconds>(
                                 std::chrono::steady_clock::now().time_since_epoch())
                                 .count();
    std::int64_t last = last_told_ms_;
    if (now - last < kToldEveryMs || !last_told_ms_.compare_exchange_strong(last, now)) return;
    Counts done;
    done.pull_requests = pass.read;
    ApiState state = parts_.fetcher.state();
    state.to_read = to_read_;
    state.to_store = to_store_;
    tell([&](Observer& observer) {
        observer.api(state);
        observer.progress({.repo = pass.repo,
                           .phase = phase,
                           .commits_total = std::nullopt,
                           .done = done,
                           .note = {},
                           .pull_requests_total = pass.submitted.load()});
    });
}

}  // namespace forgehouse::collect
