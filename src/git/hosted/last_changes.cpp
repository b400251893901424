#include "git/hosted/last_changes.h"

#include <algorithm>
#include <cstdint>
#include <unordered_map>

#include "base/text.h"
#include "git/history/commit_queue.h"

namespace forgehouse::git {
namespace {

/// As blame does it for lines: each commit has the entries that came to it unchanged, hands those
/// on that its parents have, each to the first that has it, and has changed the others.
class FolderBlame {
public:
    FolderBlame(History& history, TreePaths paths) : history_(&history), paths_(std::move(paths)) {}

    Result<std::vector<LastChange>> run(const exec::Context& ctx, const LastChangesQuery& query) {
        auto& commits = history_->commits();
        TRY_LET(tip, commits.open(ctx, query.commit));
        TRY_LET(folder, paths_.entry(ctx, commits.tree(tip), 0));
        if (!folder.is_folder())
            return Failure(Error(Errc::NotFound, "there is no such folder")
                               .with("path", text::json_quoted(query.path)));
        TRY(take_entries(ctx, folder.id));
        std::vector<std::size_t> all(entries_.size());
        for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
        hand_on(tip, std::move(all));
        for (std::size_t looked = 0; !queue_.empty() && looked < query.most_commits; ++looked) {
            TRY(ctx.check());
            TRY(look_at(ctx, queue_.pop()));
        }
        return std::move(entries_);
    }

private:
    using Number = CommitTable::Number;
    using Entries = std::vector<std::size_t>;

    Result<void> take_entries(const exec::Context& ctx, const ObjectId& folder) {
        const auto bytes = id_size(history_->repository().traits().format);
        TRY_LET(tree, read_tree(ctx, history_->objects(), folder));
        for (auto rest = tree.content(); !rest.empty();) {
            const auto entry = take_tree_entry(rest, bytes);
            if (!entry) return Failure(broken_tree(folder, "a tree is damaged"));
            entries_.push_back({.name = std::string(entry->name),
                                .entry = {.mode = entry->mode, .id = entry->id}});
        }
        return {};
    }

    void hand_on(Number commit, Entries entries) {
        if (entries.empty()) return;
        auto& waiting = waiting_[commit];
        if (waiting.empty()) {
            auto& commits = history_->commits();
            queue_.push(commit, commits.graph_generation(commit), commits.date(commit));
        }
        waiting.insert(waiting.end(), entries.begin(), entries.end());
    }

    Result<void> look_at(const exec::Context& ctx, Number commit) {
        auto& commits = history_->commits();
        auto left = std::move(waiting_.extract(commit).mapped());
        std::vector<Number> parents;
        commits.each_parent(commit, [&parents](Number parent) { parents.push_back(parent); });
        TRY_LET(own, paths_.entry(ctx, commits.tree(commit), 0));
        for (const auto parent : parents) {
            if (left.empty()) break;
            TRY(commits.load(ctx, parent));
            TRY_LET(theirs, paths_.entry(ctx, commits.tree(parent), 0));
            if (theirs == own) {
                hand_on(parent, std::exchange(left, {}));
                break;
            }
            if (!theirs.is_folder()) continue;
            TRY_LET(same, split(ctx, theirs.id, left));
            hand_on(parent, std::move(same));
        }
        for (const auto entry : left) entries_[entry].commit = commits.id(commit);
        return {};
    }

    /// Takes off `left` those that stand in the folder as they are.
    Result<Entries> split(const exec::Context& ctx, const ObjectId& folder, Entries& left) {
        const auto bytes = id_size(history_->repository().traits().format);
        TRY_LET(tree, read_tree(ctx, history_->objects(), folder));
        std::unordered_map<std::string_view, PathEntry> theirs;
        for (auto rest = tree.content(); !rest.empty();) {
            const auto entry = take_tree_entry(rest, bytes);
            if (!entry) return Failure(broken_tree(folder, "a tree is damaged"));
            theirs[entry->name] = {.mode = entry->mode, .id = entry->id};
        }
        Entries same;
        std::erase_if(left, [&](std::size_t at) {
            const auto found = theirs.find(entries_[at].name);
            if (found == theirs.end() || found->second != entries_[at].entry) return false;
            same.push_back(at);
            return true;
        });
        return same;
    }

    History* history_;
    TreePaths paths_;
    std::vector<LastChange> entries_;
    std::unordered_map<Number, Entries> waiting_;
    CommitQueue queue_;
};

}  // namespace

Result<std::vector<LastChange>> last_changes(const exec::Context& ctx, History& history,
                                             const LastChangesQuery& query) {
    const auto format = history.repository().traits().format;
    TRY_LET(paths, TreePaths::make(history.objects(), format, {query.path}));
    return FolderBlame(history, std::move(paths)).run(ctx, query);
}

}  // namespace forgehouse::git
