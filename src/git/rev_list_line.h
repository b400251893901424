// One line of `git rev-list --parents`.
#pragma once

#include <string_view>

#include "git/walk.h"

namespace forgehouse::git {

/// Reads `COMMIT PARENT PARENT …` into `out`, whose branch is not touched. False for anything else.
bool parse_rev_list_line(std::string_view line, WalkedCommit& out);

}  // namespace forgehouse::git
