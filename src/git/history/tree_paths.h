// TreePaths: whether trees have the same files at given paths, reading no more of them than the way
// to these.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "exec/context.h"
#include "git/object_access.h"
#include "git/object_id.h"
#include "git/tree_entry.h"

namespace forgehouse::git {

/// What stands at a path of a tree.
struct PathEntry {
    std::uint32_t mode = 0;  ///< as TreeEntry::mode; 0 where there is nothing
    ObjectId id = {};

    bool is_folder() const noexcept { return mode == kFolderMode; }
    /// A symlink or a submodule, too.
    bool is_file() const noexcept { return mode != 0 && !is_folder(); }
    friend bool operator==(const PathEntry&, const PathEntry&) = default;
};

/// The tree of that id; without entries for a null id, and for the empty tree wherever it is.
/// Errors: Corrupt, with field `object`, where it is missing or no tree; those of
/// ObjectAccess::read().
Result<StoredObject> read_tree(const exec::Context& ctx, ObjectAccess& objects,
                               const ObjectId& tree);
/// That a tree cannot be what it says: Corrupt, with field `object` and what to do.
Error broken_tree(const ObjectId& tree, Literal what);

/// What stands in `tree`, the content of one, under that name; mode 0 where nothing does. nullopt
/// where it is no tree, as far as it was looked at.
std::optional<PathEntry> find_entry(std::string_view tree, std::string_view name,
                                    std::size_t id_bytes) noexcept;

/// Remembers where it has been, in about 80 KB for each folder on the way to a path.
/// Threads: one at a time.
class TreePaths {
public:
    /// `objects` lives longer. Paths are git's bytes, of files or folders, without a slash at the
    /// ends; "" is the tree itself. Errors: Invalid, with field `path`, for what is no such path.
    static Result<TreePaths> make(ObjectAccess& objects, ObjectFormat format,
                                  const std::vector<std::string>& paths);

    /// Whether `git diff-tree -r a b -- paths` lists nothing. A null id is a tree without entries.
    /// Errors: Corrupt, with field `object`, where a tree is missing or damaged; those of
    /// ObjectAccess::read().
    Result<bool> are_same(const exec::Context& ctx, const ObjectId& a, const ObjectId& b);
    /// What stands at the path of that number. Errors: as above.
    Result<PathEntry> entry(const exec::Context& ctx, const ObjectId& tree, std::size_t path);

private:
    struct Known {
        ObjectId tree;
        PathEntry entry;  ///< that the way which begins in the tree leads to
    };
    struct Path {
        std::vector<std::string> names;  ///< of folders, then of what is asked for
        /// For each name kRemembered places, by the trees' ids: the last one that fell there.
        std::vector<std::vector<Known>> known;
    };
    static constexpr std::size_t kRemembered = 1024;

    static Known& place_of(const ObjectId& tree, std::vector<Known>& known);

    TreePaths(ObjectAccess& objects, ObjectFormat format) : objects_(&objects), format_(format) {}

    Result<bool> have_same_files(const exec::Context& ctx, const PathEntry& a, const PathEntry& b,
                                 int depth);
    Result<bool> compare(const exec::Context& ctx, const ObjectId& a, const ObjectId& b, int depth);

    ObjectAccess* objects_;
    ObjectFormat format_;
    std::vector<Path> paths_;
    /// Pairs of trees with the same files: folders within folders, each of them twice, would be
    /// compared for ever.
    std::set<std::pair<ObjectId, ObjectId>> same_;
};

}  // namespace forgehouse::git
