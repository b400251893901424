// Histories as streams for `git fast-import`, with all that is hard about them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "git/object_id.h"

namespace forgehouse::git::testing {

/// The beginning of a commit; files follow, and an empty line.
std::string head(std::string_view branch, int mark, std::string_view from = {},
                 std::vector<std::string> merges = {});
/// A file with its content.
std::string file(std::string_view path, std::string_view content, std::string_view mode = "100644");
/// `line 3`, `line 4`, … up to the one before `to`.
std::string lines(int from, int to);

/// Every kind of change that git knows, and merges of all of them.
std::string nasty_history(ObjectFormat format = ObjectFormat::Sha1);
/// Many commits that touch few files, with merges that bring them together.
std::string busy_history(unsigned seed, int commits);

}  // namespace forgehouse::git::testing
