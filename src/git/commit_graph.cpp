#include "git/commit_graph.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "git/refs.h"
#include "git/repository.h"
#include "git/stream.h"

namespace forgehouse::git {
namespace {

/// What a walk knows of a commit that it has not reached yet.
enum Mark : std::uint8_t { FromA = 1, FromB = 2, Stale = 4 };

/// The commits that a walk has heard of, highest number first. A commit may be in it several times;
/// it is taken once, with all its marks, because children have higher numbers.
class Pending {
public:
    /// A walk is over when no commit is left that has none of `settled`.
    explicit Pending(std::uint8_t settled) : settled_(settled) {}

    bool is_over() const noexcept { return open_ == 0; }

    void add(std::uint32_t commit, std::uint8_t marks) {
        open_ += is_open(marks);
        heap_.push_back(std::uint64_t{commit} << 8 | marks);
        std::ranges::push_heap(heap_);
    }

    std::pair<std::uint32_t, std::uint8_t> take() {
        const auto commit = static_cast<std::uint32_t>(heap_.front() >> 8);
        std::uint8_t marks = 0;
        while (!heap_.empty() && heap_.front() >> 8 == commit) {
            const auto more = static_cast<std::uint8_t>(heap_.front());
            open_ -= is_open(more);
            marks |= more;
            std::ranges::pop_heap(heap_);
            heap_.pop_back();
        }
        return {commit, marks};
    }

private:
    std::size_t is_open(std::uint8_t marks) const noexcept { return (marks & settled_) == 0; }

    std::uint8_t settled_;
    std::size_t open_ = 0;
    std::vector<std::uint64_t> heap_;  ///< number, marks
};

Result<void> read_lines(const exec::Context& ctx, const Repository& repository,
                        std::string_view tips, CommitGraph& graph) {
    if (tips.empty()) return {};
    auto command = repository.command(commands::kRevListGraph);
    command.input = true;
    TRY_LET(process, exec::Process::spawn(std::move(command)));
    process.feed(tips);
    process.finish_input();
    Stream stream(std::move(process));
    for (;;) {
        TRY_LET(line, stream.until(ctx, '\n'));
        if (!line) break;
        if (!graph.add_line(*line))
            return Failure(Error(Errc::Corrupt, "git lists history in an unknown form")
                               .with("line", text::json_quoted(line->substr(0, 200)))
                               .with("repository", repository.location().common_dir)
                               .hint("Run `git fsck` there; a broken commit graph is rewritten by "
                                     "`git commit-graph write --reachable`."));
    }
    TRY_LET(exit, stream.process().finish(ctx));
    if (exit.ok()) return {};
    return Failure(
        repository.failure(commands::kRevListGraph, exit, stream.process().error_text()));
}

}  // namespace

Result<CommitGraph> CommitGraph::load(const exec::Context& ctx, const Repository& repository,
                                      const Refs& refs, std::span<const ObjectId> tips) {
    std::string lines;
    for (const auto* list : {&refs.refs, &refs.detached_heads})
        for (const auto& ref : *list)
            if (ref.is_commit()) lines.append(ref.peeled.hex()).append("\n");
    const auto of_refs = lines.size();
    for (const auto& tip : tips)
        if (!tip.is_null() && tip.bytes().size() == id_size(repository.traits().format))
            lines.append(tip.hex()).append("\n");

    CommitGraph graph(repository.traits().format);
    auto read = read_lines(ctx, repository, lines, graph);
    if (!read && read.error().code() != Errc::Cancelled && lines.size() > of_refs) {
        lines.resize(of_refs);
        graph = CommitGraph(repository.traits().format);
        read = read_lines(ctx, repository, lines, graph);
    }
    if (!read) return Failure(std::move(read).error());
    return graph;
}

bool CommitGraph::add_line(std::string_view line) {
    const auto words = text::split(line, ' ');
    if (words.size() < 2) return false;
    const auto date = text::to_int(words[0]);
    const auto id = ObjectId::from_hex(words[1]);
    if (!date || *date < 0 || !id || id->bytes().size() != stride_) return false;
    std::vector<Number> parents;
    for (const auto word : std::span(words).subspan(2)) {
        const auto parent = ObjectId::from_hex(word);
        const auto number = parent && parent->bytes().size() == stride_ ? find(*parent) : kNone;
        if (number == kNone) return false;
        parents.push_back(number);
    }
    return append(*id, parents, static_cast<std::uint64_t>(*date));
}

bool CommitGraph::append(const ObjectId& id, std::span<const Number> parents, std::uint64_t date) {
    if (2 * (size() + 1) > slots_.size()) grow();
    auto& slot = slots_[slot_of(id)];
    if (slot != kNone || size() >= kFlag - 1) return false;
    slot = static_cast<Number>(size());
    ids_.insert(ids_.end(), id.bytes().begin(), id.bytes().end());
    dates_.push_back(date);
    Parents stored;
    if (!parents.empty()) stored.first = parents[0];
    if (parents.size() == 2) stored.second = parents[1];
    if (parents.size() > 2) {
        stored.second = kFlag | static_cast<Number>(more_.size());
        more_.insert(more_.end(), parents.begin() + 1, parents.end());
        more_.back() |= kFlag;
    }
    parents_.push_back(stored);
    return true;
}

std::size_t CommitGraph::slot_of(const ObjectId& id) const noexcept {
    const auto mask = slots_.size() - 1;
    for (auto at = static_cast<std::size_t>(id.hash()) & mask;; at = (at + 1) & mask) {
        const auto number = slots_[at];
        if (number == kNone || std::memcmp(ids_.data() + std::size_t{number} * stride_,
                                           id.bytes().data(), stride_) == 0)
            return at;
    }
}

void CommitGraph::grow() {
    slots_.assign(std::max<std::size_t>(64, 2 * slots_.size()), kNone);
    for (Number commit = 0; commit < size(); ++commit) slots_[slot_of(id_of(commit))] = commit;
}

CommitGraph::Number CommitGraph::find(const ObjectId& id) const noexcept {
    if (slots_.empty() || id.bytes().size() != stride_) return kNone;
    return slots_[slot_of(id)];
}

ObjectId CommitGraph::id_of(Number commit) const noexcept {
    return ObjectId::from_bytes(std::span(ids_).subspan(std::size_t{commit} * stride_, stride_));
}

std::size_t CommitGraph::memory() const noexcept {
    return ids_.capacity() + parents_.capacity() * sizeof(Parents) +
           (more_.capacity() + slots_.capacity()) * sizeof(Number) +
           dates_.capacity() * sizeof dates_[0];
}

template <class Take>
void CommitGraph::each_parent(Number commit, Take&& take) const {
    const auto [first, second] = parents_[commit];
    if (first != kNone) take(first);
    if (second == kNone) return;
    if ((second & kFlag) == 0) return take(second);
    for (std::size_t at = second & ~kFlag;; ++at) {
        take(more_[at] & ~kFlag);
        if ((more_[at] & kFlag) != 0) return;
    }
}

std::vector<CommitGraph::Number> CommitGraph::numbers_between(Number destination,
                                                              Number source) const {
    std::vector<Number> found;
    Pending pending(FromB);
    pending.add(source, FromA);
    pending.add(destination, FromB);
    while (!pending.is_over()) {
        const auto taken = pending.take();
        if (taken.second == FromA) found.push_back(taken.first);
        each_parent(taken.first, [&](Number parent) { pending.add(parent, taken.second); });
    }
    return found;
}

/// As git sorts: a commit comes once all its children have come, and of those that may come the one
/// that was freed last. `commits` have one head and are sorted, highest number first.
std::vector<ObjectId> CommitGraph::in_git_order(std::span<const Number> commits) const {
    const auto index_of = [commits](Number commit) -> std::optional<std::size_t> {
        const auto at = std::ranges::lower_bound(commits, commit, std::greater());
        if (at == commits.end() || *at != commit) return std::nullopt;
        return static_cast<std::size_t>(at - commits.begin());
    };
    std::vector<std::uint32_t> children(commits.size(), 0);
    for (const auto commit : commits)
        each_parent(commit, [&](Number parent) {
            if (const auto index = index_of(parent)) ++children[*index];
        });
    std::vector<ObjectId> out;
    out.reserve(commits.size());
    std::vector<std::size_t> free;
    if (!commits.empty()) free.push_back(0);
    while (!free.empty()) {
        const auto commit = commits[free.back()];
        free.pop_back();
        out.push_back(id_of(commit));
        each_parent(commit, [&](Number parent) {
            const auto index = index_of(parent);
            if (index && --children[*index] == 0) free.push_back(*index);
        });
    }
    return out;
}

std::optional<std::vector<ObjectId>> CommitGraph::commits_between(const ObjectId& destination,
                                                                  const ObjectId& source) const {
    const auto from = find(destination), to = find(source);
    if (from == kNone || to == kNone) return std::nullopt;
    return in_git_order(numbers_between(from, to));
}

std::optional<std::vector<ObjectId>> CommitGraph::merge_bases(const ObjectId& a,
                                                              const ObjectId& b) const {
    const auto from = find(a), to = find(b);
    if (from == kNone || to == kNone) return std::nullopt;
    std::vector<Number> found;
    Pending pending(Stale);
    pending.add(from, FromA);
    pending.add(to, FromB);
    while (!pending.is_over()) {
        auto [commit, marks] = pending.take();
        if (marks == (FromA | FromB)) {
            found.push_back(commit);
            marks |= Stale;
        }
        each_parent(commit, [&pending, marks](Number parent) { pending.add(parent, marks); });
    }
    std::ranges::sort(found, std::greater(),
                      [this](Number commit) { return std::pair(dates_[commit], commit); });
    std::vector<ObjectId> out;
    for (const auto commit : found) out.push_back(id_of(commit));
    return out;
}

std::optional<bool> CommitGraph::is_ancestor(const ObjectId& ancestor,
                                             const ObjectId& commit) const {
    const auto from = find(ancestor), to = find(commit);
    if (from == kNone || to == kNone) return std::nullopt;
    Pending pending(0);
    if (from <= to) pending.add(to, FromA);
    while (!pending.is_over()) {
        const auto taken = pending.take().first;
        if (taken == from) return true;
        each_parent(taken, [&](Number parent) {
            if (parent >= from) pending.add(parent, FromA);
        });
    }
    return false;
}

std::optional<ObjectId> CommitGraph::first_parent(const ObjectId& commit) const {
    const auto number = find(commit);
    if (number == kNone || parents_[number].first == kNone) return std::nullopt;
    return id_of(parents_[number].first);
}

}  // namespace forgehouse::git
