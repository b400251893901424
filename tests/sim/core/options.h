// Options: the command line and the scenario file, both in the same words.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "sim/core/settings.h"

namespace forgehouse::sim {

struct Options {
    std::string forge;
    Settings settings;
    std::string faults;  ///< lines
    int parent = 0;      ///< end when that process has; 0: none
};

/// Errors: Invalid, with the option or the place in the file.
Result<Options> parse_options(std::span<char* const> arguments);

}  // namespace forgehouse::sim
