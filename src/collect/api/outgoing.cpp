#include "collect/api/outgoing.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "collect/api/discovery.h"
#include "collect/api/ledger.h"
#include "collect/api/read_list.h"
#include "collect/packed_json.h"

namespace forgehouse::collect {
namespace {

constexpr std::uint64_t kFormat = 1;

using Shown = std::map<sources::RepoRef, std::set<std::string>>;  // ids of forks

std::string key_of(std::string_view data_source) {
    return fmt::format("outgoing/{}.json.zst", ports::object_key_part(data_source));
}

// `project/repository` of a fork's origin.
std::optional<sources::RepoRef> origin_of(const sources::ListedRepo& fork) {
    if (!fork.row.is_fork.value_or(false) || !fork.row.forked_from) return std::nullopt;
    const std::string& name = *fork.row.forked_from;
    const std::size_t slash = name.rfind('/');
    if (slash == std::string::npos) return std::nullopt;
    return sources::RepoRef{.data_source = fork.repo.ref.data_source,
                            .project_key = name.substr(0, slash),
                            .repo_slug = name.substr(slash + 1)};
}

bool has_hidden_origin(const sources::ListedRepo& fork, const ListedIds& listed) {
    const auto origin = origin_of(fork);
    return origin && !listed.contains(*origin);
}

void take(HiddenRepositories& found, const sources::ListedRepo& fork,
          sources::ListedPullRequest item) {
    HiddenRepository& hidden = found[item.destination];
    if (std::ranges::none_of(hidden.forks, [&](const sources::ListedRepo& known) {
            return known.uuid == fork.uuid;
        }))
        hidden.forks.push_back(fork);
    hidden.items.push_back(std::move(item));
}

Result<void> list_fork(exec::Context& ctx, const OutgoingParts& parts,
                       const sources::ListedRepo& fork, HiddenRepositories& found) {
    TRY_LET(first,
            parts.forge.first(sources::Stream::PullRequests, fork.repo.ref, sources::kOutgoing));
    std::set<std::pair<sources::RepoRef, std::int64_t>> seen;
    const auto read = [&](const sources::Page& page) {
        return parts.forge.read_pull_requests(page);
    };
    return read_list(
        ctx, parts.fetcher, std::move(first), parts.version, read,
        [&](const sources::Page&, sources::PullRequestListing& page) -> Result<Brought> {
            const std::size_t before = seen.size();
            for (sources::ListedPullRequest& item : page.items) {
                seen.emplace(item.destination, item.id);
                if (item.elsewhere && !parts.listed.contains(item.destination) &&
                    is_wanted(item.destination, parts.request))
                    take(found, fork, std::move(item));
            }
            return seen.size() > before ? Brought::News : Brought::Nothing;
        });
}

Result<Shown> load(exec::Context& ctx, ports::Objects& objects, const std::string& data_source) {
    Shown shown;
    TRY_LET(document, load_packed(ctx, objects, key_of(data_source)));
    if (!document) return shown;
    TRY_LET(member, document->root().at("repositories"));
    TRY_LET(entries, member.items());
    for (const json::Value& entry : entries) {
        TRY_LET(project, entry.at("project"));
        TRY_LET(project_key, project.text());
        TRY_LET(slug, entry.at("slug"));
        TRY_LET(repo_slug, slug.text());
        TRY_LET(by, entry.at("forks"));
        TRY_LET(forks, by.items());
        std::set<std::string>& ids = shown[{.data_source = data_source,
                                            .project_key = std::string(project_key),
                                            .repo_slug = std::string(repo_slug)}];
        for (const json::Value& fork : forks) ids.emplace(fork.text().value_or(""));
    }
    return shown;
}

Result<void> save(exec::Context& ctx, ports::Objects& objects, const std::string& data_source,
                  const Shown& shown) {
    json::Writer out;
    out.object().name("format").count(kFormat).name("repositories").array();
    for (const auto& [repo, forks] : shown) {
        out.object().name("project").text(repo.project_key).name("slug").text(repo.repo_slug);
        out.name("forks").array();
        for (const std::string& id : forks) out.text(id);
        out.end().end();
    }
    return save_packed(ctx, objects, key_of(data_source), out.end().end().take());
}

// Whether nothing is stored of it that a list has told; then its ledger need not stay either.
Result<bool> is_empty(exec::Context& ctx, ports::Objects& checkpoints,
                      const sources::RepoRef& repo) {
    TRY_LET(stored, load_ledger(ctx, checkpoints, repo));
    const auto& read = stored.ledger.read;
    if (read.empty()) TRY(remove_ledger(ctx, checkpoints, repo));
    return std::ranges::none_of(read, [](const auto& entry) { return entry.second.list_only; });
}

}  // namespace

Result<HiddenRepositories> list_outgoing(exec::Context& ctx, const OutgoingParts& parts,
                                         const std::vector<sources::ListedRepo>& forks) {
    HiddenRepositories found;
    for (const sources::ListedRepo& fork : forks) {
        if (!has_hidden_origin(fork, parts.listed)) continue;
        const auto listed = list_fork(ctx, parts, fork, found);
        // Its own pass has said so.
        if (!listed && listed.error().code() == Errc::NotFound) continue;
        if (!listed) return Failure(listed.error());
    }
    return found;
}

Result<void> keep_shown(exec::Context& ctx, ports::Objects& checkpoints,
                        const std::string& data_source, const ListedIds& listed,
                        const std::vector<sources::ListedRepo>& asked, HiddenRepositories& found) {
    TRY_LET(before, load(ctx, checkpoints, data_source));
    if (before.empty() && found.empty()) return {};
    std::set<std::string> silent;  // forks that may show more, and were not asked
    for (const auto& [repo, id] : listed) silent.insert(id);
    for (const sources::ListedRepo& one : asked) silent.erase(one.uuid);
    Shown now;
    for (const auto& [repo, hidden] : found)
        for (const sources::ListedRepo& fork : hidden.forks) now[repo].insert(fork.uuid);
    for (const auto& [repo, forks] : before) {
        if (listed.contains(repo)) continue;
        std::set<std::string> left;
        std::ranges::set_intersection(forks, silent, std::inserter(left, left.end()));
        if (!left.empty()) {
            if (const auto at = found.find(repo); at != found.end()) at->second.whole = false;
            now[repo].merge(left);
        }
        if (now.contains(repo)) continue;
        // Forgotten once its rows are: until then every run comes back to it.
        TRY_LET(empty, is_empty(ctx, checkpoints, repo));
        if (empty) continue;
        found.try_emplace(repo);
        now[repo] = forks;
    }
    if (now == before) return {};
    return save(ctx, checkpoints, data_source, now);
}

}  // namespace forgehouse::collect
