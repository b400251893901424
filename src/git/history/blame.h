// Blame: which commit each line of a file comes from, as `git blame` of git 2.39 says it: by the
// same diffs, through merges in the order of their parents, and through renames of whole files.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "exec/context.h"
#include "git/history/history.h"
#include "git/object_id.h"

namespace forgehouse::git {

struct BlameRequest {
    ObjectId commit;
    std::string path;              ///< of a file, from the top of the tree on; git's bytes
    std::uint32_t first_line = 0;  ///< only from this line on, counted from 0 ...
    std::uint32_t lines = ~std::uint32_t{0};  ///< ... and at most so many
};

/// Lines in a row that come from one commit, where they stood in a row.
struct BlamedLines {
    std::uint32_t first_line = 0;  ///< in the file that was asked for, from 0
    std::uint32_t lines = 0;
    ObjectId commit;
    std::string path;                   ///< the file's name in that commit
    std::uint32_t first_line_then = 0;  ///< in that file, from 0
};

/// The lines that were asked for, in order; none for an empty file.
///
/// Where the commit-graph has Bloom filters, commits that did not touch the file cost next to
/// nothing; else the trees on the way to it are read. Where the file is not in a parent and files
/// were removed from it, git is asked which of them it was. History's thread.
/// Errors: NotFound, with field `path`, where there is no such file; Invalid where it is a folder
/// or a submodule, or larger than History's limits allow; those of History; Corrupt, with field
/// `object`, where a tree or a content is missing or damaged; those of Repository::failure().
Result<std::vector<BlamedLines>> blame(const exec::Context& ctx, History& history,
                                       const BlameRequest& request);

}  // namespace forgehouse::git
