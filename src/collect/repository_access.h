// repository_access: a source's repository, brought here where it is remote, opened for reading.
#pragma once

#include <functional>
#include <optional>
#include <unordered_set>

#include "collect/access.h"
#include "collect/collect.h"
#include "git/mirror.h"
#include "git/repository.h"

namespace forgehouse::collect {

/// A repository that can be read. Holds the lock of its mirror.
struct OpenRepository {
    std::optional<git::Mirror> mirror;  ///< remote ones only
    git::Repository repository;
    std::uint64_t fetched = 0;  ///< bytes

    /// Commits whose parents a shallow clone does not have; empty for all others.
    Result<std::unordered_set<git::ObjectId>> shallow_edge() const;
    /// Of the objects' files; nullopt for a mirror of ours, whose size says nothing about its
    /// origin.
    std::optional<std::uint64_t> size_kb() const;
    /// What git_repositories.metadata says.
    std::string metadata(const sources::Repo& repo) const;
};

/// Where the mirror of a repository lies.
std::filesystem::path mirror_folder(const std::filesystem::path& data_dir,
                                    const sources::RepoRef& repo);

/// Receives git's own words while it fetches.
using FetchNote = std::function<void(std::string_view note, std::uint64_t bytes)>;

/// `access`: how a remote one is entered, renewed once where the remote refuses it; may be null.
/// `offline`: what the mirror has is all there is.
/// Errors: those of git::Mirror and git::Repository, those of Access; NotFound where it is offline
/// and there is no mirror.
Result<OpenRepository> open_repository(exec::Context& ctx, const Deps& deps,
                                       const sources::Repo& repo, Access* access,
                                       const FetchNote& on_fetch, bool offline = false);

}  // namespace forgehouse::collect
