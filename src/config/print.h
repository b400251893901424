// Print: the effective settings with their origins, and the reference of all options. Both from the
// declarations.
#pragma once

#include <string>

#include "config/load.h"

namespace forgehouse::config {

/// The effective settings as a configuration that reads back to the same values, each line with its
/// origin in a comment. Secrets are shown as `(set)`: such a line is a comment as a whole.
std::string print_yaml(const Loaded& loaded);

/// The same for programs: `{"file": …, "options": [{"key", "value", "origin"}, …]}`.
std::string print_json(const Loaded& loaded);

/// The reference of all options in Markdown: docs/generated/config.md.
std::string reference_markdown();

}  // namespace forgehouse::config
