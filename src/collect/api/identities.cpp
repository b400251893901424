#include "collect/api/identities.h"

#include <fmt/format.h>

#include <map>
#include <set>

#include "base/log.h"
#include "collect/api/ledger.h"
#include "collect/api/tombstones.h"
#include "collect/packed_json.h"
#include "collect/repository_access.h"

namespace forgehouse::collect {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kFormat = 1;

using Known = std::map<std::string, sources::RepoRef, std::less<>>;  // by uuid

std::string key_of(std::string_view data_source) {
    return fmt::format("identities/{}.json.zst", ports::object_key_part(data_source));
}

Result<Known> load(exec::Context& ctx, ports::Objects& objects, std::string_view data_source) {
    Known known;
    TRY_LET(document, load_packed(ctx, objects, key_of(data_source)));
    if (!document) return known;
    TRY_LET(member, document->root().at("repositories"));
    TRY_LET(entries, member.items());
    for (const json::Value& entry : entries) {
        TRY_LET(uuid_value, entry.at("uuid"));
        TRY_LET(uuid, uuid_value.text());
        TRY_LET(project_value, entry.at("project"));
        TRY_LET(project, project_value.text());
        TRY_LET(slug_value, entry.at("slug"));
        TRY_LET(slug, slug_value.text());
        known[std::string(uuid)] = {.data_source = std::string(data_source),
                                    .project_key = std::string(project),
                                    .repo_slug = std::string(slug)};
    }
    return known;
}

Result<void> save(exec::Context& ctx, ports::Objects& objects, std::string_view data_source,
                  const Known& known) {
    json::Writer out;
    out.object().name("format").count(kFormat).name("repositories").array();
    for (const auto& [uuid, repo] : known) {
        out.object().name("uuid").text(uuid).name("project").text(repo.project_key);
        out.name("slug").text(repo.repo_slug).end();
    }
    return save_packed(ctx, objects, key_of(data_source), out.end().end().take());
}

class Follower {
public:
    Follower(exec::Context& ctx, const IdentityParts& parts) : ctx_(ctx), parts_(parts) {}

    /// Those of the projects that were left in which nothing is any more.
    Result<void> bury_projects(const Known& known) {
        std::set<std::string_view> living;
        for (const auto& [uuid, repo] : known) living.insert(repo.project_key);
        for (const std::string& project : left_)
            if (!living.contains(project))
                TRY(bury_project(ctx_, parts_.deps.warehouse, parts_.forge.info().data_source,
                                 project, parts_.version));
        return {};
    }

    /// Rows, checkpoints and archive of a name that is not that repository's any more.
    Result<void> bury(const sources::RepoRef& repo) {
        left_.insert(repo.project_key);
        std::string line;
        append_line(line, kTombstones,
                    {.call = {.stream = sources::Stream::Repositories,
                              .repo = repo,
                              .item = {},
                              .target = {}},
                     .body = R"({"repository":true})",
                     .received = parts_.deps.clock.now(),
                     .version = parts_.version},
                    parts_.archive.run_id());
        TRY(parts_.archive.store(ctx_, repo, kTombstones, line));
        TRY(bury_repository(ctx_, parts_.deps.warehouse, repo, parts_.version));
        TRY(remove_ledger(ctx_, parts_.deps.checkpoints, repo));
        return parts_.checkpoints.forget(ctx_, repo);
    }

    /// What cannot be moved is fetched again.
    void move_mirror(const sources::RepoRef& from, const sources::RepoRef& to) {
        const fs::path old_place = mirror_folder(parts_.deps.data_dir, from);
        const fs::path new_place = mirror_folder(parts_.deps.data_dir, to);
        std::error_code failed;
        if (!fs::exists(old_place, failed)) return;
        if (!fs::exists(new_place, failed)) fs::rename(old_place, new_place, failed);
        if (failed || fs::exists(old_place, failed)) fs::remove_all(old_place, failed);
    }

    void drop_mirror(const sources::RepoRef& repo) {
        std::error_code failed;
        fs::remove_all(mirror_folder(parts_.deps.data_dir, repo), failed);
    }

    /// Whether the forge does not know it any more, and does not only hide it.
    Result<bool> is_gone(const sources::RepoRef& repo) {
        TRY_LET(call, parts_.forge.first(sources::Stream::PullRequests, repo, {}));
        const auto page = parts_.fetcher.fetch(ctx_, call, parts_.version, {});
        if (page) return false;
        if (page.error().code() == Errc::NotFound) return true;
        if (page.error().code() == Errc::Denied) return false;
        return Failure(page.error());
    }

private:
    exec::Context& ctx_;
    const IdentityParts& parts_;
    std::set<std::string> left_;  ///< projects that something has gone from
};

}  // namespace

Result<Moves> follow_moves(exec::Context& ctx, const IdentityParts& parts,
                           const std::vector<sources::ListedRepo>& listed) {
    const std::string& data_source = parts.forge.info().data_source;
    TRY_LET(known, load(ctx, parts.deps.checkpoints, data_source));
    if (known.empty()) return Moves{};
    std::map<std::string_view, const sources::RepoRef*> now;
    std::map<sources::RepoRef, std::string_view> owner;
    for (const sources::ListedRepo& one : listed) {
        now[one.uuid] = &one.repo.ref;
        owner[one.repo.ref] = one.uuid;
    }
    Moves moves;
    Follower follower(ctx, parts);
    for (auto at = known.begin(); at != known.end();) {
        const auto& [uuid, old] = *at;
        const auto found = now.find(uuid);
        if (found != now.end() && *found->second == old) {
            ++at;
            continue;
        }
        if (found != now.end()) {
            log::info(
                "collect", "a repository was renamed",
                {{"from", sources::full_name(old)}, {"to", sources::full_name(*found->second)}});
            TRY(follower.bury(old));
            follower.move_mirror(old, *found->second);
            ++moves.renamed;
            at->second = *found->second;
            ++at;
            continue;
        }
        // Its name is another one's now, or nobody's, or hidden from us.
        bool gone = owner.contains(old);
        if (!gone) {
            TRY_LET(unknown, follower.is_gone(old));
            gone = unknown;
        }
        if (!gone) {
            ++at;
            continue;
        }
        log::info("collect", "a repository was deleted", {{"repository", sources::full_name(old)}});
        TRY(follower.bury(old));
        follower.drop_mirror(old);
        ++moves.deleted;
        at = known.erase(at);
    }
    if (moves.renamed + moves.deleted == 0) return moves;
    TRY(follower.bury_projects(known));
    TRY(save(ctx, parts.deps.checkpoints, data_source, known));
    return moves;
}

Result<void> remember(exec::Context& ctx, ports::Objects& objects, std::string_view data_source,
                      const std::vector<sources::ListedRepo>& collected) {
    TRY_LET(known, load(ctx, objects, data_source));
    Known all = known;
    for (const sources::ListedRepo& one : collected)
        if (!one.uuid.empty()) all[one.uuid] = one.repo.ref;
    if (all == known) return {};
    return save(ctx, objects, data_source, all);
}

}  // namespace forgehouse::collect
