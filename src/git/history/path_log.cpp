#include "git/history/path_log.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "exec/process.h"
#include "git/commands.h"
#include "git/history/renames.h"

namespace forgehouse::git {
namespace {

constexpr std::uint8_t kSeen = 1;
constexpr std::size_t kMostAnswer = std::size_t{1} << 20;  ///< one line, two paths

}  // namespace

Result<PathLog> PathLog::start(const exec::Context& ctx, History& history, PathLogRequest request) {
    if (request.is_following && request.paths.size() != 1)
        return Failure(Error(Errc::Invalid, "only one path can be followed")
                           .hint("Ask for one file at a time."));
    auto& commits = history.commits();
    const auto format = history.repository().traits().format;
    TRY_LET(trees, TreePaths::make(history.objects(), format, request.paths));
    PathLog log(history, std::move(request), std::move(trees));
    log.hash(log.request_.paths);
    if (log.request_.is_following) log.path_ = log.next_path_ = log.request_.paths.front();
    std::vector<Number> tips;
    for (const auto& id : log.request_.tips) {
        TRY_LET(tip, commits.open(ctx, id));
        tips.push_back(tip);
    }
    commits.sort_newest_first(tips);
    for (const auto tip : tips) TRY(log.push(ctx, tip));
    for (std::uint64_t i = 0; i < log.request_.skip; ++i) {
        TRY_LET(skipped, log.next(ctx));
        if (!skipped) break;
    }
    return log;
}

void PathLog::hash(std::span<const std::string> paths) {
    filters_.clear();
    if (std::ranges::find(paths, "") == paths.end())
        for (const auto& path : paths) filters_.emplace_back(path);
}

Result<void> PathLog::push(const exec::Context& ctx, Number commit) {
    auto& seen = seen_.at(commit);
    if (seen != 0) return {};
    seen = kSeen;
    auto& commits = history_->commits();
    TRY(commits.load(ctx, commit));
    queue_.push(commit, 0, commits.date(commit));
    return {};
}

Result<std::optional<ObjectId>> PathLog::next(const exec::Context& ctx) {
    while (!queue_.empty()) {
        TRY(ctx.check());
        const auto commit = queue_.pop();
        parents_.clear();
        history_->commits().each_parent(commit,
                                        [this](Number parent) { parents_.push_back(parent); });
        const auto shows =
            request_.is_following ? shows_followed(ctx, commit) : simplify(ctx, commit);
        if (!shows) return Failure(shows.error());
        if (request_.is_first_parent && parents_.size() > 1) parents_.resize(1);
        for (const auto parent : parents_) TRY(push(ctx, parent));
        if (*shows) return history_->commits().id(commit);
    }
    return std::nullopt;
}

/// Whether a filter of the commit-graph says that the commit changed none of the paths against its
/// first parent.
bool PathLog::is_denied(Number commit) const {
    if (filters_.empty()) return false;
    const auto filter = history_->commits().changes(commit);
    return filter && std::ranges::none_of(filters_, [&filter](const BloomPath& path) {
               return path.may_be_in(*filter);
           });
}

Result<bool> PathLog::is_same(const exec::Context& ctx, Number commit, std::size_t parent) {
    auto& commits = history_->commits();
    if (parent == 0 && is_denied(commit)) return true;
    TRY(commits.load(ctx, parents_[parent]));
    return trees_.are_same(ctx, commits.tree(parents_[parent]), commits.tree(commit));
}

Result<bool> PathLog::is_empty(const exec::Context& ctx, Number commit) {
    auto& commits = history_->commits();
    return trees_.are_same(ctx, ObjectId::null(history_->repository().traits().format),
                           commits.tree(commit));
}

/// git's simplification of history: where a parent has the same at the paths, it alone is followed,
/// and the commit has done nothing. Says whether it has done something; leaves in parents_ those
/// that are followed.
Result<bool> PathLog::simplify(const exec::Context& ctx, Number commit) {
    if (parents_.empty()) {
        TRY_LET(has_nothing, is_empty(ctx, commit));
        return !has_nothing;
    }
    bool has_changed = false;
    for (std::size_t i = 0; i < parents_.size(); ++i) {
        if (i > 0 && request_.is_first_parent) break;
        TRY_LET(same, is_same(ctx, commit, i));
        has_changed = has_changed || !same;
        if (!same || request_.is_full_history) continue;
        parents_ = {parents_[i]};
        return false;
    }
    return has_changed;
}

/// The same where a file is followed: all parents are, and merges say nothing, unless it is by
/// first parents. What a commit makes of the file's name counts from then on for every commit that
/// comes later, on whatever line of history it is: git has it so.
Result<bool> PathLog::shows_followed(const exec::Context& ctx, Number commit) {
    path_ = next_path_;
    if (parents_.size() > 1 && !request_.is_first_parent) return false;
    if (parents_.empty()) {
        TRY_LET(has_nothing, is_empty(ctx, commit));
        return !has_nothing;
    }
    TRY_LET(same, is_same(ctx, commit, 0));
    if (same) return false;
    auto& commits = history_->commits();
    TRY_LET(before, trees_.entry(ctx, commits.tree(parents_[0]), 0));
    TRY_LET(after, trees_.entry(ctx, commits.tree(commit), 0));
    // Where a folder makes room for the file, git does not look for another name.
    if (before.mode != 0 || !after.is_file()) return true;
    TRY_LET(name, name_before(ctx, commit));
    if (!name) return true;
    next_path_ = std::move(*name);
    const std::vector<std::string> paths{next_path_};
    TRY_LET(trees,
            TreePaths::make(history_->objects(), history_->repository().traits().format, paths));
    trees_ = std::move(trees);
    hash(paths);
    return true;
}

/// What git takes the file for before the commit in which its name appears.
Result<std::optional<std::string>> PathLog::name_before(const exec::Context& ctx, Number commit) {
    const auto& repository = history_->repository();
    const auto id = history_->commits().id(commit).hex();
    TRY_LET(said, exec::run(ctx, repository.command(commands::kFollow, {id, "--", path_}), {},
                            kMostAnswer));
    if (!said.exit.ok())
        return Failure(repository.failure(commands::kFollow, said.exit, said.error));
    return old_name_of(path_, said.out);
}

}  // namespace forgehouse::git
