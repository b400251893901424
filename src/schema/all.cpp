#include "schema/all.h"

#include "schema/git_branches.h"
#include "schema/git_collection_runs.h"
#include "schema/git_commit_files.h"
#include "schema/git_commit_statuses.h"
#include "schema/git_commits.h"
#include "schema/git_coverage.h"
#include "schema/git_data_quality.h"
#include "schema/git_deployments.h"
#include "schema/git_issue_comments.h"
#include "schema/git_issues.h"
#include "schema/git_pipeline_steps.h"
#include "schema/git_pipelines.h"
#include "schema/git_pr_comments.h"
#include "schema/git_pr_commits.h"
#include "schema/git_pr_events.h"
#include "schema/git_pr_participants.h"
#include "schema/git_pr_reviewers.h"
#include "schema/git_projects.h"
#include "schema/git_pull_requests.h"
#include "schema/git_releases.h"
#include "schema/git_repositories.h"
#include "schema/git_tags.h"
#include "schema/git_tickets.h"
#include "schema/git_users.h"

namespace forgehouse::schema {
namespace {

constexpr std::array kTables{
    git_projects.info(),        git_repositories.info(),
    git_branches.info(),        git_tags.info(),
    git_commits.info(),         git_commit_files.info(),
    git_pull_requests.info(),   git_pr_reviewers.info(),
    git_pr_comments.info(),     git_pr_commits.info(),
    git_pr_participants.info(), git_pr_events.info(),
    git_issues.info(),          git_issue_comments.info(),
    git_tickets.info(),         git_users.info(),
    git_pipelines.info(),       git_pipeline_steps.info(),
    git_commit_statuses.info(), git_releases.info(),
    git_deployments.info(),     git_collection_runs.info(),
    git_data_quality.info(),    git_coverage.info(),
};

}  // namespace

std::span<const TableInfo> all_tables() noexcept {
    return kTables;
}

const TableInfo* find_table(std::string_view name) noexcept {
    for (const TableInfo& table : kTables)
        if (table.name == name) return &table;
    return nullptr;
}

}  // namespace forgehouse::schema
