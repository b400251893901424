// HistoryGraph: commits and their parents as far as they are known, from which heads they are
// reached, and which are still to be asked for. Pure: it asks nobody.
//
//   head(1, tip) ─▶ what is known below tip gets number 1; what is not is missing
//   begin_round() ─▶ one that is missing ─▶ (its list is read) ─▶ add() … until closed()
//
// Dates and the order of a list count for nothing: a round is over when every parent is known.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "git/object_id.h"

namespace forgehouse::collect {

/// Threads: one at a time.
class HistoryGraph {
public:
    /// Takes note of a commit without reaching it: stored or archived ones, in any order. False
    /// where it was known.
    bool learn(const git::ObjectId& id, std::span<const git::ObjectId> parents);

    /// Goes on from another head. Commits that no head before it reaches get its number, 1 or more.
    void head(std::uint32_t number, const git::ObjectId& tip);
    /// The next commit that the head reaches and nobody knows; nullopt where there is none. Each is
    /// given out once.
    std::optional<git::ObjectId> begin_round();
    /// Takes note of a commit that the head reaches. False where it was known.
    bool add(const git::ObjectId& id, std::span<const git::ObjectId> parents);
    /// Whether all that the round's commit reaches is known.
    bool closed() const noexcept { return open_ == 0; }

    bool knows(const git::ObjectId& id) const;
    /// Number of the first head that reaches it; 0: none.
    std::uint32_t reached_by(const git::ObjectId& id) const;
    /// Known commits that a head reaches.
    std::uint64_t reachable() const noexcept { return reachable_; }

private:
    struct Node {
        git::ObjectId id;
        std::uint32_t head = 0;
        std::uint32_t first_parent = 0;  ///< in parents_
        std::uint32_t parents = 0;
        std::uint32_t asked = kNever;  ///< its place in missing_
        bool known = false;
    };
    static constexpr std::uint32_t kNever = UINT32_MAX;

    std::uint32_t index_of(const git::ObjectId& id);
    bool fill(std::uint32_t index, std::span<const git::ObjectId> parents);
    void reach(std::uint32_t index);
    void arrived(std::uint32_t index);

    std::vector<Node> nodes_;
    std::vector<std::uint32_t> parents_;
    std::unordered_map<git::ObjectId, std::uint32_t> indexes_;
    std::vector<std::uint32_t> missing_;  ///< in the order in which they were met
    std::vector<std::uint32_t> to_visit_;
    std::size_t next_missing_ = 0;
    std::size_t round_begin_ = 0;    ///< in missing_: what this round has met
    std::uint32_t target_ = kNever;  ///< of this round
    std::uint64_t open_ = 0;         ///< met in this round, or its target, and not known
    std::uint32_t number_ = 0;       ///< of the head
    std::uint64_t reachable_ = 0;
};

}  // namespace forgehouse::collect
