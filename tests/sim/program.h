// The program: options to a running simulator.
#pragma once

#include <span>

namespace forgehouse::sim {

/// Serves until a signal or the end of the process it was told to watch. Returns the exit status.
int run_program(std::span<char* const> arguments);

}  // namespace forgehouse::sim
