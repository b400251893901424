// The rows that git alone says: the same for every forge.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "sim/core/git_store.h"
#include "sim/core/manifest.h"
#include "sim/core/model.h"

namespace forgehouse::sim {

/// A repository as the tables name it.
struct RepositoryName {
    std::string project_key;
    std::string repo_slug;
};

struct GitTruth {
    bool is_empty;
    std::optional<std::string> default_branch;
    std::optional<std::string> language;
    std::optional<Time> last_commit;
};

/// The login that an address belongs to.
using LoginOf = std::function<std::optional<std::string>(const std::string& email)>;

/// Rows of git_branches, git_tags, git_commits, git_commit_files and the tickets of commits.
/// Errors: what git says.
Result<GitTruth> add_git_rows(const exec::Context& ctx, Manifest& manifest, const GitStore& store,
                              const Organisation& organisation, const Repository& at,
                              const RepositoryName& name, const LoginOf& login_of);

/// A row of git_tickets.
void add_ticket(Manifest& manifest, const RepositoryName& name, const std::string& key,
                std::int64_t pull, const std::string& commit, std::string_view place);

}  // namespace forgehouse::sim
