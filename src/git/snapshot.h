// Snapshot: the files of one commit, as a forge shows them: what stands at a path, what is in a
// folder, what a file holds, and all of it as an archive.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "exec/context.h"
#include "git/history/tree_paths.h"
#include "git/object_access.h"
#include "git/object_id.h"
#include "git/repository.h"

namespace forgehouse::git {

/// One file, folder, symlink or submodule.
struct SnapshotEntry {
    std::string path;                         ///< from the top of the tree on; git's bytes
    std::uint32_t mode = 0;                   ///< as TreeEntry::mode
    ObjectId id;                              ///< of the blob, the tree, or the submodule's commit
    std::optional<std::uint64_t> bytes = {};  ///< of files and symlinks, where they were asked for
};

struct ListRequest {
    std::string path = {};     ///< of a folder; "" is the whole tree
    unsigned most_depth = 1;   ///< 1: what is in the folder; 2: and in the folders in it; …
    bool with_folders = true;  ///< whether folders are listed too, each before what is in it
    bool with_sizes = false;
};

/// Threads: one at a time.
class Snapshot {
public:
    /// `id` names a commit, a tree, or a tag of one. `objects` lives longer.
    /// Errors: NotFound, with field `object`, where it is not there; Invalid where it has no files;
    /// Corrupt where it is damaged; those of ObjectAccess::read().
    static Result<Snapshot> open(const exec::Context& ctx, ObjectAccess& objects,
                                 ObjectFormat format, const ObjectId& id);

    const ObjectId& tree() const noexcept { return tree_; }

    /// What stands at a path; mode 0 where there is nothing. Errors: Invalid for what is no path;
    /// Corrupt, with field `object`; those of ObjectAccess::read().
    Result<PathEntry> find(const exec::Context& ctx, const std::string& path);
    /// What a file, or a symlink, holds. Errors: NotFound, with field `path`, where there is none;
    /// Invalid where it is a folder or a submodule; those of find().
    Result<StoredObject> read(const exec::Context& ctx, const std::string& path);

    /// An error of its own ends the listing and is returned.
    using Take = std::function<Result<void>(SnapshotEntry&&)>;
    /// What is in a folder, in git's order, as `git ls-tree` lists it. Errors: NotFound, with field
    /// `path`, where there is no such folder; those of find(); those of `take`.
    Result<void> list(const exec::Context& ctx, const ListRequest& request, const Take& take);

private:
    Snapshot(ObjectAccess& objects, ObjectFormat format, const ObjectId& tree)
        : objects_(&objects), format_(format), tree_(tree) {}

    Result<void> list_tree(const exec::Context& ctx, const ListRequest& request,
                           const ObjectId& tree, const std::string& folder, unsigned depth,
                           const Take& take);

    ObjectAccess* objects_;
    ObjectFormat format_;
    ObjectId tree_;
};

enum class ArchiveFormat : std::uint8_t { Tar, TarGz, Zip };

struct ArchiveRequest {
    ObjectId commit;
    ArchiveFormat format = ArchiveFormat::Tar;
    std::string prefix = {};  ///< that all names begin with, mostly `name-version/`
    std::string path = {};    ///< of a file or folder: only that; "" is all
};

/// Gives the bytes of `git archive` to `take` as they come, in pieces of at most 64 KB; the
/// commit's `.gitattributes` say what is left out (`export-ignore`) and filled in
/// (`export-subst`). An error of `take` ends it and is returned.
/// Errors: NotFound, with field `path`, where there is nothing at the path, before any byte;
/// those of Repository::failure(); Cancelled.
Result<void> write_archive(const exec::Context& ctx, const Repository& repository,
                           const ArchiveRequest& request,
                           const std::function<Result<void>(std::string_view)>& take);

}  // namespace forgehouse::git
