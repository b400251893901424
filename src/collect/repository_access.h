// repository_access: a source's repository, brought here where it is remote, opened for reading.
#pragma once

#include <functional>
#include <optional>
#include <unordered_set>

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

/// Receives git's own words while it fetches.
using FetchNote = std::function<void(std::string_view note, std::uint64_t bytes)>;

/// Errors: those of git::Mirror and git::Repository.
Result<OpenRepository> open_repository(const exec::Context& ctx, const Deps& deps,
                                       const sources::Repo& repo, const FetchNote& on_fetch);

}  // namespace forgehouse::collect
