// Screen: what is known about where our output goes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "config/load.h"

namespace forgehouse::app::terminal {

/// One of the standard streams.
struct Screen {
    int descriptor = 1;
    bool terminal = false;
    bool moves = false;   ///< a terminal whose cursor can be moved: not TERM=dumb
    bool colour = false;  ///< one that moves, neither NO_COLOR nor --no-color
    bool unicode = true;  ///< false where the locale names another encoding
    std::size_t columns = 80;

    std::string bold(std::string_view text) const { return painted("1", text); }
    std::string dim(std::string_view text) const { return painted("2", text); }
    std::string red(std::string_view text) const { return painted("31", text); }
    std::string green(std::string_view text) const { return painted("32", text); }
    std::string yellow(std::string_view text) const { return painted("33", text); }
    std::string cyan(std::string_view text) const { return painted("36", text); }

private:
    std::string painted(std::string_view code, std::string_view text) const;
};

Screen look_at(int descriptor, const config::Environment& environment, bool no_colour);

/// The width now: it changes while the program runs.
std::size_t columns_of(int descriptor, std::size_t fallback);

/// Writes all of it. False once the other end is gone or the disk is full.
bool write_all(int descriptor, std::string_view bytes);

}  // namespace forgehouse::app::terminal
