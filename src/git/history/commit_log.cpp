#include "git/history/commit_log.h"

#include <algorithm>

#include "git/history/mark_sides.h"

namespace forgehouse::git {
namespace {

constexpr std::uint8_t kSeen = 8;
static_assert((kSeen & kFreeMarks) != 0);

}  // namespace

Result<CommitLog> CommitLog::start(const exec::Context& ctx, History& history,
                                   const LogRequest& request) {
    CommitLog log(history, request);
    TRY(log.begin(ctx, request));
    for (std::uint64_t i = 0; i < request.skip; ++i) {
        TRY_LET(skipped, log.next(ctx));
        if (!skipped) break;
    }
    return log;
}

Result<void> CommitLog::begin(const exec::Context& ctx, const LogRequest& request) {
    auto& commits = history_->commits();
    std::vector<Number> tips, hidden;
    for (const auto& id : request.tips) {
        TRY_LET(tip, commits.open(ctx, id));
        tips.push_back(tip);
    }
    for (const auto& id : request.hidden) {
        TRY_LET(tip, commits.open(ctx, id));
        hidden.push_back(tip);
    }
    is_marked_ = is_topological_ || !hidden.empty();
    if (is_marked_)
        TRY(mark_sides(ctx, commits, tips, hidden, {.is_left_first_parent = is_first_parent_},
                       marks_));
    std::erase_if(tips, [this](Number tip) { return !is_listed(tip); });
    commits.sort_newest_first(tips);
    if (is_topological_) {
        count_children(std::move(tips));
        return {};
    }
    for (const auto tip : tips) {
        auto& marks = marks_.at(tip);
        if ((marks & kSeen) != 0) continue;
        marks |= kSeen;
        queue_.push(tip, 0, commits.date(tip));
    }
    return {};
}

bool CommitLog::is_listed(Number commit) const noexcept {
    return !is_marked_ || (marks_.of(commit) & (kLeft | kRight)) == kLeft;
}

/// The parents that are followed and listed.
void CommitLog::take_parents(Number commit) {
    parents_.clear();
    bool is_first = true;
    history_->commits().each_parent(commit, [&](Number parent) {
        if ((is_first || !is_first_parent_) && is_listed(parent)) parents_.push_back(parent);
        is_first = false;
    });
}

Result<std::optional<ObjectId>> CommitLog::next(const exec::Context& ctx) {
    std::optional<Number> commit;
    if (is_topological_) {
        commit = next_in_lines();
    } else {
        TRY_LET(newest, next_by_date(ctx));
        commit = newest;
    }
    if (!commit) return std::nullopt;
    return history_->commits().id(*commit);
}

Result<std::optional<CommitTable::Number>> CommitLog::next_by_date(const exec::Context& ctx) {
    if (queue_.empty()) return std::nullopt;
    TRY(ctx.check());
    auto& commits = history_->commits();
    const auto commit = queue_.pop();
    take_parents(commit);
    for (const auto parent : parents_) {
        auto& marks = marks_.at(parent);
        if ((marks & kSeen) != 0) continue;
        marks |= kSeen;
        TRY(commits.load(ctx, parent));
        queue_.push(parent, 0, commits.date(parent));
    }
    return commit;
}

/// How many children each commit has of those that are listed. Of the tips, which come newest
/// first, those that have none are free.
void CommitLog::count_children(std::vector<Number> tips) {
    children_.assign(history_->commits().size(), 0);
    auto waiting = tips;
    while (!waiting.empty()) {
        const auto commit = waiting.back();
        waiting.pop_back();
        auto& marks = marks_.at(commit);
        if ((marks & kSeen) != 0) continue;
        marks |= kSeen;
        take_parents(commit);
        for (const auto parent : parents_) {
            ++children_[parent];
            waiting.push_back(parent);
        }
    }
    for (auto tip = tips.rbegin(); tip != tips.rend(); ++tip)
        if (children_[*tip] == 0 && std::ranges::find(free_, *tip) == free_.end())
            free_.push_back(*tip);
}

/// As git sorts: of the commits that may come the one that was freed last.
std::optional<CommitTable::Number> CommitLog::next_in_lines() {
    if (free_.empty()) return std::nullopt;
    const auto commit = free_.back();
    free_.pop_back();
    take_parents(commit);
    for (const auto parent : parents_)
        if (--children_[parent] == 0) free_.push_back(parent);
    return commit;
}

}  // namespace forgehouse::git
