// TreeDiff: which files differ between two trees, without git, where renames cannot be among them.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "git/commit.h"
#include "git/object_access.h"

namespace forgehouse::git {

/// One line of a tree. The name is a view into the tree.
struct TreeEntry {
    std::uint32_t mode = 0;  ///< one of git's: 040000, 0100644, 0100755, 0120000, 0160000
    std::string_view name;
    ObjectId id;

    bool is_tree() const noexcept { return mode == 0040000; }
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

/// The same for its first parent; nullopt for a root too.
std::optional<ObjectId> first_parent_of_commit(std::string_view content) noexcept;

/// Threads: one at a time.
class TreeDiff {
public:
    /// Both live longer.
    TreeDiff(ObjectAccess& objects, ObjectFormat format);

    /// What `git diff-tree -r -M --raw` says of the two trees, in its order, counts left out; a
    /// null id is a tree without entries. nullopt where only git can say: files were added and
    /// others removed, so that some may have been renamed; a tree cannot be read here or is not as
    /// git writes it; or more than kMostFiles differ.
    std::optional<std::vector<FileChange>> compare(const ObjectId& before, const ObjectId& after);
    /// The same without -M: what was renamed is a file removed and one added.
    std::optional<std::vector<FileChange>> compare_without_renames(const ObjectId& before,
                                                                   const ObjectId& after);

    static constexpr std::size_t kMostFiles = 20'000;

private:
    std::optional<std::vector<FileChange>> run(const ObjectId& before, const ObjectId& after);
    bool descend(const ObjectId& before, const ObjectId& after, int depth);
    bool walk(std::string_view before, std::string_view after, int depth);
    bool differ(const TreeEntry* before, const TreeEntry* after, int depth);
    std::optional<StoredObject> read(const ObjectId& tree);

    ObjectAccess* objects_;
    ObjectFormat format_;
    std::string path_;  ///< of the folder at hand, with a slash behind it
    std::vector<FileChange> files_;
    /// Pairs of different trees with the same files: folders within folders, each of them twice,
    /// would be compared for ever.
    std::set<std::pair<ObjectId, ObjectId>> same_;
    bool minds_renames_ = true;
    bool has_added_ = false;
    bool has_deleted_ = false;
};

}  // namespace forgehouse::git
