// Names of the forge's objects: which are allowed, and what to say of those that are not.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace forgehouse::forge {

/// Lengths as people know them.
inline constexpr std::size_t kMostName = 255;
inline constexpr std::size_t kMostDescription = 10'000;

/// All return the name as it is stored. Errors: Invalid, with field `field`, and a hint that says
/// what is allowed.

/// Of users and workspaces: 1 to 62 of `a-z 0-9 _ -`, in any case, beginning with a letter or
/// digit; none that stands for something else in URLs.
Result<std::string> check_slug(std::string_view name, Literal field);
/// 1 to 255 of `a-z 0-9 _ - .` in any case, not `.` or `..`, not ending in `.git` or `.lock`.
Result<std::string> check_repository_slug(std::string_view name);
/// What a repository is called in URLs that has that title: lower case, `-` for all that a slug
/// cannot have.
std::string slug_of(std::string_view title);
/// 1 to 128 of `A-Z 0-9 _` in any case, beginning with a letter.
Result<std::string> check_project_key(std::string_view key);
/// Text for people: valid UTF-8 without control characters, 1 to 255 bytes, blanks at its ends cut.
Result<std::string> check_title(std::string_view text, Literal field);
/// The same, may be empty and have lines, up to 10,000 bytes.
Result<std::string> check_description(std::string_view text);
/// `name@domain`, in lower case.
Result<std::string> check_email(std::string_view text);

}  // namespace forgehouse::forge
