#include "git/history/history.h"

#include <algorithm>
#include <array>
#include <unordered_set>
#include <utility>

#include "base/text.h"
#include "git/history/mark_sides.h"
#include "git/store/mapped_file.h"

namespace forgehouse::git {
namespace {

using Number = CommitTable::Number;

/// The commits at which a shallow repository ends: their parents are not looked for.
Result<std::unordered_set<ObjectId>> cut_commits(const Repository& repository) {
    std::unordered_set<ObjectId> cut;
    if (!repository.traits().is_shallow) return cut;
    const auto file = MappedFile::open(repository.location().common_dir + "/shallow");
    if (!file && file.error().code() == Errc::NotFound) return cut;
    if (!file) return Failure(file.error());
    const auto bytes = file->bytes();
    for (const auto line :
         text::split({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, '\n'))
        if (const auto id = ObjectId::from_hex(line)) cut.insert(*id);
    return cut;
}

/// Marks of merge bases' walk. How often a commit is in the queue stands in two bits of its own: it
/// comes again for every mark that it gets after it was looked at.
enum PaintMark : std::uint8_t { FromOne = 1, FromOthers = 2, Stale = 4, Found = 8, Queued = 16 };
constexpr std::uint8_t kQueuedBits = 3 * Queued;

/// Walks from one commit and from others until all that is left is known to be behind commits that
/// both reach. Newest first, not by generation, unless the commit-graph has corrected dates: that
/// is git's way, and gives git's order.
class Painting {
public:
    Painting(CommitTable& commits, CommitMarks& marks, CommitQueue& queue, bool is_by_generation)
        : commits_(&commits), marks_(&marks), queue_(&queue), is_by_generation_(is_by_generation) {}

    bool is_over() const noexcept { return open_ == 0; }

    Result<void> add(const exec::Context& ctx, Number commit, std::uint8_t flags) {
        const auto before = marks_->of(commit);
        if ((before & flags) == flags) return {};
        TRY(commits_->load(ctx, commit));
        auto& marks = marks_->at(commit);
        marks |= flags;
        if ((before & Stale) == 0 && (marks & Stale) != 0) open_ -= (marks & kQueuedBits) / Queued;
        open_ += (marks & Stale) == 0;
        marks += Queued;
        queue_->push(commit, is_by_generation_ ? commits_->graph_generation(commit) : 0,
                     commits_->date(commit));
        return {};
    }

    Number pop() {
        const auto commit = queue_->pop();
        auto& marks = marks_->at(commit);
        marks -= Queued;
        open_ -= (marks & Stale) == 0;
        return commit;
    }

private:
    CommitTable* commits_;
    CommitMarks* marks_;
    CommitQueue* queue_;
    bool is_by_generation_;
    std::uint64_t open_ = 0;  ///< places of the queue whose commit is not stale
};

}  // namespace

Result<History> History::open(const Repository& repository, ObjectStore* store,
                              std::shared_ptr<const CommitGraphChain> graph,
                              const StoreLimits& limits) {
    const auto format = repository.traits().format;
    TRY_LET(cut, cut_commits(repository));
    if (repository.traits().is_shallow)
        graph = nullptr;
    else if (graph == nullptr)
        graph = CommitGraphChain::find(repository.location().common_dir + "/objects", format);
    auto objects = std::make_unique<ObjectAccess>(repository, store, limits);
    CommitTable commits(*objects, format, std::move(graph), std::move(cut));
    return History(repository, std::move(objects), std::move(commits));
}

/// Commits that `one` and any of `others` reach and that are not behind another such commit that
/// was found first; marks_ says of each commit who reaches it, as far as the walk went, which is as
/// far as it needs to to be right for those that were given. Ends at generations below `lowest`.
Result<std::vector<Number>> History::paint(const exec::Context& ctx, Number one,
                                           std::span<const Number> others, std::uint64_t lowest) {
    marks_.clear();
    queue_.clear();
    Painting painting(commits_, marks_, queue_, lowest > 0 || commits_.has_corrected_dates());
    TRY(painting.add(ctx, one, FromOne));
    for (const auto other : others) TRY(painting.add(ctx, other, FromOthers));
    std::vector<Number> found, parents;
    for (std::size_t turn = 0; !painting.is_over(); ++turn) {
        if (turn % 1024 == 0) TRY(ctx.check());
        const auto commit = painting.pop();
        if (commits_.graph_generation(commit) < lowest) break;
        auto& marks = marks_.at(commit);
        auto flags = static_cast<std::uint8_t>(marks & (FromOne | FromOthers | Stale));
        if (flags == (FromOne | FromOthers)) {
            if ((marks & Found) == 0) found.push_back(commit);
            marks |= Found;
            flags |= Stale;
        }
        parents.clear();
        commits_.each_parent(commit, [&](Number parent) { parents.push_back(parent); });
        for (const auto parent : parents) TRY(painting.add(ctx, parent, flags));
    }
    std::erase_if(found, [this](Number commit) { return (marks_.of(commit) & Stale) != 0; });
    return found;
}

/// Takes those away that others of them reach.
Result<void> History::drop_reached(const exec::Context& ctx, std::vector<Number>& commits) {
    std::vector<bool> is_reached(commits.size(), false);
    std::vector<Number> others;
    for (std::size_t i = 0; i < commits.size(); ++i) {
        if (is_reached[i]) continue;
        others.clear();
        for (std::size_t j = 0; j < commits.size(); ++j)
            if (j != i && !is_reached[j]) others.push_back(commits[j]);
        TRY(paint(ctx, commits[i], others, 0));
        is_reached[i] = (marks_.of(commits[i]) & FromOthers) != 0;
        for (std::size_t j = 0; j < commits.size(); ++j)
            if (j != i && (marks_.of(commits[j]) & FromOne) != 0) is_reached[j] = true;
    }
    std::size_t at = 0;
    std::erase_if(commits, [&](Number) { return is_reached[at++]; });
    return {};
}

Result<std::vector<ObjectId>> History::merge_bases(const exec::Context& ctx, const ObjectId& a,
                                                   const ObjectId& b) {
    TRY_LET(one, commits_.open(ctx, a));
    TRY_LET(other, commits_.open(ctx, b));
    std::vector<Number> found{one};
    if (one != other) {
        TRY_LET(painted, paint(ctx, one, std::array{other}, 0));
        found = std::move(painted);
        if (found.size() > 1) TRY(drop_reached(ctx, found));
    }
    commits_.sort_newest_first(found);
    std::vector<ObjectId> out;
    for (const auto commit : found) out.push_back(commits_.id(commit));
    return out;
}

Result<bool> History::is_ancestor(const exec::Context& ctx, const ObjectId& ancestor,
                                  const ObjectId& commit) {
    TRY_LET(sought, commits_.open(ctx, ancestor));
    TRY_LET(tip, commits_.open(ctx, commit));
    if (sought == tip) return true;
    const auto lowest = commits_.graph_generation(sought);
    if (lowest > commits_.graph_generation(tip)) return false;
    // What has no place in the commit-graph may reach anything.
    TRY(paint(ctx, sought, std::array{tip}, lowest == CommitTable::kUnknown ? 0 : lowest));
    return (marks_.of(sought) & FromOthers) != 0;
}

Result<AheadBehind> History::ahead_behind(const exec::Context& ctx, const ObjectId& a,
                                          const ObjectId& b) {
    TRY_LET(left, commits_.open(ctx, a));
    TRY_LET(right, commits_.open(ctx, b));
    marks_.clear();
    TRY_LET(counts, mark_sides(ctx, commits_, std::array{left}, std::array{right},
                               {.is_symmetric = true}, marks_));
    return AheadBehind{.ahead = counts.left_only, .behind = counts.right_only};
}

}  // namespace forgehouse::git
