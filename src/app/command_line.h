// CommandLine: the words that we were called with, taken before anything else happens.
#pragma once

#include <string>
#include <vector>

namespace forgehouse::app {

struct CommandLine {
    std::string called;              ///< how we were called
    std::vector<std::string> words;  ///< the rest, as given
    bool held_secret = false;        ///< an address among them had a password, or might have
};

/// Copies the words and overwrites in `argv` itself what may be secret: the kernel shows that
/// memory to every user of the machine (ps, /proc/PID/cmdline) for as long as we run. That is user
/// and password of an http(s) address (a token often stands where the user belongs), and the
/// password of any other address.
CommandLine take_command_line(int argc, char** argv);

}  // namespace forgehouse::app
