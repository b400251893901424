// Foreign: text that others wrote (commit messages, file names, whatever a table holds), on its way
// to standard output. In a pipe or a file every byte stays as it is. On a terminal control
// characters are shown and not obeyed, except the ends of lines and tabs: a commit message must not
// set the window's title, answer for the keyboard, or hide what follows.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "app/terminal/screen.h"
#include "base/result.h"

namespace forgehouse::app::terminal {

/// `text` with its control characters visible, lines and tabs kept.
std::string made_visible(std::string_view text);

class Foreign {
public:
    using Print = std::function<Result<void>(std::string_view)>;

    Foreign(const Screen& screen, Print print)
        : terminal_(screen.terminal), print_(std::move(print)) {}

    /// Takes bytes in pieces of any length. Errors: those of `print`.
    Result<void> write(std::string_view bytes);
    /// Writes what is still held back. Call it once, at the end.
    Result<void> finish();

private:
    bool terminal_;
    Print print_;
    std::string rest_;  ///< the beginning of a character that is cut
};

}  // namespace forgehouse::app::terminal
