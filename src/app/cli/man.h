// Man: the same declarations as manual pages (roff, section 1).
#pragma once

#include <string>

#include "app/cli/declare.h"

namespace forgehouse::app::cli {

/// The page `forgehouse.1`.
std::string program_man(const Program& program, std::string_view version);
/// The page `forgehouse-collect.1`.
std::string verb_man(const Program& program, const Verb& verb, std::string_view version);
/// `forgehouse-config-check.1`
std::string man_file(const Program& program, const Verb& verb);

}  // namespace forgehouse::app::cli
