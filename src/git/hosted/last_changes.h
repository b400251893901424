// Which commit changed each entry of a folder last, all entries in one walk.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "exec/context.h"
#include "git/history/history.h"
#include "git/history/tree_paths.h"
#include "git/object_id.h"

namespace forgehouse::git {

struct LastChange {
    std::string name;  ///< within the folder
    PathEntry entry;
    /// The newest commit that `git log commit -- folder/name` lists; nullopt where it was not
    /// found among the commits that were looked at.
    std::optional<ObjectId> commit = {};
};

struct LastChangesQuery {
    ObjectId commit;
    std::string path = {};               ///< of a folder; "" is the top
    std::size_t most_commits = 100'000;  ///< so many are looked at
};

/// The entries of a folder, in git's order. Of each commit the folder alone is read, and only where
/// it is another one than in the parents: the cost of one `git log` for the whole folder.
/// Errors: NotFound, with field `path`, where there is no such folder; those of TreePaths::make()
/// and History.
Result<std::vector<LastChange>> last_changes(const exec::Context& ctx, History& history,
                                             const LastChangesQuery& query);

}  // namespace forgehouse::git
