// Frontier: for each commit that a walk has heard of and not yet reached, the best name so far.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>

#include "git/object_id.h"

namespace forgehouse::git {

/// Ranks are small where better; the rank of a commit is the best of all its descendants' and of
/// the refs on it. Because children come before their parents, a commit's rank is final when it is
/// reached, and it can be forgotten then: what is held is the width of the history.
class Frontier {
public:
    /// `id` is reached from something of that rank.
    void lower(const ObjectId& id, std::uint32_t rank) {
        const auto [entry, is_new] = ranks_.try_emplace(id, rank);
        if (!is_new && rank < entry->second) entry->second = rank;
    }
    /// The final rank of a commit that the walk has come to; nullopt for one nobody spoke of.
    std::optional<std::uint32_t> take(const ObjectId& id) {
        const auto entry = ranks_.find(id);
        if (entry == ranks_.end()) return std::nullopt;
        const auto rank = entry->second;
        ranks_.erase(entry);
        return rank;
    }
    std::size_t size() const noexcept { return ranks_.size(); }

private:
    std::unordered_map<ObjectId, std::uint32_t> ranks_;
};

}  // namespace forgehouse::git
