#include "collect/git_stream.h"

#include <fmt/format.h>

#include "base/digest.h"
#include "base/text.h"
#include "collect/finishing.h"
#include "collect/queries.h"
#include "collect/ref_rows.h"
#include "collect/repository_access.h"
#include "collect/row_builder.h"
#include "schema/batch_reader.h"

namespace forgehouse::collect {
namespace {

constexpr auto kReportedEvery = std::chrono::milliseconds(100);
// A date further ahead of the run than this is no clock that is a little fast.
constexpr auto kFuture = std::chrono::hours(24);

using ShallowEdge = std::unordered_set<git::ObjectId>;

std::string fingerprint_of(const git::Refs& refs, const ShallowEdge& edge) {
    std::string fingerprint = refs.fingerprint();
    if (edge.empty()) return fingerprint;
    std::vector<std::string> ends;
    for (const git::ObjectId& id : edge) ends.push_back(id.hex());
    std::ranges::sort(ends);
    return fingerprint + '+' + sha256_hex(fmt::format("{}", fmt::join(ends, "\n")));
}

class HistoryStream {
public:
    HistoryStream(exec::Context& ctx, const StreamParts& parts, const sources::Repo& repo,
                  StreamReport& report)
        : ctx_(ctx), parts_(parts), repo_(repo), report_(report) {}

    Result<Outcome> collect();

private:
    /// What the warehouse holds, and of that the commits that must be read again because a shallow
    /// clone's history ended there and no longer does.
    struct Stored {
        StoredCommits commits;
        BranchNames names;
        std::vector<std::string> to_read_again;
    };

    Result<Stored> load_stored(git::ObjectFormat format, const ShallowEdge& edge);
    Result<void> bury_files(std::vector<std::string> commits, std::uint64_t version);
    Result<void> read(const git::Repository& repository, git::Walk& git_walk,
                      const ShallowEdge& edge, Stored& stored, FinishingFacts& facts);
    Result<void> read_new(const git::Repository& repository, CommitWalk& walk, RowBuilder& builder);
    void tell(Phase phase, std::string_view note = {});
    void tell_sometimes(Phase phase, std::string_view note = {});

    exec::Context& ctx_;
    const StreamParts& parts_;
    const sources::Repo& repo_;
    StreamReport& report_;
    Stamp stamp_{};
    std::optional<std::uint64_t> commits_total_;
    std::chrono::steady_clock::time_point last_told_{};
};

void HistoryStream::tell(Phase phase, std::string_view note) {
    last_told_ = std::chrono::steady_clock::now();
    parts_.on_progress({.repo = repo_.ref,
                        .phase = phase,
                        .commits_total = commits_total_,
                        .done = report_.counts,
                        .note = note});
}

void HistoryStream::tell_sometimes(Phase phase, std::string_view note) {
    if (std::chrono::steady_clock::now() - last_told_ >= kReportedEvery) tell(phase, note);
}

Result<Outcome> HistoryStream::collect() {
    const bool is_remote = std::holds_alternative<sources::RemotePlace>(repo_.place);
    tell(is_remote ? Phase::Fetching : Phase::Walking);
    TRY_LET(open, open_repository(ctx_, parts_.deps, repo_,
                                  [this](std::string_view note, std::uint64_t bytes) {
                                      report_.counts.fetched = bytes;
                                      tell_sometimes(Phase::Fetching, note);
                                  }));
    report_.counts.fetched = open.fetched;
    TRY_LET(refs, git::list_refs(ctx_, open.repository));
    TRY_LET(edge, open.shallow_edge());
    const std::string fingerprint = fingerprint_of(refs, edge);
    TRY_LET(checkpoint, parts_.checkpoints.load(ctx_, repo_.ref));
    TRY_LET(known, known_repository(ctx_, parts_.deps.warehouse, repo_.ref));
    // The stored row's version shows that the warehouse still is the one that was filled.
    if (checkpoint && known && checkpoint->fingerprint == fingerprint &&
        checkpoint->version == known->version)
        return Outcome::Unchanged;

    tell(Phase::Walking);
    stamp_ = {.repo = repo_.ref, .collected_at = parts_.deps.clock.now(), .version = 0};
    // git begins to list the commits while the warehouse says which of them it has.
    TRY_LET(walk, git::Walk::start(ctx_, open.repository, refs));
    TRY_LET(stored, load_stored(open.repository.traits().format, edge));
    if (!stored.to_read_again.empty()) {
        TRY_LET(earlier, parts_.checkpoints.next_version(ctx_));
        TRY(bury_files(std::move(stored.to_read_again), earlier));
    }
    TRY_LET(version, parts_.checkpoints.next_version(ctx_));
    stamp_.version = version;

    FinishingFacts facts{.repo = repo_,
                         .stamp = stamp_,
                         .refs = refs,
                         .open = open,
                         .window = parts_.window,
                         .known = known,
                         .head_dates = heads_of(refs),
                         .reachable = 0};
    TRY(read(open.repository, walk, edge, stored, facts));
    tell(Phase::Finishing);
    TRY(finish_repository(ctx_, parts_.deps.warehouse, std::move(facts), report_));
    if (parts_.window.open())
        TRY(parts_.checkpoints.save(ctx_, repo_.ref,
                                    {.fingerprint = fingerprint, .version = version}));
    return Outcome::Collected;
}

Result<HistoryStream::Stored> HistoryStream::load_stored(git::ObjectFormat format,
                                                         const ShallowEdge& edge) {
    Stored stored{.commits = StoredCommits(format), .names = {}, .to_read_again = {}};
    TRY(parts_.deps.warehouse.read(
        ctx_, ports::Query(kStoredCommits, parameters_of(repo_.ref)), kStoredCommitsShape,
        [&](const schema::Batch& block) -> Result<void> {
            TRY_LET(rows, schema::BatchReader::open(block));
            const auto& hash = rows["commit_hash"];
            const auto& branch = rows["branch"];
            const auto& in_default = rows["is_in_default_branch"];
            const auto& reachable = rows["is_reachable"];
            const auto& ends = rows["is_shallow_edge"];
            for (std::size_t i = 0; i < rows.rows(); ++i) {
                const std::string_view hex = hash.text(i);
                const CommitPlace place{.branch = stored.names.number_of(branch.text(i)),
                                        .is_in_default_branch = in_default.flag(i),
                                        .is_reachable = reachable.flag(i)};
                const auto id = git::ObjectId::from_hex(hex);
                if (ends.flag(i) && place.is_reachable && id && !edge.contains(*id))
                    stored.to_read_again.emplace_back(hex);
                else
                    stored.commits.add(hex, place);
            }
            return {};
        }));
    stored.commits.seal();
    return stored;
}

// The files of a commit at which history ended are all its files; most of them are no changes once
// the parents are there.
Result<void> HistoryStream::bury_files(std::vector<std::string> commits, std::uint64_t version) {
    static constexpr schema::TableInfo kFiles = schema::git_commit_files.info();
    exec::Context storing = storing_context();
    return parts_.deps.warehouse.amend(
        storing, {.table = &kFiles,
                  .prefix = {repo_.ref.data_source, repo_.ref.project_key, repo_.ref.repo_slug},
                  .members = std::move(commits),
                  .changes = {{"is_deleted", "1"}},
                  .version = version});
}

Result<void> HistoryStream::read(const git::Repository& repository, git::Walk& git_walk,
                                 const ShallowEdge& edge, Stored& stored, FinishingFacts& facts) {
    CommitChecks checks(stamp_.collected_at.plus(kFuture));
    Amendments amendments(parts_.deps.warehouse, stamp_);
    RowWriter writer(parts_.deps.warehouse, token_of(stamp_));
    CommitWalk walk(ctx_, {.walk = git_walk,
                           .stored = stored.commits,
                           .names = stored.names,
                           .amendments = amendments});
    RowBuilder builder({.ctx = ctx_,
                        .stamp = stamp_,
                        .tickets = parts_.tickets,
                        .branches = git_walk.branches(),
                        .shallow = edge,
                        .writer = writer,
                        .head_dates = facts.head_dates,
                        .checks = checks,
                        .on_progress =
                            [&](const Counts& done) {
                                const std::uint64_t fetched = report_.counts.fetched;
                                report_.counts = done;
                                report_.counts.fetched = fetched;
                                commits_total_ = walk.total();
                                tell_sometimes(Phase::Reading);
                            }},
                       parts_.budget.group_bytes);
    tell(Phase::Reading);
    const Result<void> done = read_new(repository, walk, builder);
    // What was read is complete, commit by commit: it is stored whatever has happened.
    Result<void> flushed = builder.flush();
    Result<void> finished = writer.finish();
    const Result<void> walked = done ? walk.finish() : Result<void>();
    const std::uint64_t fetched = report_.counts.fetched;
    report_.counts = writer.stored();
    report_.counts.fetched = fetched;
    if (done && walked) report_.counts.amended = amendments.count();
    checks.append_to(report_.findings, repo_.ref);
    // A warehouse that fails is the reason, and a reader that was stopped because of it is not.
    TRY(finished);
    TRY(done);
    TRY(flushed);
    TRY(walked);
    facts.reachable = walk.reachable();
    return {};
}

Result<void> HistoryStream::read_new(const git::Repository& repository, CommitWalk& walk,
                                     RowBuilder& builder) {
    // Most runs find nothing new: no process is started for that.
    TRY_LET(first, walk.next(ctx_));
    if (!first) return {};
    bool is_first = true;
    const git::CommitSource source = [&]() -> Result<std::optional<git::ObjectId>> {
        std::optional<NewCommit> commit = first;
        if (!std::exchange(is_first, false)) {
            TRY_LET(following, walk.next(ctx_));
            commit = following;
        }
        if (!commit) return std::optional<git::ObjectId>();
        builder.expect(*commit);
        return std::optional(commit->id);
    };
    const git::ReadOptions options{.processes = parts_.budget.processes,
                                   .window_bytes = parts_.budget.window_bytes,
                                   .memo_slots = parts_.budget.memo_slots,
                                   .since = parts_.window.since,
                                   .until = parts_.window.until};
    TRY(git::read_history(ctx_, repository, options, source, builder));
    return {};
}

}  // namespace

Result<Outcome> collect_history(exec::Context& ctx, const StreamParts& parts,
                                const sources::Repo& repo, StreamReport& report) {
    return HistoryStream(ctx, parts, repo, report).collect();
}

}  // namespace forgehouse::collect
