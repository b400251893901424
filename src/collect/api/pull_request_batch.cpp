#include "collect/api/pull_request_batch.h"

#include <fmt/format.h>

#include <algorithm>

namespace forgehouse::collect {
namespace {

void add_tickets(MappedPullRequest& mapped, const TicketFinder& finder, std::string_view text,
                 schema::TicketPlace place) {
    schema::GitPullRequest& row = *mapped.rows.pull_request;
    for (std::string& key : finder.find(text)) {
        mapped.tickets.push_back({.data_source = row.data_source,
                                  .project_key = row.project_key,
                                  .repo_slug = row.repo_slug,
                                  .external_ticket_id = key,
                                  .pr_id = row.pr_id,
                                  .commit_hash = {},
                                  .found_in = place,
                                  .collected_at = row.collected_at,
                                  ._version = row._version,
                                  .is_deleted = 0});
        if (std::ranges::find(row.jira_tickets, key) == row.jira_tickets.end())
            row.jira_tickets.push_back(std::move(key));
    }
}

Result<void> insert(exec::Context& ctx, ports::Warehouse& warehouse, const schema::Batch& batch,
                    std::string_view token) {
    if (batch.empty()) return {};
    return warehouse.insert(ctx, batch, fmt::format("{}/{}", token, batch.table().name));
}

}  // namespace

MappedPullRequest with_tickets(sources::PullRequestRows rows, const TicketFinder& finder,
                               const std::vector<std::string>& from_commits) {
    MappedPullRequest mapped{.rows = std::move(rows), .tickets = {}};
    if (!mapped.rows.pull_request) return mapped;
    schema::GitPullRequest& row = *mapped.rows.pull_request;
    row.jira_tickets.clear();
    add_tickets(mapped, finder, row.title, schema::TicketPlace::Title);
    if (row.description)
        add_tickets(mapped, finder, *row.description, schema::TicketPlace::Description);
    add_tickets(mapped, finder, row.source_branch, schema::TicketPlace::Branch);
    for (const std::string& key : from_commits)
        if (std::ranges::find(row.jira_tickets, key) == row.jira_tickets.end())
            row.jira_tickets.push_back(key);
    return mapped;
}

PullRequestBatch::PullRequestBatch()
    : events_(schema::git_pr_events.info()),
      reviewers_(schema::git_pr_reviewers.info()),
      comments_(schema::git_pr_comments.info()),
      participants_(schema::git_pr_participants.info()),
      commits_(schema::git_pr_commits.info()),
      tickets_(schema::git_tickets.info()),
      pull_requests_(schema::git_pull_requests.info()) {}

void PullRequestBatch::add(const MappedPullRequest& mapped) {
    const sources::PullRequestRows& rows = mapped.rows;
    for (const auto& row : rows.events) events_.append(schema::git_pr_events, row);
    for (const auto& row : rows.reviewers) reviewers_.append(schema::git_pr_reviewers, row);
    for (const auto& row : rows.comments) comments_.append(schema::git_pr_comments, row);
    for (const auto& row : rows.participants)
        participants_.append(schema::git_pr_participants, row);
    for (const auto& row : rows.commits) commits_.append(schema::git_pr_commits, row);
    for (const auto& row : mapped.tickets) tickets_.append(schema::git_tickets, row);
    if (rows.pull_request) pull_requests_.append(schema::git_pull_requests, *rows.pull_request);
}

std::size_t PullRequestBatch::rows() const noexcept {
    return events_.rows() + reviewers_.rows() + comments_.rows() + participants_.rows() +
           commits_.rows() + tickets_.rows() + pull_requests_.rows();
}

std::size_t PullRequestBatch::bytes() const noexcept {
    return events_.bytes() + reviewers_.bytes() + comments_.bytes() + participants_.bytes() +
           commits_.bytes() + tickets_.bytes() + pull_requests_.bytes();
}

Result<void> PullRequestBatch::store_children(exec::Context& ctx, ports::Warehouse& warehouse,
                                              std::string_view token) const {
    for (const schema::Batch* batch :
         {&events_, &reviewers_, &comments_, &participants_, &commits_, &tickets_})
        TRY(insert(ctx, warehouse, *batch, token));
    return {};
}

Result<void> PullRequestBatch::store_pull_requests(exec::Context& ctx, ports::Warehouse& warehouse,
                                                   std::string_view token) const {
    return insert(ctx, warehouse, pull_requests_, token);
}

void PullRequestBatch::clear() {
    for (schema::Batch* batch :
         {&events_, &reviewers_, &comments_, &participants_, &commits_, &tickets_, &pull_requests_})
        batch->clear();
}

}  // namespace forgehouse::collect
