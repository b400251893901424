// write_tag(): an annotated tag that a server makes.
#pragma once

#include <string>

#include "base/result.h"
#include "exec/context.h"
#include "git/hosted/identity.h"
#include "git/hosted/served_repository.h"
#include "git/object_id.h"

namespace forgehouse::git {

struct TagWrite {
    std::string name;  ///< short
    ObjectId target;   ///< a commit
    Identity tagger;
    std::string message;  ///< a line's end is added where it has none
};

/// Makes the tag's object and the ref that leads to it: `git mktag`, which looks the object over,
/// and `git update-ref`. What ends it in between leaves an object that nothing reaches.
/// Returns the id of the tag's object. Errors: Invalid, with field `ref`, for what is no tag's
/// name; for a message with NUL; of check_identity(); NotFound, with field `object`, where the
/// target is no commit there; Conflict, with field `ref`, where the tag is there already; those of
/// update_refs() and Repository::failure(); Cancelled.
/// Threads: may be called from many threads at once.
Result<ObjectId> write_tag(const exec::Context& ctx, ServedRepository& repository,
                           const TagWrite& tag);

}  // namespace forgehouse::git
