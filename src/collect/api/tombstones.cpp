#include "collect/api/tombstones.h"

#include <algorithm>

#include "schema/all.h"
#include "schema/git_collection_runs.h"
#include "schema/git_data_quality.h"
#include "schema/git_pr_comments.h"
#include "schema/git_pr_commits.h"
#include "schema/git_pr_events.h"
#include "schema/git_pr_participants.h"
#include "schema/git_pr_reviewers.h"
#include "schema/git_projects.h"
#include "schema/git_pull_requests.h"
#include "schema/git_tickets.h"

namespace forgehouse::collect {
namespace {

constexpr std::size_t kMembers = 5'000;

constexpr schema::TableInfo kPullRequests = schema::git_pull_requests.info();
constexpr schema::TableInfo kChildren[] = {
    schema::git_pr_events.info(),   schema::git_pr_reviewers.info(),
    schema::git_pr_comments.info(), schema::git_pr_participants.info(),
    schema::git_pr_commits.info(),  schema::git_tickets.info()};

constexpr schema::TableInfo kListed[] = {schema::git_pr_reviewers.info(),
                                         schema::git_pr_participants.info(),
                                         schema::git_tickets.info()};

Result<void> bury(exec::Context& ctx, ports::Warehouse& warehouse, const schema::TableInfo& table,
                  const sources::RepoRef& repo, std::span<const std::int64_t> ids,
                  std::uint64_t version) {
    for (std::size_t begin = 0; begin < ids.size(); begin += kMembers) {
        std::vector<std::string> members;
        for (const std::int64_t id : ids.subspan(begin, std::min(kMembers, ids.size() - begin)))
            members.push_back(std::to_string(id));
        TRY(warehouse.amend(ctx, {.table = &table,
                                  .prefix = {repo.data_source, repo.project_key, repo.repo_slug},
                                  .members = std::move(members),
                                  .changes = {{"is_deleted", "1"}},
                                  .version = version,
                                  .member_column = "pr_id",
                                  .older_than = version}));
    }
    return {};
}

// Of one repository, and not of the runs that looked at it.
bool belongs_to_a_repository(const schema::TableInfo& table) {
    return table.key.size() >= 3 && table.key[1] == "project_key" && table.key[2] == "repo_slug" &&
           table.name != schema::git_data_quality.name;
}

}  // namespace

Result<void> bury_children(exec::Context& ctx, ports::Warehouse& warehouse,
                           const sources::RepoRef& repo, std::span<const std::int64_t> ids,
                           std::uint64_t version) {
    for (const schema::TableInfo& table : kChildren)
        TRY(bury(ctx, warehouse, table, repo, ids, version));
    return {};
}

Result<void> bury_listed(exec::Context& ctx, ports::Warehouse& warehouse,
                         const sources::RepoRef& repo, std::span<const std::int64_t> ids,
                         std::uint64_t version) {
    for (const schema::TableInfo& table : kListed)
        TRY(bury(ctx, warehouse, table, repo, ids, version));
    return {};
}

Result<void> bury_pull_requests(exec::Context& ctx, ports::Warehouse& warehouse,
                                const sources::RepoRef& repo, std::span<const std::int64_t> ids,
                                std::uint64_t version) {
    TRY(bury_children(ctx, warehouse, repo, ids, version));
    return bury(ctx, warehouse, kPullRequests, repo, ids, version);
}

Result<void> bury_repository(exec::Context& ctx, ports::Warehouse& warehouse,
                             const sources::RepoRef& repo, std::uint64_t version) {
    for (const schema::TableInfo& table : schema::all_tables()) {
        if (!belongs_to_a_repository(table)) continue;
        TRY(warehouse.amend(ctx, {.table = &table,
                                  .prefix = {repo.data_source, repo.project_key, repo.repo_slug},
                                  .members = std::nullopt,
                                  .changes = {{"is_deleted", "1"}},
                                  .version = version,
                                  .member_column = {},
                                  .older_than = version}));
    }
    return {};
}

Result<void> bury_project(exec::Context& ctx, ports::Warehouse& warehouse,
                          std::string_view data_source, const std::string& project_key,
                          std::uint64_t version) {
    static constexpr schema::TableInfo kProjects = schema::git_projects.info();
    return warehouse.amend(ctx, {.table = &kProjects,
                                 .prefix = {std::string(data_source), project_key},
                                 .members = std::nullopt,
                                 .changes = {{"is_deleted", "1"}},
                                 .version = version,
                                 .member_column = {},
                                 .older_than = version});
}

}  // namespace forgehouse::collect
