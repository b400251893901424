// CommitGraph: every commit that a set of tips reaches, with its parents, in memory, so that
// thousands of questions about history cost no process each. One `git rev-list` fills it.
//
// About 45 bytes a commit (SHA-1), 60 (SHA-256). Commits are numbered parents before children, by
// date where that leaves a choice, so every walk goes from high numbers to low ones and each commit
// is met once, with all that is known of it: answers are exact whatever the clocks of the authors.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "exec/context.h"
#include "git/object_id.h"

namespace forgehouse::git {

struct Refs;
class Repository;

/// Threads: const functions may be called from many threads at once.
class CommitGraph {
public:
    /// Reads what `refs` and `tips` reach. Refs and tips that are not there, or are no commits, are
    /// passed over. A tip whose history has holes (nobody's ref any more, half of it pruned) is
    /// passed over with all other `tips`; where the history of a ref has holes, that is an error.
    /// Errors: those of Repository::failure(), Corrupt for output that cannot be git's, Cancelled.
    static Result<CommitGraph> load(const exec::Context& ctx, const Repository& repository,
                                    const Refs& refs, std::span<const ObjectId> tips = {});

    explicit CommitGraph(ObjectFormat format) : stride_(id_size(format)) {}

    /// Takes one line of `rev-list --timestamp --parents --reverse`: `SECONDS COMMIT PARENT …`.
    /// False for anything else, for a parent that no line has named, for a commit named twice.
    bool add_line(std::string_view line);

    std::size_t size() const noexcept { return dates_.size(); }
    /// Bytes held.
    std::size_t memory() const noexcept;
    bool contains(const ObjectId& commit) const noexcept { return find(commit) != kNone; }

    /// What `git rev-list --topo-order destination..source` lists, in its order: newest first,
    /// children before parents. nullopt where one of the two is not in the graph.
    std::optional<std::vector<ObjectId>> commits_between(const ObjectId& destination,
                                                         const ObjectId& source) const;
    /// What `git merge-base --all a b` lists, newest first, so that the first is the one that git
    /// takes. Empty where they share no history; nullopt where one is not in the graph.
    std::optional<std::vector<ObjectId>> merge_bases(const ObjectId& a, const ObjectId& b) const;
    /// Whether `ancestor` is `commit` or one of its ancestors; nullopt where one is not in the
    /// graph.
    std::optional<bool> is_ancestor(const ObjectId& ancestor, const ObjectId& commit) const;
    /// nullopt for a root and for what is not in the graph.
    std::optional<ObjectId> first_parent(const ObjectId& commit) const;

private:
    using Number = std::uint32_t;  ///< of a commit, in the order of the lines
    static constexpr Number kNone = 0xffff'ffff;
    /// In Parents::second: the rest of the number is where in `more_` the second parent stands,
    /// the third behind it, and so on; the last one of them carries the flag.
    static constexpr Number kFlag = 0x8000'0000;
    struct Parents {
        Number first = kNone;
        Number second = kNone;
    };

    Number find(const ObjectId& id) const noexcept;
    ObjectId id_of(Number commit) const noexcept;
    std::size_t slot_of(const ObjectId& id) const noexcept;
    bool append(const ObjectId& id, std::span<const Number> parents, std::uint64_t date);
    void grow();
    template <class Take>
    void each_parent(Number commit, Take&& take) const;
    std::vector<Number> numbers_between(Number destination, Number source) const;
    std::vector<ObjectId> in_git_order(std::span<const Number> commits) const;

    std::size_t stride_;  ///< bytes of an id
    std::vector<std::uint8_t> ids_;
    std::vector<Parents> parents_;
    std::vector<Number> more_;
    std::vector<std::uint64_t> dates_;  ///< of the committers, seconds
    std::vector<Number> slots_;         ///< an open hash table from id to number
};

}  // namespace forgehouse::git
