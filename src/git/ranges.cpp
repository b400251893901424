#include "git/ranges.h"

#include <algorithm>
#include <thread>

#include "exec/guarded.h"
#include "exec/monitor.h"
#include "git/blob_memo.h"
#include "git/diff_output.h"
#include "git/object_access.h"
#include "git/pair_counter.h"
#include "git/reader.h"
#include "git/repository.h"

namespace forgehouse::git {
namespace {

constexpr unsigned kMostProcesses = 8;
// Of blob pairs that are remembered, 32 bytes each: mostly those of the commits are asked for
// again.
constexpr std::size_t kMemoSlots = std::size_t{1} << 16;
const StoreLimits kLimits{.cache_bytes = std::size_t{8} << 20,
                          .object_bytes = ReadOptions().most_blob_bytes};

/// Compares two commits: git says which files differ, we count their lines.
class Comparer {
public:
    Comparer(const Repository& repository, ObjectStore* store, exec::Guarded<BlobMemo>& memo,
             DiffOutput structure)
        : repository_(repository),
          structure_(std::move(structure)),
          objects_(repository, store, kLimits),
          pairs_(repository, objects_, memo) {}
    Comparer(Comparer&&) = delete;

    Result<RangeSize> compare(const exec::Context& ctx, const ObjectId& base,
                              const ObjectId& source) {
        // To git this is a commit with another parent than its own.
        structure_.process().feed(source.hex() + " " + base.hex() + "\n" +
                                  std::string(DiffOutput::kMark));
        RangeSize size;
        for (;;) {
            TRY_LET(step, structure_.next(ctx));
            switch (step) {
                case DiffOutput::Step::Commit: break;
                case DiffOutput::Step::File: TRY(add(ctx, structure_.file(), size)); break;
                case DiffOutput::Step::EndOfBatch: return size;
                case DiffOutput::Step::EndOfOutput:
                    return Failure(structure_.failure(ctx, repository_));
            }
        }
    }

private:
    Result<void> add(const exec::Context& ctx, FileChange& file, RangeSize& size) {
        TRY(pairs_.count(ctx, file));
        ++size.files_changed;
        size.lines_added += file.lines_added;
        size.lines_removed += file.lines_removed;
        return {};
    }

    const Repository& repository_;
    DiffOutput structure_;
    ObjectAccess objects_;
    PairCounter pairs_;
};

}  // namespace

struct Ranges::State {
    State(const Repository& of, CommitGraph loaded, unsigned processes)
        : repository(of),
          graph(std::move(loaded)),
          most(processes),
          store(ObjectStore::open(of.location().common_dir + "/objects", of.traits().format)) {}

    using Held = std::unique_ptr<Comparer>;
    struct Pool {
        std::vector<Held> idle;
        unsigned taken = 0;
    };
    /// A comparer for the time of a question: back into the pool unless it failed.
    class Lease {
    public:
        Lease(State& of, Held taken) : state_(of), comparer_(std::move(taken)) {}
        Lease(const Lease&) = delete;
        Lease& operator=(const Lease&) = delete;
        ~Lease() {
            state_.pool.with([this](Pool& now) {
                --now.taken;
                if (comparer_) now.idle.push_back(std::move(comparer_));
            });
        }
        Held& comparer() noexcept { return comparer_; }

    private:
        State& state_;
        Held comparer_;
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
    Result<Held> start() {
        // Other threads ask it when this one is gone.
        TRY_LET(structure, DiffOutput::start(repository, false));
        return std::make_unique<Comparer>(repository, store ? &*store : nullptr, memo,
                                          std::move(structure));
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
    auto& comparer = lease.comparer();
    if (!comparer) {
        TRY_LET(started, state_->start());
        comparer = std::move(started);
    }
    auto size = comparer->compare(ctx, base, source);
    if (size) return size;
    comparer.reset();
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
