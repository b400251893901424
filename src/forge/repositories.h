// Repositories: their rows, and the folders of git that belong to them.
//
// A folder is made before its row and removed after it, so a row always has its folder; a folder
// without a row, which a crash between the two leaves, is swept by `forgehouse admin fsck`.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "forge/deps.h"
#include "forge/listing.h"
#include "forge/objects.h"
#include "forge/permission.h"

namespace forgehouse::forge {

/// What is given to make or change a repository. What is not given stays, or has its default.
struct RepositoryChange {
    std::optional<std::string> slug = {};
    std::optional<std::string> name = {};
    std::optional<std::string> description = {};
    std::optional<std::string> website = {};
    std::optional<std::string> language = {};
    std::optional<bool> is_private = {};
    std::optional<std::string> fork_policy = {};
    std::optional<bool> has_issues = {};
    std::optional<bool> has_wiki = {};
    std::optional<std::string> main_branch = {};
    std::optional<std::string> object_format = {};  ///< sha1, sha256; of a new one only
};

/// The folder of its git repository.
std::filesystem::path folder_of(const Deps& deps, const Repository& repository);

/// Errors of all: those of Metadb.

/// `given.slug` names it. The main branch is `main` unless told otherwise. Errors: Invalid for a
/// name or a value; Conflict where the slug is taken, or a public one is asked for in a private
/// project; Unavailable where the folder cannot be made.
Result<Repository> create_repository(Deps& deps, const exec::Context& ctx,
                                     const ProjectCreate& project, const RepositoryChange& given);
/// A new repository that begins with everything that is in another one, and shares its objects.
/// Errors: Denied where the other one's policy forbids it; those of create_repository().
Result<Repository> fork_repository(Deps& deps, const exec::Context& ctx, const RepoRead& from,
                                   const ProjectCreate& project, const RepositoryChange& given);
/// A new slug leaves a redirect behind. `move` is a project of the same workspace to put it in.
/// Errors: those of create_repository(); NotFound, with field `branch`, for a main branch that is
/// not there while others are.
Result<Repository> change_repository(Deps& deps, const exec::Context& ctx, const RepoAdmin& proof,
                                     const RepositoryChange& change,
                                     const ProjectCreate* move = nullptr);
/// With all that belongs to it. Its forks keep what they share with it. Errors: Unavailable where
/// the folder cannot be removed.
Result<void> delete_repository(Deps& deps, const exec::Context& ctx, const RepoAdmin& proof);

/// Those that the proof's actor may see; with `least`, only those in which it has that role.
Result<std::vector<Repository>> list_repositories(const Deps& deps, const exec::Context& ctx,
                                                  const WorkspaceVisible& workspace,
                                                  const Listing& listing, Role least = Role::None);
/// All public ones of the installation.
Result<std::vector<Repository>> list_public_repositories(const Deps& deps, const exec::Context& ctx,
                                                         const Listing& listing);
/// All of one database, whoever may see them, by number: for who administers the machine. `after`
/// is the last number of the page before, 0 at the beginning.
Result<std::vector<Repository>> stored_repositories(ports::Metadb& database,
                                                    const exec::Context& ctx, RepositoryId after,
                                                    std::int64_t most);
/// The public forks of a repository; all of them for who administers the installation.
Result<std::vector<Repository>> forks_of(const Deps& deps, const exec::Context& ctx,
                                         const RepoRead& repository, const Listing& listing);
/// Errors: NotFound.
Result<Repository> repository_by_id(const Deps& deps, const exec::Context& ctx,
                                    WorkspaceId workspace, RepositoryId repository);
/// Notes that its git has changed: the version grows, and `updated_on` moves. Inside of the
/// transaction of the event that says what.
Result<void> touch_repository(ports::Session& session, const Deps& deps,
                              const Repository& repository);

Result<std::vector<User>> watchers_of(const Deps& deps, const exec::Context& ctx,
                                      const RepoRead& repository, const Listing& listing);
Result<void> set_watching(Deps& deps, const exec::Context& ctx, const RepoRead& repository,
                          const SignedIn& user, bool is_watching);

}  // namespace forgehouse::forge
