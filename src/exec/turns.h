// Turns: lets only so many do a thing at the same time; of those that wait, who has least to do is
// next.
#pragma once

#include <cstdint>
#include <set>
#include <utility>

#include "exec/monitor.h"

namespace forgehouse::exec {

/// Threads: take() from many threads at once. Outlives its Turn objects.
class Turns {
public:
    explicit Turns(std::size_t most) : state_(State{.free = most, .waiting = {}, .last = 0}) {}

    /// Gives the turn back when it goes.
    class Turn {
    public:
        Turn(Turn&& other) noexcept : turns_(std::exchange(other.turns_, nullptr)) {}
        Turn& operator=(Turn&&) = delete;
        ~Turn() {
            if (turns_ != nullptr) turns_->state_.with([](State& state) { ++state.free; });
        }

    private:
        friend class Turns;
        explicit Turn(Turns& turns) : turns_(&turns) {}
        Turns* turns_;
    };

    /// Waits for a turn. `work` is how much there is to do, in whatever unit; of equals the first.
    /// Errors: Cancelled.
    Result<Turn> take(const Context& ctx, std::uint64_t work) {
        const Place place = state_.with(
            [&](State& state) { return *state.waiting.emplace(work, ++state.last).first; });
        auto turn = state_.when(
            ctx,
            [&](const State& state) { return state.free > 0 && *state.waiting.begin() == place; },
            [&](State& state) {
                --state.free;
                return Turn(*this);
            });
        state_.with([&](State& state) { state.waiting.erase(place); });
        return turn;
    }

    /// Those that wait now.
    std::size_t waiting() {
        return state_.with([](const State& state) { return state.waiting.size(); });
    }

private:
    using Place = std::pair<std::uint64_t, std::uint64_t>;  ///< work, number
    struct State {
        std::size_t free;
        std::set<Place> waiting;
        std::uint64_t last;
    };
    Monitor<State> state_;
};

}  // namespace forgehouse::exec
