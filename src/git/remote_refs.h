// What a remote says that it has, by `git ls-remote --symref`. Pure functions over git's output.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "git/object_id.h"

namespace forgehouse::git {

struct RemoteRefs {
    std::map<std::string, ObjectId> refs;  ///< by full name, those under refs/ only
    /// The branch that HEAD stands for, a full name. Old servers do not say: then the branch with
    /// HEAD's commit, `main` and `master` before others. Empty where there is none.
    std::string head;

    /// Of the ids; SHA-1 where there are none.
    ObjectFormat format() const noexcept;
};

/// Errors: Corrupt for a line that cannot be git's.
Result<RemoteRefs> parse_remote_refs(std::string_view output);

}  // namespace forgehouse::git
