#include "collect/api/history_replay.h"

#include <algorithm>

#include "base/json.h"

namespace forgehouse::collect {
namespace {

std::optional<sources::Stream> stream_of(const ArchivedPage& page) {
    for (const sources::Stream stream : {sources::Stream::Branches, sources::Stream::Tags,
                                         sources::Stream::Commits, sources::Stream::CommitFiles})
        if (page.stream == sources::name_of(stream)) return stream;
    return std::nullopt;
}

}  // namespace

HistoryReplay::HistoryReplay(const ApiHistoryParts& history, const sources::Forge& forge,
                             const std::vector<PickedPart>& parts)
    : history_(history), forge_(forge), all_(parts) {}

Result<void> HistoryReplay::read_folder(exec::Context& ctx, std::string_view folder,
                                        const Sink& sink) {
    for (const PickedPart& part : all_) {
        if (part.name.folder != folder) continue;
        TRY(ctx.check());
        const auto read = read_part(ctx, *history_.deps.archive, part.info, sink);
        if (read) continue;
        const auto damage = as_damage(read.error(), part.info);
        return Failure(damage ? *damage : read.error());
    }
    return {};
}

Result<void> HistoryReplay::open(exec::Context& ctx) {
    TRY(read_folder(ctx, kTombstones, [&](const ArchivedPage& page) -> Result<void> {
        TRY_LET(document, json::Document::parse(page.body));
        if (document.root().find("repository")) buried_ = std::max(buried_, page.version);
        return {};
    }));
    TRY(read_folder(ctx, kCommitsFolder, [&](ArchivedPage page) -> Result<void> {
        ++pages_;
        return look_at(std::move(page));
    }));
    parts_read_ = static_cast<std::uint64_t>(std::ranges::count_if(
        all_, [](const PickedPart& part) { return part.name.folder == kCommitsFolder; }));
    if (!over_api_) return {};
    refs_ = refs_of(branches_, tags_, heads_);
    fingerprint_ = fingerprint_over_api(refs_, history_.listed);
    return {};
}

Result<void> HistoryReplay::look_at(ArchivedPage archived) {
    if (archived.version < buried_) return {};
    if (archived.stream == kHistory && archived.version >= history_version_) {
        TRY_LET(said, read_history_line(archived.body));
        history_version_ = archived.version;
        over_api_ = said.over_api;
        heads_ = std::move(said.pull_requests);
        return {};
    }
    const auto stream = stream_of(archived);
    if (!stream) return {};
    const sources::Page page = page_of(std::move(archived), *stream);
    if (*stream == sources::Stream::Commits) {
        TRY_LET(listing, forge_.read_commits(page));
        for (const schema::GitCommit& row : listing.commits)
            if (const auto id = git::ObjectId::from_hex(row.commit_hash))
                commits_.emplace_back(*id, ids_of(row.parents));
        return {};
    }
    if (*stream != sources::Stream::CommitFiles) return take_refs(page);
    TRY_LET(listing, forge_.read_commit_files(page));
    const auto id = git::ObjectId::from_hex(page.call.item);
    if (id && !listing.next) whole_.insert(*id);
    return {};
}

// Those of the newest version count.
Result<void> HistoryReplay::take_refs(const sources::Page& page) {
    if (page.version < refs_version_) return {};
    if (page.version > refs_version_) {
        branches_.clear();
        tags_.clear();
    }
    refs_version_ = page.version;
    TRY_LET(listing, forge_.read_refs(page));
    auto& entries = page.call.stream == sources::Stream::Branches ? branches_ : tags_;
    std::ranges::move(listing.entries, std::back_inserter(entries));
    return {};
}

Result<bool> HistoryReplay::is_there(exec::Context& ctx) {
    const sources::RepoRef& repo = history_.listed.repo.ref;
    TRY_LET(checkpoint, history_.checkpoints.load(ctx, repo));
    TRY_LET(known, known_repository(ctx, history_.deps.warehouse, repo));
    return checkpoint && known && checkpoint->fingerprint == fingerprint_ &&
           checkpoint->version == known->version;
}

Result<void> HistoryReplay::reach(KnownHistory& known) {
    for (auto& [id, parents] : commits_) known.graph.learn(id, parents);
    commits_ = {};
    for (const std::size_t i : by_rank(refs_)) {
        git::Ref& ref = refs_.refs[i];
        known.head(refs_, ref);
        // As the live run had it, where the server does not list them.
        if (!known.graph.knows(ref.peeled) && ref.kind != git::RefKind::Head)
            ref.peeled_type = git::ObjectType::Missing;
    }
    std::erase_if(refs_.refs, [](const git::Ref& ref) {
        return ref.kind == git::RefKind::PullRequest && !ref.is_commit();
    });
    return {};
}

Result<void> HistoryReplay::store(exec::Context& ctx, bool keep, StreamReport& report) {
    const sources::RepoRef& repo = history_.listed.repo.ref;
    ports::Warehouse& warehouse = history_.deps.warehouse;
    TRY_LET(stored_before, known_repository(ctx, warehouse, repo));
    TRY_LET(known, KnownHistory::load(ctx, history_.deps, repo));
    TRY(reach(known));
    std::erase_if(whole_, [&](const git::ObjectId& id) { return known.is_stored(id); });
    FinishingFacts facts{.repo = history_.listed.repo,
                         .stamp = history_.stamp,
                         .refs = refs_,
                         .open = nullptr,
                         .window = history_.window,
                         .known = stored_before,
                         .listed = &history_.listed,
                         .head_dates = heads_of(refs_),
                         .reachable = known.graph.reachable(),
                         .inventory = std::nullopt};
    CommitGroups groups({.warehouse = warehouse,
                         .archive = nullptr,
                         .repo = repo,
                         .token = token_of(history_.stamp),
                         .group_bytes = history_.group_bytes,
                         .now = history_.stamp.collected_at,
                         .head_dates = facts.head_dates});
    const auto read = read_folder(ctx, kCommitsFolder, [&](ArchivedPage page) {
        return take(std::move(page), known, groups);
    });
    StoredOverApi stored;
    const auto finished = groups.finish(stored);
    report.counts += stored.counts;
    TRY(read);
    TRY(finished);
    TRY_LET(amended, known.amend(ctx, warehouse, history_.stamp, true));
    report.counts.amended += amended;
    TRY(finish_repository(ctx, warehouse, std::move(facts), report));
    if (!keep) return {};
    return history_.checkpoints.save(
        ctx, repo, {.fingerprint = fingerprint_, .version = history_.stamp.version});
}

Result<void> HistoryReplay::take(ArchivedPage archived, const KnownHistory& known,
                                 CommitGroups& groups) {
    if (archived.version < buried_) return {};
    const auto stream = stream_of(archived);
    if (stream == sources::Stream::CommitFiles)
        return take_files(page_of(std::move(archived), *stream), known, groups);
    if (stream != sources::Stream::Commits) return {};
    TRY_LET(listing, forge_.read_commits(page_of(std::move(archived), *stream)));
    for (schema::GitCommit& row : listing.commits)
        if (const auto id = git::ObjectId::from_hex(row.commit_hash); id && whole_.contains(*id))
            waiting_.insert_or_assign(*id, std::move(row));
    return {};
}

Result<void> HistoryReplay::take_files(const sources::Page& page, const KnownHistory& known,
                                       CommitGroups& groups) {
    const auto id = git::ObjectId::from_hex(page.call.item);
    const auto row = id ? waiting_.find(*id) : waiting_.end();
    if (row == waiting_.end()) return {};
    // A reading that ended halfway is followed by a whole one.
    if (std::exchange(files_of_, page.call.item) != page.call.item) files_ = {};
    TRY_LET(listing, forge_.read_commit_files(page));
    const bool is_last = !listing.next;
    files_.add(std::move(listing));
    if (!is_last) return {};
    const Stamp stamp{
        .repo = history_.listed.repo.ref, .collected_at = page.received, .version = page.version};
    const auto stored = groups.add(
        complete(std::move(row->second), std::exchange(files_, {}), known.place(*id),
                 {.stamp = stamp, .tickets = history_.tickets, .logins = history_.logins}));
    waiting_.erase(row);
    whole_.erase(*id);
    files_of_.clear();
    return stored;
}

}  // namespace forgehouse::collect
