#include "git/ranges.h"

#include <algorithm>
#include <thread>

#include "exec/guarded.h"
#include "exec/monitor.h"
#include "git/blob_memo.h"
#include "git/commit_diff.h"
#include "git/reader.h"
#include "git/repository.h"

namespace forgehouse::git {
namespace {

constexpr unsigned kMostProcesses = 8;
// Of blob pairs that are remembered, 24 bytes each: mostly those of the commits are asked for
// again.
constexpr std::size_t kMemoSlots = std::size_t{1} << 16;
const StoreLimits kLimits{.cache_bytes = std::size_t{8} << 20,
                          .object_bytes = ReadOptions().most_blob_bytes};

Result<RangeSize> size_of(const exec::Context& ctx, CommitDiff& diff, const ObjectId& base,
                          const ObjectId& source) {
    RangeSize size;
    const auto add = [&](FileChange& file) -> Result<void> {
        TRY(diff.count(ctx, file));
        ++size.files_changed;
        size.lines_added += file.lines_added;
        size.lines_removed += file.lines_removed;
        return {};
    };
    TRY(diff.each_file(ctx, base, source, add));
    return size;
}

}  // namespace

struct Ranges::State {
    State(const Repository& of, CommitGraph loaded, unsigned processes)
        : repository(of), graph(std::move(loaded)), most(processes), store(open_store(of)) {}

    using Held = std::unique_ptr<CommitDiff>;
    struct Pool {
        std::vector<Held> idle;
        unsigned taken = 0;
    };
    /// One for the time of a question: back into the pool unless it failed.
    class Lease {
    public:
        Lease(State& of, Held taken) : state_(of), diff_(std::move(taken)) {}
        Lease(const Lease&) = delete;
        Lease& operator=(const Lease&) = delete;
        ~Lease() {
            state_.pool.with([this](Pool& now) {
                --now.taken;
                if (diff_) now.idle.push_back(std::move(diff_));
            });
        }
        Held& diff() noexcept { return diff_; }

    private:
        State& state_;
        Held diff_;
    };

    Result<Held> take(const exec::Context& ctx) {
        return pool.when(
            ctx, [this](const Pool& now) { return now.taken < most; },
            [](Pool& now) {
                ++now.taken;
                Held held;
                if (now.idle.empty()) return held;
                held = std::move(now.idle.back());
                now.idle.pop_back();
                return held;
            });
    }
    Held start() {
        return std::make_unique<CommitDiff>(repository, store ? &*store : nullptr, kLimits, memo);
    }

    const Repository& repository;
    const CommitGraph graph;
    const unsigned most;
    Result<ObjectStore> store;  ///< where it could not be opened, git reads
    exec::Guarded<BlobMemo> memo{BlobMemo(kMemoSlots)};
    exec::Monitor<Pool> pool;
};

Ranges::Ranges(std::unique_ptr<State> state) noexcept : state_(std::move(state)) {}
Ranges::Ranges(Ranges&&) noexcept = default;
Ranges& Ranges::operator=(Ranges&&) noexcept = default;
Ranges::~Ranges() = default;

Result<Ranges> Ranges::open(const exec::Context& ctx, const Repository& repository,
                            const Refs& refs, std::span<const ObjectId> tips, unsigned processes) {
    TRY_LET(graph, CommitGraph::load(ctx, repository, refs, tips));
    if (processes == 0)
        processes = std::clamp(std::jthread::hardware_concurrency(), 1u, kMostProcesses);
    return Ranges(std::make_unique<State>(repository, std::move(graph), processes));
}

const CommitGraph& Ranges::graph() const noexcept {
    return state_->graph;
}

Result<RangeSize> Ranges::size_between(const exec::Context& ctx, const ObjectId& base,
                                       const ObjectId& source) const {
    if (base == source) return RangeSize();
    TRY_LET(taken, state_->take(ctx));
    State::Lease lease(*state_, std::move(taken));
    auto& diff = lease.diff();
    if (!diff) diff = state_->start();
    auto size = size_of(ctx, *diff, base, source);
    if (size) return size;
    diff.reset();
    return Failure(std::move(size).error().with("source", source.hex()).with("base", base.hex()));
}

Result<std::optional<ChangeRange>> Ranges::read(const exec::Context& ctx,
                                                const RangeRequest& request) const {
    const auto& graph = state_->graph;
    ChangeRange range{.commits = {}, .destination = request.destination, .base = {}, .size = {}};
    auto commits = graph.commits_between(request.destination, request.source);
    if (request.merge_commit && (!commits || commits->empty()))
        if (const auto parent = graph.first_parent(*request.merge_commit)) {
            commits = graph.commits_between(*parent, request.source);
            range.destination = *parent;
        }
    if (!commits) return std::nullopt;
    range.commits = std::move(*commits);
    const auto bases = graph.merge_bases(range.destination, request.source);
    if (!bases || bases->empty()) return range;
    range.base = bases->front();
    TRY_LET(size, size_between(ctx, *range.base, request.source));
    range.size = size;
    return range;
}

}  // namespace forgehouse::git
