// The rows that a collector of Bitbucket Server must bring forth. README.md says what is settled
// where the tables leave a choice.
#pragma once

#include "schema/git_users.h"
#include "sim/bitbucket_server/render.h"
#include "sim/core/git_store.h"
#include "sim/core/manifest.h"
#include "sim/core/truth_git.h"

namespace forgehouse::sim::bitbucket_server {

struct Scope {
    const exec::Context& ctx;
    const GitStore& store;
    const Organisation& organisation;
    const Settings& settings;
    const Render& render;
};

/// A person in the words of the tables.
struct PersonWords {
    std::string uuid;
    std::optional<std::string> name;
    std::optional<std::string> email;
    schema::UserType type;
};
PersonWords words_of(const Organisation& organisation, Index person);
RepositoryName name_of(const Organisation& organisation, const Repository& at);

/// Rows of one repository's pull requests; `met` receives the people in them.
Result<void> add_pull_rows(const Scope& scope, Manifest& manifest, const Repository& at,
                           std::vector<bool>& met);
/// Of a repository that is not seen: its pull requests from others that are, as a list shows them.
Result<void> add_outgoing_rows(const Scope& scope, Manifest& manifest, const Repository& at,
                               std::vector<bool>& met);
void add_comment_rows(const Scope& scope, Manifest& manifest, const Repository& at,
                      const PullRequest& pull, std::vector<bool>& met);

}  // namespace forgehouse::sim::bitbucket_server
