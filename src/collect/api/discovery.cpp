#include "collect/api/discovery.h"

#include <fmt/format.h>

#include <set>

#include "base/digest.h"
#include "base/text.h"
#include "collect/api/read_list.h"

namespace forgehouse::collect {
namespace {

// Of one address: another server's repositories are not these.
std::string key_of(std::string_view data_source, std::string_view address) {
    return fmt::format("discovery/{}/{}.jsonl.zst", ports::object_key_part(data_source),
                       sha256_hex(address).substr(0, 16));
}

// Each repository once.
class Listed {
public:
    Brought add(sources::RepoListing& listing) {
        const std::size_t before = repositories.size();
        for (sources::ListedRepo& repo : listing.repositories)
            if (known_.insert(repo.repo.ref).second) repositories.push_back(std::move(repo));
        return repositories.size() > before ? Brought::News : Brought::Nothing;
    }

    std::vector<sources::ListedRepo> repositories;

private:
    std::set<sources::RepoRef> known_;
};

struct Cached {
    std::vector<sources::Page> pages;
    Time listed;
};

Result<std::optional<Cached>> cached_pages(exec::Context& ctx, const Deps& deps,
                                           const sources::Forge& forge) {
    const std::string& data_source = forge.info().data_source;
    const auto object = deps.checkpoints.get(ctx, key_of(data_source, forge.address()));
    if (!object) {
        if (object.error().code() == Errc::NotFound) return std::optional<Cached>();
        return Failure(object.error());
    }
    Cached cached;
    const auto lines = unpack_whole(object->bytes);
    if (!lines) return std::optional<Cached>();
    for (const std::string_view line : text::split(*lines, '\n')) {
        if (line.empty()) continue;
        auto page = read_line(line, data_source);
        if (!page) return std::optional<Cached>();  // the forge knows better
        cached.listed = page->received;
        cached.pages.push_back(page_of(std::move(*page), sources::Stream::Repositories));
    }
    return std::optional(std::move(cached));
}

}  // namespace

Result<Discovery> discover(exec::Context& ctx, const Deps& deps, const sources::Forge& forge,
                           Fetcher& fetcher, std::chrono::milliseconds max_age,
                           std::uint64_t version, std::string_view run_id) {
    const std::string& data_source = forge.info().data_source;
    TRY_LET(cached, cached_pages(ctx, deps, forge));
    const Time now = deps.clock.now();
    if (cached && !cached->pages.empty() && cached->listed <= now &&
        now - cached->listed < max_age) {
        Listed listed;
        bool good = true;
        for (const sources::Page& page : cached->pages) {
            auto listing = forge.read_repositories(page);
            // What cannot be read may be mended by now, and is told of by every run.
            good = good && listing && listing->unreadable.empty();
            if (good) listed.add(*listing);
        }
        if (good) {
            fetcher.save(cached->pages.size());
            return Discovery{.repositories = std::move(listed.repositories),
                             .from_cache = true,
                             .as_before = true,
                             .lines = {},
                             .calls = cached->pages.size()};
        }
    }
    Listed listed;
    Discovery found;
    found.as_before = cached.has_value();
    TRY_LET(first,
            forge.first(sources::Stream::Repositories,
                        {.data_source = data_source, .project_key = {}, .repo_slug = {}}, {}));
    const auto read = [&](const sources::Page& page) { return forge.read_repositories(page); };
    TRY(read_list(ctx, fetcher, std::move(first), version, read,
                  [&](const sources::Page& page, sources::RepoListing& listing) -> Result<Brought> {
                      append_line(found.lines, sources::name_of(sources::Stream::Repositories),
                                  page, run_id);
                      found.as_before = found.as_before && found.calls < cached->pages.size() &&
                                        cached->pages[found.calls].body == page.body;
                      ++found.calls;
                      return listed.add(listing);
                  }));
    found.repositories = std::move(listed.repositories);
    return found;
}

Result<void> keep_discovery(exec::Context& ctx, ports::Objects& checkpoints,
                            const sources::Forge& forge, const std::string& lines) {
    Packer packer;
    packer.add(lines);
    // Of one address only: back at an older one, its list must be archived again, as the newest.
    TRY(forget_discovery(ctx, checkpoints, forge.info().data_source));
    TRY(checkpoints.put(ctx, key_of(forge.info().data_source, forge.address()), packer.take()));
    return {};
}

Result<void> forget_discovery(exec::Context& ctx, ports::Objects& checkpoints,
                              std::string_view data_source) {
    TRY_LET(kept, checkpoints.list(
                      ctx, fmt::format("discovery/{}/", ports::object_key_part(data_source))));
    for (const ports::ObjectInfo& one : kept) TRY(checkpoints.remove(ctx, one.key));
    return {};
}

bool is_wanted(const sources::RepoRef& repo, const Request& request) {
    const std::string name = sources::full_name(repo);
    const bool matches =
        request.repo_patterns.empty() ||
        std::ranges::any_of(request.repo_patterns, [&](const std::string& pattern) {
            return text::glob_match(pattern, name) || text::glob_match(pattern, repo.repo_slug);
        });
    return matches && request.api.filter.accepts(repo.project_key, repo.repo_slug);
}

std::vector<sources::ListedRepo> wanted_of(std::vector<sources::ListedRepo> listed,
                                           const Request& request) {
    const sources::RepositoryFilter& filter = request.api.filter;
    std::vector<sources::ListedRepo> wanted;
    for (sources::ListedRepo& one : listed) {
        if (filter.max_repositories > 0 && wanted.size() >= filter.max_repositories) break;
        if (is_wanted(one.repo.ref, request)) wanted.push_back(std::move(one));
    }
    return wanted;
}

}  // namespace forgehouse::collect
