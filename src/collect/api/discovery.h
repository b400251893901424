// Discovery: which repositories the forge has, and which of them are wanted.
//
//   discovery/<source>/<address>.jsonl.zst    the pages of the last listing of that address (its
//   hash), as lines of the archive
#pragma once

#include <vector>

#include "collect/api/fetcher.h"
#include "collect/archive/archive.h"

namespace forgehouse::collect {

struct Discovery {
    std::vector<sources::ListedRepo> repositories;  ///< all that the forge lists, each once
    bool from_cache = false;
    bool as_before = false;   ///< the same pages as those that were kept
    std::string lines;        ///< for the archive; empty where they came from the cache
    std::uint64_t calls = 0;  ///< that a fresh list takes
};

/// Reads the list, or takes a cached one that is younger than `max_age`.
/// Errors: the API's; those of the objects.
Result<Discovery> discover(exec::Context& ctx, const Deps& deps, const sources::Forge& forge,
                           Fetcher& fetcher, std::chrono::milliseconds max_age,
                           std::uint64_t version, std::string_view run_id);
/// For the next discover() to take and to compare with. Only after the archive has the list: what
/// is as before is not archived again.
Result<void> keep_discovery(exec::Context& ctx, ports::Objects& checkpoints,
                            const sources::Forge& forge, const std::string& lines);
/// The next discover() asks the forge.
Result<void> forget_discovery(exec::Context& ctx, ports::Objects& checkpoints,
                              std::string_view data_source);

/// Whether patterns and filter take it in.
bool is_wanted(const sources::RepoRef& repo, const Request& request);
/// Those that the request wants, in the order of the list.
std::vector<sources::ListedRepo> wanted_of(std::vector<sources::ListedRepo> listed,
                                           const Request& request);

}  // namespace forgehouse::collect
