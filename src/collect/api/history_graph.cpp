#include "collect/api/history_graph.h"

namespace forgehouse::collect {

std::uint32_t HistoryGraph::index_of(const git::ObjectId& id) {
    const auto [at, is_new] = indexes_.try_emplace(id, static_cast<std::uint32_t>(nodes_.size()));
    if (is_new) nodes_.push_back({.id = id});
    return at->second;
}

bool HistoryGraph::fill(std::uint32_t index, std::span<const git::ObjectId> parents) {
    if (nodes_[index].known) return false;
    const auto first = static_cast<std::uint32_t>(parents_.size());
    for (const git::ObjectId& parent : parents) parents_.push_back(index_of(parent));
    Node& node = nodes_[index];  // index_of() may have moved it
    node.first_parent = first;
    node.parents = static_cast<std::uint32_t>(parents.size());
    node.known = true;
    return true;
}

bool HistoryGraph::learn(const git::ObjectId& id, std::span<const git::ObjectId> parents) {
    return fill(index_of(id), parents);
}

void HistoryGraph::head(std::uint32_t number, const git::ObjectId& tip) {
    number_ = number;
    target_ = kNever;
    round_begin_ = missing_.size();
    open_ = 0;
    reach(index_of(tip));
}

std::optional<git::ObjectId> HistoryGraph::begin_round() {
    while (next_missing_ < missing_.size() && nodes_[missing_[next_missing_]].known)
        ++next_missing_;
    if (next_missing_ == missing_.size()) return std::nullopt;
    target_ = missing_[next_missing_++];
    round_begin_ = missing_.size();
    open_ = 1;
    return nodes_[target_].id;
}

bool HistoryGraph::add(const git::ObjectId& id, std::span<const git::ObjectId> parents) {
    const std::uint32_t index = index_of(id);
    if (!fill(index, parents)) {
        reach(index);
        return false;
    }
    const std::uint32_t asked = nodes_[index].asked;
    if (index == target_ || (asked != kNever && asked >= round_begin_)) --open_;
    if (nodes_[index].head == 0)
        reach(index);
    else
        arrived(index);
    return true;
}

// What a head had reached before anybody knew its parents.
void HistoryGraph::arrived(std::uint32_t index) {
    ++reachable_;
    const Node node = nodes_[index];
    for (std::uint32_t i = 0; i < node.parents; ++i) reach(parents_[node.first_parent + i]);
}

void HistoryGraph::reach(std::uint32_t index) {
    to_visit_.push_back(index);
    while (!to_visit_.empty()) {
        const std::uint32_t at = to_visit_.back();
        to_visit_.pop_back();
        Node& node = nodes_[at];
        if (node.head != 0) continue;
        node.head = number_;
        if (!node.known) {
            node.asked = static_cast<std::uint32_t>(missing_.size());
            missing_.push_back(at);
            ++open_;
            continue;
        }
        ++reachable_;
        for (std::uint32_t i = 0; i < node.parents; ++i)
            to_visit_.push_back(parents_[node.first_parent + i]);
    }
}

bool HistoryGraph::knows(const git::ObjectId& id) const {
    const auto at = indexes_.find(id);
    return at != indexes_.end() && nodes_[at->second].known;
}

std::uint32_t HistoryGraph::reached_by(const git::ObjectId& id) const {
    const auto at = indexes_.find(id);
    return at == indexes_.end() ? 0 : nodes_[at->second].head;
}

}  // namespace forgehouse::collect
