// BoundedQueue: hands items from some threads to others, and makes whoever is faster wait.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <utility>

#include "exec/monitor.h"

namespace forgehouse::exec {

/// Threads: all functions may be called from many threads at once.
template <class T>
class BoundedQueue {
public:
    /// `capacity`: items that may lie here, at least 1.
    explicit BoundedQueue(std::size_t capacity) : capacity_(capacity) {}

    /// Waits for room. False where the queue is closed: the item is dropped.
    /// Errors: Cancelled by the Context.
    Result<bool> push(const Context& ctx, T item) {
        return state_.when(
            ctx,
            [this](const State& state) { return state.closed || state.items.size() < capacity_; },
            [&item](State& state) {
                if (!state.closed) state.items.push_back(std::move(item));
                return !state.closed;
            });
    }

    /// Waits for an item; nullopt once the queue is closed and empty.
    /// Errors: Cancelled by the Context.
    Result<std::optional<T>> pop(const Context& ctx) {
        return state_.when(
            ctx, [](const State& state) { return state.closed || !state.items.empty(); },
            [](State& state) {
                std::optional<T> item;
                if (!state.items.empty()) {
                    item = std::move(state.items.front());
                    state.items.pop_front();
                }
                return item;
            });
    }

    /// Nothing more goes in; what is there can still be taken out.
    void close() {
        state_.with([](State& state) { state.closed = true; });
    }

private:
    struct State {
        std::deque<T> items;
        bool closed = false;
    };
    const std::size_t capacity_;
    Monitor<State> state_;
};

}  // namespace forgehouse::exec
