// Which names a ref, a branch or a tag may have: the rules of `git check-ref-format`.
#pragma once

#include <string_view>

namespace forgehouse::git {

/// What `git check-ref-format NAME` takes: two parts at least, and nothing that git's own syntax
/// gives a meaning. Further, no part is too long to be a file's name with `.lock` behind it.
bool is_ref_name(std::string_view full_name) noexcept;

/// What `git check-ref-format --branch NAME` takes as it is: a name behind `refs/heads/` that is
/// not `HEAD`, nor `@`, which stands for it, and does not look like an option. Tags are held to the
/// same.
bool is_branch_name(std::string_view short_name);

}  // namespace forgehouse::git
