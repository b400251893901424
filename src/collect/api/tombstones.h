// Tombstones: marking as deleted what is not there any more. All of it may be repeated.
#pragma once

#include <span>

#include "ports/warehouse.h"
#include "sources/source.h"

namespace forgehouse::collect {

/// What hangs on these pull requests and was not written again by the reading of that version.
/// Errors: the warehouse's.
Result<void> bury_children(exec::Context& ctx, ports::Warehouse& warehouse,
                           const sources::RepoRef& repo, std::span<const std::int64_t> ids,
                           std::uint64_t version);
/// The same of what a list tells of them; what only activities tell stays as it is.
Result<void> bury_listed(exec::Context& ctx, ports::Warehouse& warehouse,
                         const sources::RepoRef& repo, std::span<const std::int64_t> ids,
                         std::uint64_t version);
/// These pull requests and all that hangs on them.
Result<void> bury_pull_requests(exec::Context& ctx, ports::Warehouse& warehouse,
                                const sources::RepoRef& repo, std::span<const std::int64_t> ids,
                                std::uint64_t version);
/// A repository and everything in it that is older than `version`.
Result<void> bury_repository(exec::Context& ctx, ports::Warehouse& warehouse,
                             const sources::RepoRef& repo, std::uint64_t version);
/// The row of a project in which no repository is left.
Result<void> bury_project(exec::Context& ctx, ports::Warehouse& warehouse,
                          std::string_view data_source, const std::string& project_key,
                          std::uint64_t version);

}  // namespace forgehouse::collect
