// Exit codes of the program: part of its interface, listed in its help.
#pragma once

namespace forgehouse::app {

enum class Exit : int {
    Done = 0,
    Failed = 1,   ///< nothing useful came about; the message says why
    Usage = 2,    ///< the command line or the configuration is wrong
    Partial = 3,  ///< some repositories failed, or the run was interrupted
    Interrupted = 130,
    ReaderGone = 141,  ///< as if SIGPIPE had ended us: nobody reads the output any more
};

}  // namespace forgehouse::app
