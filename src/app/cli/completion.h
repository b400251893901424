// Completion: scripts for bash, zsh and fish that know every verb, option and usual value. They
// call nothing: what they offer is written into them.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "app/cli/declare.h"

namespace forgehouse::app::cli {

enum class Shell : std::uint8_t { Bash, Zsh, Fish };

std::string completion(const Program& program, Shell shell);

}  // namespace forgehouse::app::cli
