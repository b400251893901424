// CommitTable: commits by numbers, as walks over history want them: parents, time, root tree and
// generation, out of the commit-graph where it has them, else out of the commit's object.
//
// Commits of the commit-graph cost no memory. Any other takes about 75 bytes (SHA-1; SHA-256: 110)
// from when it is first met, and 4 for each parent, for as long as the table lives.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "exec/context.h"
#include "git/object_access.h"
#include "git/store/commit_graph_chain.h"

namespace forgehouse::git {

/// What a walk needs of a commit's object.
struct CommitHeader {
    ObjectId tree;
    std::vector<ObjectId> parents;
    std::uint64_t date = 0;  ///< of the committer, seconds; 0 where there is none, as git has it
};

/// nullopt for what git would not take for a commit.
std::optional<CommitHeader> parse_commit_header(std::string_view content, ObjectFormat format);

/// Threads: one at a time.
class CommitTable {
public:
    using Number = std::uint32_t;

    /// `objects` lives longer. `graph` may be nullptr. Commits of `cut` are taken for roots.
    CommitTable(ObjectAccess& objects, ObjectFormat format,
                std::shared_ptr<const CommitGraphChain> graph, std::unordered_set<ObjectId> cut);

    /// The number of a commit, read if need be. Errors: NotFound, with field `object`, where it is
    /// not there; Invalid where it is no commit; Corrupt where it is damaged; those of
    /// ObjectAccess::read().
    Result<Number> open(const exec::Context& ctx, const ObjectId& id);

    /// Makes date(), tree() and each_parent() of the commit good. Errors: Corrupt, with field
    /// `object`, where it is not there, is no commit, or damaged; those of ObjectAccess::read().
    Result<void> load(const exec::Context& ctx, Number commit) {
        if (commit < graph_size_ || rows_[commit - graph_size_].is_loaded) return {};
        return read(ctx, commit);
    }
    /// Makes generation() of the commit and of all that it reaches final: reads all of these that
    /// are not in the commit-graph, once. Errors: those of load().
    Result<void> settle(const exec::Context& ctx, Number commit);

    /// How many numbers there are: all are below it. Grows when commits are met.
    std::size_t size() const noexcept { return graph_size_ + rows_.size(); }
    ObjectId id(Number commit) const noexcept;
    ObjectId tree(Number commit) const noexcept;
    std::uint64_t date(Number commit) const noexcept {
        return commit < graph_size_ ? graph_->date(commit) : rows_[commit - graph_size_].date;
    }
    /// Higher than that of any parent once it is final; before that, and without a place in the
    /// commit-graph, kUnknown: higher than any other.
    std::uint64_t generation(Number commit) const noexcept {
        return commit < graph_size_ ? graph_->generation(commit)
                                    : rows_[commit - graph_size_].generation;
    }
    static constexpr std::uint64_t kUnknown = ~std::uint64_t{0};
    /// As the commit-graph says it, kUnknown for what is not in it, settled or not.
    std::uint64_t graph_generation(Number commit) const noexcept {
        return commit < graph_size_ ? graph_->generation(commit) : kUnknown;
    }
    /// Those of one time stay in their order. All are loaded.
    void sort_newest_first(std::vector<Number>& commits) const;
    bool has_corrected_dates() const noexcept {
        return graph_ != nullptr && graph_->has_corrected_dates();
    }
    /// Calls `take` with the number of each parent, the first one first. None of them need be
    /// loaded. `take` opens and loads nothing.
    template <class Take>
    void each_parent(Number commit, Take&& take) const {
        if (commit < graph_size_) return graph_->each_parent(commit, std::forward<Take>(take));
        const auto& row = rows_[commit - graph_size_];
        for (std::uint32_t i = 0; i < row.parents; ++i) take(parents_[row.parents_at + i]);
    }
    /// What a commit changed against its first parent; nullopt where that is not known.
    std::optional<BloomFilter> changes(Number commit) const noexcept {
        return commit < graph_size_ ? graph_->changes(commit) : std::nullopt;
    }

private:
    struct Row {
        std::uint64_t date = 0;
        std::uint64_t generation = kUnknown;
        std::size_t parents_at = 0;
        std::uint32_t parents = 0;
        bool is_loaded = false;
        bool is_waiting = false;  ///< for its parents' generations
    };
    static constexpr Number kNone = 0xffff'ffff;

    Result<void> read(const exec::Context& ctx, Number commit);
    Number number_of(const ObjectId& id);
    std::size_t slot_of(const ObjectId& id) const noexcept;
    void grow();
    Result<void> settle_one(Number commit, std::vector<Number>& waiting);

    ObjectAccess* objects_;
    ObjectFormat format_;
    std::shared_ptr<const CommitGraphChain> graph_;
    Number graph_size_ = 0;
    std::unordered_set<ObjectId> cut_;
    std::size_t stride_;  ///< bytes of an id
    std::vector<Row> rows_;
    std::vector<std::uint8_t> ids_;
    std::vector<std::uint8_t> trees_;
    std::vector<Number> parents_;
    std::vector<Number> slots_;  ///< an open hash table from id to place in rows_
};

}  // namespace forgehouse::git
