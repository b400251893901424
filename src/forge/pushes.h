// Pushes: what becomes of a repository's branches and tags, told to the rest of the forge, whoever
// has moved them.
#pragma once

#include <span>
#include <string>

#include "base/result.h"
#include "forge/deps.h"
#include "forge/permission.h"
#include "git/object_id.h"

namespace forgehouse::forge {

/// A branch or a tag that has been moved.
struct RefMove {
    std::string name;        ///< full: `refs/heads/main`
    git::ObjectId before{};  ///< null: it was not there
    git::ObjectId after{};   ///< null: it is not there any more
    bool is_forced = false;  ///< what it had has not all of it been kept
};

/// Writes the event `repo:push` and the repository's new version, both or neither.
///
/// To be called when the refs have moved and before anybody is told that they have. The other way
/// about, an event could tell of a move that never came. So a move that was acknowledged has its
/// event; one whose event could not be written is answered as a failure, and is seen by whoever
/// compares the refs with what was told of them. A caller that has hung up is not waited for: the
/// event is written all the same. Errors: those of Metadb.
Result<void> record_push(const Deps& deps, const RepoWrite& repository,
                         std::span<const RefMove> moves);

}  // namespace forgehouse::forge
