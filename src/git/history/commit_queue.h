// What walks over history carry: a mark of each commit, and the commits that are to be looked at.
#pragma once

#include <algorithm>
#include <cstdint>
#include <tuple>
#include <vector>

namespace forgehouse::git {

/// A few bits for every commit number, all 0 at first.
class CommitMarks {
public:
    std::uint8_t of(std::uint32_t commit) const noexcept {
        return commit < marks_.size() ? marks_[commit] : 0;
    }
    /// The marks of one commit, to be changed; good until the next call.
    std::uint8_t& at(std::uint32_t commit) {
        if (commit >= marks_.size())
            marks_.resize(std::max<std::size_t>(std::size_t{commit} + 1, marks_.size() * 5 / 4));
        auto& marks = marks_[commit];
        if (marks == 0) touched_.push_back(commit);
        return marks;
    }
    /// Takes all marks away, in the time that it took to set them.
    void clear() noexcept {
        for (const auto commit : touched_) marks_[commit] = 0;
        touched_.clear();
    }

private:
    std::vector<std::uint8_t> marks_;
    std::vector<std::uint32_t> touched_;  ///< a commit may be in it again until it has a mark
};

/// Commits by generation, those by date, newest first, those in the order in which they came.
class CommitQueue {
public:
    bool empty() const noexcept { return heap_.empty(); }

    void push(std::uint32_t commit, std::uint64_t generation, std::uint64_t date) {
        heap_.push_back(
            {.generation = generation, .date = date, .turn = turn_++, .commit = commit});
        std::ranges::push_heap(heap_, comes_later);
    }
    std::uint32_t pop() {
        std::ranges::pop_heap(heap_, comes_later);
        const auto commit = heap_.back().commit;
        heap_.pop_back();
        return commit;
    }
    void clear() noexcept {
        heap_.clear();
        turn_ = 0;
    }

private:
    struct Waiting {
        std::uint64_t generation, date;
        std::uint32_t turn;
        std::uint32_t commit;
    };
    static bool comes_later(const Waiting& a, const Waiting& b) noexcept {
        return std::tie(a.generation, a.date, b.turn) < std::tie(b.generation, b.date, a.turn);
    }

    std::vector<Waiting> heap_;
    std::uint32_t turn_ = 0;
};

}  // namespace forgehouse::git
