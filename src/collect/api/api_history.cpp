#include "collect/api/api_history.h"

#include "base/log.h"
#include "collect/api/archived_refs.h"
#include "collect/api/read_list.h"

namespace forgehouse::collect {
namespace {

constexpr auto kReportedEvery = std::chrono::milliseconds(100);

}  // namespace

ApiHistory::ApiHistory(Parts parts)
    : parts_(std::move(parts)), repo_(parts_.history.listed.repo.ref) {}

void ApiHistory::tell(Phase phase, const Counts& done) {
    last_told_ = std::chrono::steady_clock::now();
    parts_.on_progress(
        {.repo = repo_, .phase = phase, .commits_total = std::nullopt, .done = done, .note = {}});
}

Result<void> ApiHistory::begin(exec::Context& ctx) {
    tell(Phase::Walking, {});
    TRY(read_refs(ctx, sources::Stream::Branches, branches_));
    TRY(read_refs(ctx, sources::Stream::Tags, tags_));
    TRY_LET(checkpoint, parts_.history.checkpoints.load(ctx, repo_));
    TRY_LET(known, known_repository(ctx, parts_.history.deps.warehouse, repo_));
    checkpoint_ = std::move(checkpoint);
    known_ = known;
    const bool set_back = checkpoint_ && (!known_ || known_->version < checkpoint_->version);
    return set_back ? parts_.on_set_back() : Result<void>();
}

Result<void> ApiHistory::read_refs(exec::Context& ctx, sources::Stream stream,
                                   std::vector<sources::RefListing::Entry>& out) {
    TRY_LET(first, parts_.forge.first(stream, repo_, {}));
    std::set<std::string> names;
    const auto read = [&](const sources::Page& page) { return parts_.forge.read_refs(page); };
    return read_list(
        ctx, parts_.fetcher, std::move(first), parts_.history.stamp.version, read,
        [&](const sources::Page& page, sources::RefListing& listing) -> Result<Brought> {
            append_line(ref_lines_, sources::name_of(stream), page, parts_.archive.run_id());
            const std::size_t before = names.size();
            for (sources::RefListing::Entry& entry : listing.entries) {
                names.insert(entry.name);
                out.push_back(std::move(entry));
            }
            return names.size() > before ? Brought::News : Brought::Nothing;
        });
}

std::set<std::string> ApiHistory::branch_heads() const {
    std::set<std::string> heads;
    for (const sources::RefListing::Entry& branch : branches_) heads.insert(branch.hash);
    return heads;
}

Result<Outcome> ApiHistory::finish(exec::Context& ctx,
                                   const std::map<std::string, std::string>& heads, bool complete,
                                   StreamReport& report) {
    heads_ = heads;
    refs_ = refs_of(branches_, tags_, heads_);
    const std::string fingerprint = fingerprint_over_api(refs_, parts_.history.listed);
    const bool unchanged = complete && checkpoint_ && known_ &&
                           checkpoint_->fingerprint == fingerprint &&
                           checkpoint_->version == known_->version;
    if (unchanged) return Outcome::Unchanged;
    TRY_LET(known, KnownHistory::load(ctx, parts_.history.deps, repo_));
    FinishingFacts facts{.repo = parts_.history.listed.repo,
                         .stamp = parts_.history.stamp,
                         .refs = refs_,
                         .open = nullptr,
                         .window = parts_.history.window,
                         .known = known_,
                         .listed = &parts_.history.listed,
                         .head_dates = heads_of(refs_),
                         .reachable = 0,
                         .inventory = std::nullopt};
    ports::Warehouse& warehouse = parts_.history.deps.warehouse;
    const auto done = read(ctx, known, facts, report);
    facts.reachable = known.graph.reachable();
    if (!done || !complete) {
        exec::Context storing = storing_context();
        const std::optional<std::uint64_t> expected =
            done ? std::optional(facts.reachable) : std::nullopt;
        if (const auto noted =
                note_half_read(storing, warehouse, std::move(facts), expected, report);
            !noted)
            log::write(log::Level::Info, "collect", "a half-read repository was not noted",
                       noted.error(), {{"repository", sources::full_name(repo_)}});
        TRY(done);
        return Outcome::Collected;
    }
    TRY(keep_refs(ctx));
    TRY_LET(amended, known.amend(ctx, warehouse, parts_.history.stamp, true));
    report.counts.amended = amended;
    tell(Phase::Finishing, report.counts);
    TRY(finish_repository(ctx, warehouse, std::move(facts), report));
    if (parts_.history.window.open() && report.counts.put_off == 0)
        TRY(parts_.history.checkpoints.save(
            ctx, repo_, {.fingerprint = fingerprint, .version = parts_.history.stamp.version}));
    return Outcome::Collected;
}

Result<void> ApiHistory::read(exec::Context& ctx, KnownHistory& known, FinishingFacts& facts,
                              StreamReport& report) {
    const ApiHistoryParts& history = parts_.history;
    CommitGroups groups({.warehouse = history.deps.warehouse,
                         .archive = &parts_.archive,
                         .repo = repo_,
                         .token = token_of(history.stamp),
                         .group_bytes = history.group_bytes,
                         .now = history.stamp.collected_at,
                         .head_dates = facts.head_dates});
    CommitReader reader(
        {.ctx = ctx,
         .fetcher = parts_.fetcher,
         .forge = parts_.forge,
         .rows = {.stamp = history.stamp, .tickets = history.tickets, .logins = history.logins},
         .groups = groups,
         .run_id = parts_.archive.run_id(),
         .on_read =
             [&](const Counts& done) {
                 if (std::chrono::steady_clock::now() - last_told_ >= kReportedEvery)
                     tell(Phase::Reading, done);
             }},
        parts_.threads);
    const Result<void> walked = read_commits(ctx, known, reader);
    StoredOverApi stored;
    auto finished = reader.finish(stored);
    report.counts = stored.counts;
    std::ranges::move(stored.findings, std::back_inserter(report.findings));
    report.findings.push_back(heads_there_.finding(repo_));
    if (stored.truncated > 0)
        log::info("collect", "the server cut what commits change",
                  {{"repository", sources::full_name(repo_)},
                   {"commits", static_cast<std::int64_t>(stored.truncated)}});
    // A warehouse or server that fails is the reason, and a walk that was stopped is not.
    if (!finished) return Failure(std::move(finished).error());
    report.counts.put_off = finished->commits;
    if (finished->commits > 0)
        report.findings.push_back({.repo = repo_,
                                   .check = "commits_put_off",
                                   .table = "git_commits",
                                   .checked = stored.counts.commits + finished->commits,
                                   .failed = finished->commits,
                                   .sample = std::move(finished->sample),
                                   .severity = schema::Severity::Warning});
    return walked;
}

Result<void> ApiHistory::read_commits(exec::Context& ctx, KnownHistory& known,
                                      CommitReader& reader) {
    since_.reset();
    for (const std::size_t i : by_rank(refs_)) {
        git::Ref& ref = refs_.refs[i];
        known.head(refs_, ref);
        TRY(read_head(ctx, ref, known, reader));
        if (ref.kind == git::RefKind::PullRequest) {
            if (ref.is_commit())
                heads_there_.pass();
            else
                heads_there_.fail(ref.name);
        }
        if (ref.name == refs_.head.branch) since_ = ref.peeled.hex();
    }
    // Their absence is told of by their own check.
    std::erase_if(refs_.refs, [](const git::Ref& ref) {
        return ref.kind == git::RefKind::PullRequest && !ref.is_commit();
    });
    return {};
}

// All that the ref reaches, and nothing twice: what the default branch reaches is known by then.
Result<void> ApiHistory::read_head(exec::Context& ctx, git::Ref& ref, KnownHistory& known,
                                   CommitReader& reader) {
    while (const auto target = known.graph.begin_round()) {
        const std::string hex = target->hex();
        const auto read = read_round(ctx, since_ ? *since_ + ".." + hex : hex, known, reader);
        // A tag may name what is no commit, and the head of an old pull request may be gone.
        if (!read && read.error().code() == Errc::NotFound && ref.kind != git::RefKind::Head &&
            *target == ref.peeled) {
            ref.peeled_type = git::ObjectType::Missing;
            return {};
        }
        TRY(read);
        if (!known.graph.knows(*target))
            return Failure(Error(Errc::Corrupt, "the server does not list a commit that it names")
                               .with("commit", hex)
                               .hint("Ask the server's administrators to check the repository."));
    }
    return {};
}

Result<void> ApiHistory::read_round(exec::Context& ctx, const std::string& range,
                                    KnownHistory& known, CommitReader& reader) {
    TRY_LET(first, parts_.forge.first(sources::Stream::Commits, repo_, range));
    const auto read = [&](const sources::Page& page) { return parts_.forge.read_commits(page); };
    // Known commits may lie between unknown ones for any number of pages, so that a page is only
    // held against the one before.
    std::string first_of_last;
    return read_list(
        ctx, parts_.fetcher, std::move(first), parts_.history.stamp.version, read,
        [&](const sources::Page& page, sources::CommitListing& listing) -> Result<Brought> {
            std::string begins =
                listing.commits.empty() ? std::string() : listing.commits.front().commit_hash;
            const bool news = !begins.empty() && begins != first_of_last;
            first_of_last = std::move(begins);
            TRY(take_page(page, std::move(listing), known, reader));
            if (known.graph.closed()) return Brought::Enough;
            return news ? Brought::News : Brought::Nothing;
        });
}

Result<void> ApiHistory::take_page(const sources::Page& page, sources::CommitListing listing,
                                   KnownHistory& known, CommitReader& reader) {
    std::vector<schema::GitCommit> unknown;
    for (schema::GitCommit& row : listing.commits) {
        const auto id = git::ObjectId::from_hex(row.commit_hash);
        if (id && known.graph.add(*id, ids_of(row.parents))) unknown.push_back(std::move(row));
    }
    if (unknown.empty()) return {};
    std::string line;
    append_line(line, sources::name_of(sources::Stream::Commits), page, parts_.archive.run_id());
    reader.archive(std::move(line));
    for (schema::GitCommit& row : unknown) {
        if (!parts_.history.window.contains(row.committed_on)) continue;
        const HistoryPlace place = known.place(*git::ObjectId::from_hex(row.commit_hash));
        TRY(reader.submit(std::move(row), place));
    }
    return {};
}

// The refs as they are, once all that they reach lies in the archive.
Result<void> ApiHistory::keep_refs(exec::Context& ctx) {
    std::string lines = std::exchange(ref_lines_, {});
    append_history_line(lines, {.over_api = true, .pull_requests = heads_},
                        {.data_source = repo_.data_source,
                         .collected_at = parts_.history.stamp.collected_at,
                         .version = parts_.history.stamp.version},
                        repo_, parts_.archive.run_id());
    return parts_.archive.store(ctx, repo_, kCommitsFolder, lines);
}

}  // namespace forgehouse::collect
