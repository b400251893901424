// What trees and commits say in their bytes: the entries of a tree, the tree of a commit. Pure
// functions over foreign bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "git/object_id.h"

namespace forgehouse::git {

inline constexpr std::uint32_t kFolderMode = 0040000;
inline constexpr std::uint32_t kSubmoduleMode = 0160000;

/// Whether two modes are of one kind: files, whether they may be run or not, symlinks, submodules.
constexpr bool are_of_one_kind(std::uint32_t a, std::uint32_t b) noexcept {
    return ((a ^ b) & 0170000U) == 0;
}

/// git's own bound, where it has one; deeper trees are somebody's joke.
inline constexpr int kMostTreeDepth = 1000;

/// One line of a tree. The name is a view into the tree.
struct TreeEntry {
    std::uint32_t mode = 0;  ///< 0100644, 0100755, 0120000 (symlink), or one of the above
    std::string_view name;
    ObjectId id;

    bool is_tree() const noexcept { return mode == kFolderMode; }
};

/// Takes the first entry off `tree`, which is not empty; nullopt for what git would not read.
std::optional<TreeEntry> take_tree_entry(std::string_view& tree, std::size_t id_bytes) noexcept;

/// Git's order within a tree: as if the names of trees ended with a slash.
int compare_entries(const TreeEntry& a, const TreeEntry& b) noexcept;

/// Takes the entries that both begin with, the same to the byte, off both: most of them, as a rule.
void skip_equal_entries(std::string_view& before, std::string_view& after,
                        std::size_t id_bytes) noexcept;

/// Whether it is the tree without entries, which git knows where no object of it is there.
bool is_empty_tree(const ObjectId& id);

/// The tree that a commit's content begins with; nullopt where it does not begin as git writes it:
/// with a tree, and then, where `parents` is said, so many parents and an author.
std::optional<ObjectId> tree_of_commit(std::string_view content,
                                       std::optional<std::size_t> parents = {}) noexcept;

}  // namespace forgehouse::git
