#include "collect/git_stream.h"

#include <fmt/format.h>

#include <thread>

#include "base/digest.h"
#include "base/log.h"
#include "base/text.h"
#include "collect/finishing.h"
#include "collect/queries.h"
#include "collect/ref_rows.h"
#include "collect/row_builder.h"
#include "git/blob_memo.h"
#include "schema/batch_reader.h"

namespace forgehouse::collect {
namespace {

constexpr auto kReportedEvery = std::chrono::milliseconds(100);

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
    /// What the warehouse holds. Read again is what a shallow clone's history ended at and no
    /// longer does, and what came over an API, which knows less.
    struct Stored {
        StoredCommits commits;
        BranchNames names;
        /// Sums over it; nullopt where what this run adds could not simply be added to them.
        std::optional<Inventory> inventory;
    };

    Result<Outcome> bring(OpenRepository& open, git::Refs& refs, const ShallowEdge& edge);
    /// What git and the warehouse say before anything is read.
    struct Found {
        const OpenRepository& open;
        const git::Refs& refs;
        const ShallowEdge& edge;
        const std::optional<KnownRepository>& known;
        const std::string& fingerprint;
    };

    Result<Outcome> collect_changes(const Found& found, git::Walk& walk);
    Result<Stored> load_stored(const Found& found);
    Result<Stored> load_commits(const Found& found);
    Result<void> bury_files(std::vector<std::string> commits);
    Result<void> read(const Found& found, git::Walk& git_walk, Stored& stored,
                      FinishingFacts& facts);
    void note_half(const FinishingFacts& facts, std::optional<std::uint64_t> expected);
    Result<void> read_new(const git::Repository& repository, CommitWalk& walk, RowBuilder& builder);
    void tell(Phase phase, std::string_view note = {});
    void tell_sometimes(Phase phase, std::string_view note = {});

    exec::Context& ctx_;
    const StreamParts& parts_;
    const sources::Repo& repo_;
    StreamReport& report_;
    Stamp stamp_{};
    std::uint64_t buried_version_ = 0;  ///< of the files of what is read again
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
    std::optional<exec::Turns::Turn> fetching;
    if (is_remote) {
        TRY_LET(turn, parts_.fetches.take(ctx_, 0));
        fetching.emplace(std::move(turn));
    }
    TRY_LET(open, open_repository(
                      ctx_, parts_.deps, repo_, parts_.access,
                      [this](std::string_view note, std::uint64_t bytes) {
                          report_.counts.fetched = bytes;
                          tell_sometimes(Phase::Fetching, note);
                      },
                      parts_.forge && parts_.forge->offline));
    fetching.reset();
    report_.counts.fetched = open.fetched;
    if (parts_.forge && parts_.forge->on_reached) TRY(parts_.forge->on_reached());
    TRY_LET(refs, git::list_refs(ctx_, open.repository));
    TRY_LET(edge, open.shallow_edge());
    TRY_LET(outcome, bring(open, refs, edge));
    if (parts_.keep) parts_.keep(std::move(open), std::move(refs));
    return outcome;
}

Result<Outcome> HistoryStream::bring(OpenRepository& open, git::Refs& refs,
                                     const ShallowEdge& edge) {
    std::string fingerprint = fingerprint_of(refs, edge);
    if (parts_.forge) fingerprint += '+' + collect::fingerprint_of(parts_.forge->listed);
    TRY_LET(checkpoint, parts_.checkpoints.load(ctx_, repo_.ref));
    // Where refs have moved, git lists the commits while the warehouse says which of them it has.
    const bool has_moved = !checkpoint || checkpoint->fingerprint != fingerprint;
    std::optional<exec::Turns::Turn> turn;
    std::optional<git::Walk> walk;
    const auto start_walk = [&]() -> Result<void> {
        TRY_LET(taken, parts_.turns.take(ctx_, report_.counts.fetched));
        turn.emplace(std::move(taken));
        TRY_LET(started, git::Walk::start(ctx_, open.repository, refs));
        walk.emplace(std::move(started));
        return {};
    };
    if (has_moved) TRY(start_walk());
    TRY_LET(known, known_repository(ctx_, parts_.deps.warehouse, repo_.ref));
    // The stored row's version shows that the warehouse still is the one that was filled.
    if (!has_moved && known && checkpoint->version == known->version) return Outcome::Unchanged;
    if (parts_.forge && checkpoint && (!known || known->version < checkpoint->version))
        TRY(parts_.forge->on_set_back());
    if (!walk) TRY(start_walk());
    return collect_changes(
        {.open = open, .refs = refs, .edge = edge, .known = known, .fingerprint = fingerprint},
        *walk);
}

Result<Outcome> HistoryStream::collect_changes(const Found& found, git::Walk& walk) {
    tell(Phase::Walking);
    stamp_ = {.repo = repo_.ref, .collected_at = parts_.deps.clock.now(), .version = 0};
    TRY_LET(stored, load_stored(found));
    if (stored.commits.any_to_read_again()) {
        TRY_LET(earlier, parts_.checkpoints.next_version(ctx_));
        buried_version_ = earlier;
    }
    TRY_LET(version, parts_.checkpoints.next_version(ctx_));
    stamp_.version = version;

    FinishingFacts facts{.repo = repo_,
                         .stamp = stamp_,
                         .refs = found.refs,
                         .open = &found.open,
                         .window = parts_.window,
                         .known = found.known,
                         .listed = parts_.forge ? &parts_.forge->listed : nullptr,
                         .head_dates = heads_of(found.refs),
                         .reachable = 0,
                         .inventory = std::move(stored.inventory)};
    TRY(read(found, walk, stored, facts));
    tell(Phase::Finishing);
    TRY(finish_repository(ctx_, parts_.deps.warehouse, std::move(facts), report_));
    if (parts_.window.open())
        TRY(parts_.checkpoints.save(ctx_, repo_.ref,
                                    {.fingerprint = found.fingerprint, .version = version}));
    return Outcome::Collected;
}

Result<HistoryStream::Stored> HistoryStream::load_stored(const Found& found) {
    const bool is_known = found.known.has_value();
    Result<Inventory> inventory{Inventory()};
    std::jthread beside([&, ctx = ctx_]() mutable {
        const auto take = is_known ? take_inventory : take_inventory_of_files;
        inventory = take(ctx, parts_.deps.warehouse, repo_.ref);
    });
    auto stored = load_commits(found);
    beside.join();
    if (!stored) return stored;
    if (!inventory) return Failure(inventory.error());
    const bool counts_all =
        is_known || (stored->commits.size() == 0 && stored->commits.strangers().empty());
    if (counts_all && inventory->is_sound() && !stored->commits.any_to_read_again())
        stored->inventory = std::move(*inventory);
    return stored;
}

Result<HistoryStream::Stored> HistoryStream::load_commits(const Found& found) {
    Stored stored{.commits = StoredCommits(found.open.repository.traits().format),
                  .names = {},
                  .inventory = std::nullopt};
    TRY(parts_.deps.warehouse.read(
        ctx_, ports::Query(kStoredCommits, parameters_of(repo_.ref)), kStoredCommitsShape,
        [&](const schema::Batch& block) -> Result<void> {
            TRY_LET(rows, schema::BatchReader::open(block));
            const auto& hash = rows["commit_hash"];
            const auto& branch = rows["branch"];
            const auto& in_default = rows["is_in_default_branch"];
            const auto& reachable = rows["is_reachable"];
            const auto& ends = rows["is_shallow_edge"];
            const auto& over_api = rows["is_over_api"];
            for (std::size_t i = 0; i < rows.rows(); ++i) {
                const std::string_view hex = hash.text(i);
                const CommitPlace place{.branch = stored.names.number_of(branch.text(i)),
                                        .is_in_default_branch = in_default.flag(i),
                                        .is_reachable = reachable.flag(i)};
                const auto id = git::ObjectId::from_hex(hex);
                const bool is_half =
                    over_api.flag(i) || (ends.flag(i) && id && !found.edge.contains(*id));
                // What lies outside of a window would lose its files and not be read.
                stored.commits.add(hex, place,
                                   (is_half || parts_.commits_again) && parts_.window.open());
            }
            return {};
        }));
    stored.commits.seal();
    return stored;
}

// The files of a commit at which history ended are all its files; most of them are no changes once
// the parents are there. Called from the walk's thread.
Result<void> HistoryStream::bury_files(std::vector<std::string> commits) {
    static constexpr schema::TableInfo kFiles = schema::git_commit_files.info();
    exec::Context storing = storing_context();
    return parts_.deps.warehouse.amend(
        storing, {.table = &kFiles,
                  .prefix = {repo_.ref.data_source, repo_.ref.project_key, repo_.ref.repo_slug},
                  .members = std::move(commits),
                  .changes = {{"is_deleted", "1"}},
                  .version = buried_version_});
}

Result<void> HistoryStream::read(const Found& found, git::Walk& git_walk, Stored& stored,
                                 FinishingFacts& facts) {
    CommitChecks checks(stamp_.collected_at);
    Amendments amendments(parts_.deps.warehouse, stamp_);
    RowWriter writer(parts_.deps.warehouse, token_of(stamp_));
    CommitWalk walk(ctx_, {.walk = git_walk,
                           .stored = stored.commits,
                           .names = stored.names,
                           .amendments = amendments,
                           .on_again = [this](std::vector<std::string> commits) {
                               return bury_files(std::move(commits));
                           }});
    RowBuilder builder({.stamp = stamp_,
                        .tickets = parts_.tickets,
                        .logins = parts_.logins,
                        .branches = git_walk.branches(),
                        .shallow = found.edge,
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
    const Result<void> done = read_new(found.open.repository, walk, builder);
    // What was read is complete, commit by commit: it is stored whatever has happened.
    Result<void> flushed = builder.flush();
    Result<void> finished = writer.finish();
    const Result<void> walked = done ? walk.finish() : Result<void>();
    const std::uint64_t fetched = report_.counts.fetched;
    report_.counts = writer.stored();
    report_.counts.fetched = fetched;
    if (done && walked) report_.counts.amended = amendments.count();
    if (walk.total()) facts.reachable = walk.reachable();
    if (!done || amendments.count() > 0) facts.inventory.reset();
    if (facts.inventory)
        *facts.inventory += {.reachable = report_.counts.commits,
                             .files_of_commits = report_.counts.files,
                             .file_rows = report_.counts.files,
                             .languages = builder.language_lines()};
    checks.append_to(report_.findings, repo_.ref);
    // A warehouse that fails is the reason, and a reader that was stopped because of it is not.
    TRY(finished);
    if (!done) note_half(facts, walk.total() ? std::optional(facts.reachable) : std::nullopt);
    TRY(done);
    TRY(flushed);
    TRY(walked);
    return {};
}

// It is told of by the error that ended the reading, whether it can be noted or not.
void HistoryStream::note_half(const FinishingFacts& facts, std::optional<std::uint64_t> expected) {
    exec::Context storing = storing_context();
    const auto noted = note_half_read(storing, parts_.deps.warehouse, facts, expected, report_);
    if (!noted)
        log::write(log::Level::Info, "collect", "a half-read repository was not noted",
                   noted.error(), {{"repository", sources::full_name(repo_.ref)}});
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
    const git::ReadOptions options{.workers = parts_.budget.readers,
                                   .window_bytes = parts_.budget.window_bytes,
                                   .memo_slots = parts_.budget.memo_slots,
                                   .cache_bytes = parts_.budget.cache_bytes,
                                   .patch_ids = parts_.budget.patch_ids,
                                   .since = parts_.window.since,
                                   .until = parts_.window.until};
    TRY(git::read_history(ctx_, repository, options, source, builder));
    return {};
}

}  // namespace

Budget budget_of(unsigned workers, const HistoryOptions& options) {
    const unsigned cores = std::max(1U, std::jthread::hardware_concurrency());
    Budget budget;
    budget.patch_ids = options.patch_ids;
    budget.readers = std::clamp(cores / workers, 1U, git::ReadOptions::kMostWorkers);
    if (workers > 1) {
        budget.window_bytes = std::max<std::size_t>(4U << 20, budget.window_bytes / workers);
        budget.group_bytes = std::max<std::size_t>(1U << 20, budget.group_bytes / workers);
    }
    const auto caches = options.cache_bytes / workers;
    budget.memo_slots = std::clamp<std::size_t>(caches / 8 / git::BlobMemo::kSlotBytes, 1U << 16,
                                                budget.memo_slots);
    const auto memo = budget.memo_slots * git::BlobMemo::kSlotBytes;
    const auto rest = caches > memo ? caches - memo : 0;
    budget.cache_bytes = std::max<std::size_t>(8U << 20, rest / budget.readers);
    return budget;
}

Result<Outcome> collect_history(exec::Context& ctx, const StreamParts& parts,
                                const sources::Repo& repo, StreamReport& report) {
    return HistoryStream(ctx, parts, repo, report).collect();
}

}  // namespace forgehouse::collect
