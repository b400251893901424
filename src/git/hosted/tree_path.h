// Which paths a commit may have: those that git would take into its index on any system.
#pragma once

#include <cstdint>
#include <string_view>

namespace forgehouse::git {

/// What `git update-index --add` takes as a path, with core.protectHFS and core.protectNTFS on:
/// relative, in parts that are not empty, `.`, `..`, or `.git` in any form in which a file system
/// would find that (letters of either case, `git~1`, blanks and points behind it, streams, letters
/// that HFS+ leaves out). Where `mode` is that of a symlink, `.gitmodules` is held to the same. No
/// NUL; a part has at most 255 bytes and a path 4,096, as file systems have it.
bool is_tree_path(std::string_view path, std::uint32_t mode) noexcept;

}  // namespace forgehouse::git
