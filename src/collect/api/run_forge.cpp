#include <fmt/format.h>

#include <set>

#include "base/log.h"
#include "collect/api/forge_run.h"
#include "collect/api/identities.h"
#include "exec/guarded.h"

namespace forgehouse::collect {
namespace {

Error no_match(std::size_t offered) {
    if (offered == 0)
        return Error(Errc::Invalid, "the server shows us no repository")
            .hint(
                "Give the account of the token or user the right to read, or check who it is: "
                "`forgehouse doctor` asks the server.");
    return Error(Errc::Invalid, "no repository matches")
        .with("repositories", static_cast<std::int64_t>(offered))
        .hint(
            "Patterns of --repos are held against `project/repository` and against "
            "`repository`; include and exclude of the source count too.");
}

// What could not be read: pages are kept as they came, entries are told of one by one.
class Quarantine {
public:
    Quarantine(RunArchive& archive, Fetcher& fetcher) : archive_(archive) {
        fetcher.on_invalid(
            [this](const sources::Page& page, const Error& error) { keep(page, error); });
        fetcher.on_unreadable(
            [this](const sources::Page& page, const std::vector<sources::Unreadable>& entries) {
                keep(page, entries.front().error);
                for (const sources::Unreadable& entry : entries) tell(page, entry);
            });
    }

    /// The entries, each once, and how many more there were.
    std::vector<sources::Refusal> take() {
        return told_.with([](Told& told) {
            if (told.more > 0)
                told.refused.push_back(
                    {.asked_for = "lists",
                     .error = Error(Errc::Corrupt, "further entries cannot be read")
                                  .with("entries", static_cast<std::int64_t>(told.more))});
            return std::exchange(told, {}).refused;
        });
    }

private:
    struct Told {
        std::vector<sources::Refusal> refused;
        std::size_t more = 0;
    };
    static constexpr std::size_t kTold = 20;

    void keep(const sources::Page& page, const Error& error) {
        std::string line;
        append_line(line, sources::name_of(page.call.stream), page, archive_.run_id());
        exec::Context ctx = exec::Context().with_timeout(std::chrono::minutes(1));
        const auto kept = archive_.store(ctx, page.call.repo, kQuarantine, line);
        log::write(log::Level::Warn, "collect", "a page was put into quarantine",
                   kept ? error : kept.error(),
                   {{"run_id", archive_.run_id()}, {"target", page.call.target}});
    }

    void tell(const sources::Page& page, const sources::Unreadable& entry) {
        told_.with([&](Told& told) {
            if (told.refused.size() >= kTold) {
                ++told.more;
                return;
            }
            told.refused.push_back(
                {.asked_for = fmt::format("an entry of {}", sources::name_of(page.call.stream)),
                 .error = Error(entry.error)
                              .hint("the other entries are read; its page lies in the archive's "
                                    "quarantine: ask the server's administrators")});
        });
    }

    RunArchive& archive_;
    exec::Guarded<Told> told_;
};

bool is_missing(const RepoReport& repo) {
    return repo.error && repo.error->code() == Errc::NotFound;
}

// Who it is, and what the list says of it: a fork names its origin, which may have another name.
using Identity = std::tuple<std::string, sources::RepoRef, std::string>;
Identity identity_of(const sources::ListedRepo& listed) {
    return {listed.uuid, listed.repo.ref,
            listed.row.metadata.value + listed.project.metadata.value};
}

// Takes the second part of a run, whose repositories stand in the place of the first's.
void merge(Report& report, Report more) {
    std::erase_if(report.repositories, [&](const RepoReport& one) {
        return std::ranges::find(more.repositories, one.repo, &RepoReport::repo) !=
               more.repositories.end();
    });
    std::ranges::move(more.repositories, std::back_inserter(report.repositories));
    std::ranges::move(more.refused, std::back_inserter(report.refused));
    std::ranges::move(more.findings, std::back_inserter(report.findings));
    report.totals += more.totals;
    report.peak_memory = std::max(report.peak_memory, more.peak_memory);
}

// A run from the list of repositories to the last row; its record is begun and ended outside.
class OneRun {
public:
    OneRun(exec::Context& ctx, const Deps& deps, const sources::Forge& forge,
           const ForgeAccess& access, const Request& request, Checkpoints& checkpoints,
           Session& session, AnswerCache& cache, RunRecord& record)
        : ctx_(ctx),
          deps_(deps),
          forge_(forge),
          access_(access),
          request_(request),
          checkpoints_(checkpoints),
          session_(session),
          record_(record),
          fetcher_(deps, forge, access, request.api, &cache),
          archive_(*deps.archive, deps.clock, record.run_id()),
          quarantine_(archive_, fetcher_) {}

    Result<Report> go() {
        TRY_LET(report, collect_all());
        keep(deps_, stock_, report.repositories);
        std::ranges::move(quarantine_.take(), std::back_inserter(report.refused));
        report.status = status_of(report, ctx_.stopped());
        return std::move(report);
    }

    /// Of a run that did not come to its plan.
    Report failed(const Error& error) const {
        Report report{.run_id = record_.run_id(),
                      .status = error.code() == Errc::Cancelled ? schema::RunStatus::Cancelled
                                                                : schema::RunStatus::Failed,
                      .started = record_.started(),
                      .completed = deps_.clock.now(),
                      .repositories = {},
                      .refused = {{.asked_for = "repositories", .error = error}},
                      .findings = {},
                      .totals = {}};
        report.api = fetcher_.counts();
        return report;
    }

private:
    Result<Report> collect_all() {
        TRY_LET(version, checkpoints_.next_version(ctx_));
        TRY_LET(plan, find_repositories(version, request_.api.discovery_age));
        if (plan.empty()) return Failure(no_match(offered_));
        People people(deps_, forge_, archive_, version);
        const auto listed = people.list(ctx_, fetcher_);
        if (!listed) TRY(ctx_.check());
        TRY(take_stock(plan));
        TRY_LET(report, collect(plan, people, listed, record_.run_id()));
        const bool doubtful = from_cache_ && std::ranges::any_of(report.repositories, is_missing);
        if (!doubtful || ctx_.stopped()) return std::move(report);
        TRY(forget_discovery(ctx_, deps_.checkpoints, forge_.info().data_source));
        return look_again(std::move(report), plan, people);
    }

    Result<Report> collect(std::vector<sources::ListedRepo> plan, People& people,
                           const Result<void>& listed, std::string token) {
        ForgeRun collecting({.ctx = ctx_,
                             .deps = deps_,
                             .forge = forge_,
                             .access = access_,
                             .request = request_,
                             .checkpoints = checkpoints_,
                             .session = session_,
                             .stock = stock_,
                             .record = record_,
                             .fetcher = fetcher_,
                             .archive = archive_,
                             .people = people,
                             .listed = listed_,
                             .token = std::move(token)},
                            std::move(plan));
        if (!listed) collecting.refuse_people(listed.error());
        return collecting.go();
    }

    // Of those that a second part of the run finds under other names, nothing is known yet.
    Result<void> take_stock(const std::vector<sources::ListedRepo>& plan) {
        std::set<sources::RepoRef> planned;
        for (const sources::ListedRepo& listed : plan) planned.insert(listed.repo.ref);
        TRY_LET(stock, Stock::take(ctx_, deps_, forge_.info().data_source, std::move(planned)));
        stock_ = std::move(stock);
        return {};
    }

    // What the cached list had and the forge has not was renamed or deleted since: with a fresh
    // list the run reads what stands under another name, and passes over what is gone.
    Result<Report> look_again(Report report, const std::vector<sources::ListedRepo>& before,
                              People& people) {
        log::info("collect", "the list of repositories is outdated and is read again",
                  {{"run_id", record_.run_id()}});
        TRY_LET(version, checkpoints_.next_version(ctx_));
        const auto fresh = find_repositories(version, {});
        if (!fresh) {
            report.refused.push_back({.asked_for = "repositories", .error = fresh.error()});
            report.status = status_of(report, ctx_.stopped());
            report.api = fetcher_.counts();
            return report;
        }
        std::set<Identity> known;
        for (const sources::ListedRepo& one : before) known.insert(identity_of(one));
        std::vector<sources::ListedRepo> plan;
        std::set<sources::RepoRef> still_there;
        for (const sources::ListedRepo& one : *fresh)
            if (known.contains(identity_of(one)))
                still_there.insert(one.repo.ref);
            else
                plan.push_back(one);
        std::erase_if(report.repositories, [&](const RepoReport& one) {
            return is_missing(one) && !still_there.contains(one.repo);
        });
        const std::uint64_t people_rows = people.rows();
        if (!plan.empty()) {
            TRY_LET(more, collect(std::move(plan), people, {}, record_.run_id() + "/again"));
            more.totals.rows -= people_rows;  // which the first report has
            merge(report, std::move(more));
        }
        report.completed = deps_.clock.now();
        report.api = fetcher_.counts();
        report.status = status_of(report, ctx_.stopped());
        return report;
    }

    // The repositories that are wanted, and remembers them.
    Result<std::vector<sources::ListedRepo>> find_repositories(std::uint64_t version,
                                                               std::chrono::milliseconds max_age) {
        TRY_LET(found, discover(ctx_, deps_, forge_, fetcher_, max_age, version, record_.run_id()));
        from_cache_ = found.from_cache;
        const std::string& data_source = forge_.info().data_source;
        if (!found.as_before)
            TRY(archive_.store(ctx_,
                               {.data_source = data_source, .project_key = {}, .repo_slug = {}},
                               sources::name_of(sources::Stream::Repositories), found.lines));
        if (!found.from_cache) TRY(keep_discovery(ctx_, deps_.checkpoints, forge_, found.lines));
        if (!found.from_cache)
            TRY(follow_moves(ctx_,
                             {.deps = deps_,
                              .forge = forge_,
                              .fetcher = fetcher_,
                              .archive = archive_,
                              .checkpoints = checkpoints_,
                              .version = version},
                             found.repositories));
        offered_ = found.repositories.size();
        listed_.clear();
        for (const sources::ListedRepo& one : found.repositories)
            listed_.emplace(one.repo.ref, one.uuid);
        std::vector<sources::ListedRepo> plan = wanted_of(std::move(found.repositories), request_);
        TRY(remember(ctx_, deps_.checkpoints, data_source, plan));
        return plan;
    }

    exec::Context& ctx_;
    const Deps& deps_;
    const sources::Forge& forge_;
    const ForgeAccess& access_;
    const Request& request_;
    Checkpoints& checkpoints_;
    Session& session_;
    RunRecord& record_;
    Fetcher fetcher_;
    RunArchive archive_;
    Quarantine quarantine_;
    Stock stock_;
    bool from_cache_ = false;
    ListedIds listed_;
    std::size_t offered_ = 0;  ///< repositories in the list, wanted or not
};

}  // namespace

Result<Report> run(exec::Context& ctx, const Deps& deps, const sources::Forge& forge,
                   const ForgeAccess& access, const Request& request) {
    if (!deps.archive)
        return Failure(Error(Errc::Invalid, "a forge is collected with an archive only")
                           .hint("Say where the archive is to lie."));
    TRY_LET(session, HeldSession::of(ctx, deps, request.workers));
    Checkpoints checkpoints(deps.checkpoints, deps.clock);
    TRY_LET(cache, AnswerCache::open(ctx, deps.checkpoints, forge.info().data_source));
    TRY_LET(record, RunRecord::begin(ctx, deps, checkpoints, forge.info(),
                                     settings_of(request, forge.info())));
    OneRun one(ctx, deps, forge, access, request, checkpoints, *session, *cache, record);
    auto report = one.go();
    // A run that found nothing to do is recorded as failed all the same.
    const auto ended = record.end(report ? *report : one.failed(report.error()));
    if (report && !ended) return Failure(ended.error());
    return report;
}

Result<std::string> greet(exec::Context& ctx, const Deps& deps, const sources::Forge& forge,
                          const ForgeAccess& access) {
    Fetcher fetcher(deps, forge, access, {}, nullptr);
    std::string words;
    TRY(fetcher.fetch(ctx, forge.hello(), 0, [&](const sources::Page& page) -> Result<void> {
        TRY_LET(said, forge.read_hello(page));
        words = std::move(said);
        return {};
    }));
    return words;
}

}  // namespace forgehouse::collect
