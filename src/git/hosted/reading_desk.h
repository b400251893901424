// ReadingDesk: what one thread at a time answers questions with, and ReadingRoom, which hands desks
// out and takes them back.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "exec/guarded.h"
#include "git/blob_memo.h"
#include "git/commit_diff.h"
#include "git/history/history.h"
#include "git/hosted/ref_snapshot.h"
#include "git/repository.h"
#include "git/store/commit_graph_chain.h"
#include "git/store/object_store.h"

namespace forgehouse::git {

/// Threads: one at a time.
struct ReadingDesk {
    ReadingDesk(const Repository& repository, ObjectStore& store, const StoreLimits& limits,
                exec::Guarded<BlobMemo>& memo, History opened)
        : history(std::move(opened)), diff(repository, &store, limits, memo) {}

    History history;
    CommitDiff diff;
    std::uint64_t edition = 0;  ///< of the files that it was made from
};

/// Threads: may be used from many threads at once.
class ReadingRoom {
public:
    /// Both live longer.
    ReadingRoom(const Repository& repository, ObjectStore& store, const StoreLimits& limits,
                std::size_t most_idle)
        : repository_(&repository), store_(&store), limits_(limits), most_idle_(most_idle) {}

    /// A desk that was made from the files as they are, one that has been used before if there is.
    /// Errors: those of History::open().
    Result<std::unique_ptr<ReadingDesk>> take();
    /// Keeps it for the next one, unless there are enough or its files have been replaced.
    void give_back(std::unique_ptr<ReadingDesk> desk);

private:
    using Stamp = RefSnapshot::Stamp;

    /// Of what readers hold on to.
    struct Files {
        Stamp packs, graph, chain;
        friend bool operator==(const Files&, const Files&) = default;
    };
    struct Shelf {
        std::vector<std::unique_ptr<ReadingDesk>> idle;
        std::uint64_t edition = 0;  ///< 0: nothing has been looked at
        Files files;
        std::shared_ptr<const CommitGraphChain> graph;
    };

    Files files_now() const;
    bool has_lost_packs() const;
    void look_again(const Files& now);

    const Repository* repository_;
    ObjectStore* store_;
    StoreLimits limits_;
    std::size_t most_idle_;
    exec::Guarded<BlobMemo> memo_{BlobMemo(std::size_t{1} << 14)};
    exec::Guarded<Shelf> shelf_;
};

}  // namespace forgehouse::git
