// Reads what git says about refs. Pure functions over git's output.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "git/refs.h"

namespace forgehouse::git {

/// The lines `OBJECT NAME SYMREF` of commands::kForEachRef. Types are Missing yet.
/// Errors: Corrupt for a line that cannot be git's.
Result<std::vector<Ref>> parse_ref_list(std::string_view output);

/// The content of a HEAD file: `ref: NAME` or an id. Both empty for anything else.
struct HeadFile {
    std::string branch;
    std::optional<ObjectId> detached;
};
HeadFile parse_head_file(std::string_view content);

/// `commit`, `tree`, `blob`, `tag`; Missing for anything else.
ObjectType object_type(std::string_view name) noexcept;

}  // namespace forgehouse::git
