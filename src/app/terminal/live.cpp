#include "app/terminal/live.h"

#include <fmt/format.h>

#include "base/text.h"

namespace forgehouse::app::terminal {

/// Goes back to where the first line begins and takes everything from there away.
std::string Live::erased(State& state) const {
    if (state.drawn == 0) return {};
    std::string out = "\r";
    if (state.drawn > 1) out += fmt::format("\x1b[{}A", state.drawn - 1);
    state.drawn = 0;
    return out + "\x1b[J";
}

/// Writes the lines over those that stand there, and leaves the cursor at the end of the last one.
std::string Live::drawn(State& state) const {
    if (state.lines.empty()) return erased(state);
    const std::size_t columns = columns_of(screen_.descriptor, screen_.columns);
    std::string out = "\r";
    if (state.drawn > 1) out += fmt::format("\x1b[{}A", state.drawn - 1);
    for (std::size_t i = 0; i < state.lines.size(); ++i)
        out += fmt::format("{}{}\x1b[K", i == 0 ? "" : "\r\n",
                           text::fit(state.lines[i], columns > 1 ? columns - 1 : 1));
    state.drawn = state.lines.size();
    return out + "\x1b[J";
}

// The screen's order is what the lock is for: a write to a terminal is short.

void Live::show(std::vector<std::string> lines) {
    if (!screen_.moves) return;
    state_.with([&](State& state) {
        state.lines = std::move(lines);
        write_all(screen_.descriptor, drawn(state));
    });
}

void Live::above(std::string_view text) {
    state_.with([&](State& state) {
        std::string out = erased(state);
        out += text;
        if (!state.lines.empty()) out += drawn(state);
        write_all(screen_.descriptor, out);
    });
}

void Live::clear() {
    state_.with([&](State& state) {
        const std::string out = erased(state);
        state.lines.clear();
        write_all(screen_.descriptor, out);
    });
}

}  // namespace forgehouse::app::terminal
