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
#include "git/tree_entry.h"

namespace forgehouse::git {

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
