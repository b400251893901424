// Live: a few lines at the foot of a terminal that are written anew in place, and lines that are
// written above them. Each change is one write, so that nothing flickers.
// Threads: all functions may be called from many threads at once.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/terminal/screen.h"
#include "exec/guarded.h"

namespace forgehouse::app::terminal {

class Live {
public:
    explicit Live(Screen screen) : screen_(screen) {}
    ~Live() { clear(); }
    Live(const Live&) = delete;
    Live& operator=(const Live&) = delete;

    /// Replaces the lines at the foot. Each is cut to the terminal's present width.
    void show(std::vector<std::string> lines);
    /// Writes finished lines (with their newline) above them. Also where the screen is no terminal.
    void above(std::string_view text);
    /// Takes the lines away.
    void clear();

private:
    struct State {
        std::vector<std::string> lines;
        std::size_t drawn = 0;  ///< lines that stand on the screen now
    };

    std::string erased(State& state) const;
    std::string drawn(State& state) const;

    Screen screen_;
    exec::Guarded<State> state_;
};

}  // namespace forgehouse::app::terminal
