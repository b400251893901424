#include "collect/amendments.h"

#include "collect/row_writer.h"
#include "schema/git_commits.h"

namespace forgehouse::collect {
namespace {

// Members of one statement, and of all that wait: about 5 MB of ids at most.
constexpr std::size_t kMembers = 5'000;
constexpr std::size_t kGathered = 50'000;

constexpr schema::TableInfo kCommits = schema::git_commits.info();

std::string flag(bool value) {
    return value ? "true" : "false";
}

}  // namespace

Result<void> Amendments::add(const exec::Context& ctx, std::string commit_hash,
                             const CommitLabel& label) {
    ++count_;
    const auto [at, is_new] =
        waiting_.try_emplace(Label(label.branch, label.is_in_default_branch, label.is_reachable));
    at->second.push_back(std::move(commit_hash));
    if (at->second.size() >= kMembers) {
        gathered_ -= kMembers - 1;
        return write(ctx, at->first, at->second);
    }
    if (++gathered_ >= kGathered) return flush(ctx);
    return {};
}

Result<void> Amendments::flush(const exec::Context& ctx) {
    for (auto& [label, members] : waiting_)
        if (!members.empty()) TRY(write(ctx, label, members));
    waiting_.clear();
    gathered_ = 0;
    return {};
}

Result<void> Amendments::write(const exec::Context& ctx, const Label& label,
                               std::vector<std::string>& members) {
    TRY(ctx.check());
    const auto& [branch, is_in_default_branch, is_reachable] = label;
    exec::Context storing = storing_context();
    TRY(warehouse_.amend(storing, {.table = &kCommits,
                                   .prefix = {stamp_.repo.data_source, stamp_.repo.project_key,
                                              stamp_.repo.repo_slug},
                                   .members = std::move(members),
                                   .changes = {{"branch", branch},
                                               {"is_in_default_branch", flag(is_in_default_branch)},
                                               {"is_reachable", flag(is_reachable)}},
                                   .version = stamp_.version}));
    members.clear();
    return {};
}

}  // namespace forgehouse::collect
