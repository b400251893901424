// Which file became which: git's own answer, asked for one file at a time.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "exec/context.h"
#include "git/object_access.h"
#include "git/object_id.h"
#include "git/repository.h"

namespace forgehouse::git {

/// The old name of the file that is at `path` now, in the output of `--raw -z`; nullopt where it
/// was neither renamed nor copied.
std::optional<std::string> old_name_of(std::string_view path, std::string_view raw);

struct CommitTree {
    ObjectId id;    ///< of the commit
    ObjectId tree;  ///< ... and of its root tree
};

/// The file of `before` that became the one at `path` of `after`, where `before` has none there:
/// of those that were removed the one that git takes (`-M`, with nothing else to be matched), as
/// blame wants it. No process where nothing was removed. nullopt where there is none.
/// Errors: those of Repository::failure(); Cancelled.
Result<std::optional<std::string>> renamed_from(const exec::Context& ctx,
                                                const Repository& repository, ObjectAccess& objects,
                                                const CommitTree& before, const CommitTree& after,
                                                const std::string& path);

}  // namespace forgehouse::git
