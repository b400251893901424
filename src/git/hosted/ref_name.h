// Which names a ref, a branch or a tag may have: the rules of `git check-ref-format`.
#pragma once

#include <cstddef>
#include <string_view>

namespace forgehouse::git {

/// Each part is a folder that is looked at with every question; no person goes as deep as that.
inline constexpr std::size_t kMostRefParts = 50;
inline constexpr std::size_t kLongestRefName = 3000;  ///< with a folder before it still a path

/// What `git check-ref-format NAME` takes: two parts at least, and nothing that git's own syntax
/// gives a meaning. Further, no part is too long to be a file's name with `.lock` behind it, and
/// the whole is within the bounds above.
bool is_ref_name(std::string_view full_name) noexcept;

/// What `git check-ref-format --branch NAME` takes as it is: a name behind `refs/heads/` that is
/// not `HEAD`, nor `@`, which stands for it, and does not look like an option. Tags are held to the
/// same.
bool is_branch_name(std::string_view short_name);

}  // namespace forgehouse::git
