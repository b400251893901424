// write_commit(): a commit that a server makes of files it was given, without a work tree.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "exec/context.h"
#include "git/hosted/identity.h"
#include "git/hosted/served_repository.h"
#include "git/object_id.h"

namespace forgehouse::git {

struct FileWrite {
    enum class Kind : std::uint8_t { Plain, Executable, Symlink, Deleted };

    std::string path;     ///< git's bytes, from the top of the tree on
    std::string content;  ///< of a symlink: where it leads; of a deleted file: nothing
    Kind kind = Kind::Plain;
};

struct CommitWrite {
    std::string branch;  ///< short name
    /// What the branch is now, which becomes the parent; nullopt: the branch is not there yet, and
    /// the commit gets no parent unless `start` names one.
    std::optional<ObjectId> parent = {};
    std::optional<ObjectId> start = {};  ///< of a new branch: what it begins at
    Identity author;
    Identity committer;              ///< of the reflog too
    std::string message;             ///< kept byte for byte
    std::vector<FileWrite> changes;  ///< may be empty: a commit that changes nothing
    std::string note = "commit";     ///< for the reflog
};

/// Makes a commit and moves its branch to it. By two processes: `git fast-import` writes the
/// objects and knows no ref, `git update-ref` compares and moves. Whatever ends it in between
/// leaves objects that nothing reaches. No hook runs. A file takes the place of a folder and the
/// other way about; to delete what is not there is nothing, to delete a folder is all in it.
/// Errors: Invalid, with field `path`, for what is_tree_path() does not take, for paths that come
/// twice or of which one is a folder of the other, and for symlinks that lead nowhere (empty, or
/// with NUL); with field `branch` for what is no branch's name; for a message with NUL; of
/// check_identity(); NotFound, with field `object`, where `parent` or `start` is no commit there;
/// Conflict, with field `ref`, where the branch is not what was expected; those of update_refs()
/// and Repository::failure(); Cancelled.
/// Threads: may be called from many threads at once, also for the same branch: one of them wins.
Result<ObjectId> write_commit(const exec::Context& ctx, ServedRepository& repository,
                              const CommitWrite& commit);

/// What is fed to `git fast-import` for it: for tests and fuzzing.
std::string import_stream(const CommitWrite& commit);

}  // namespace forgehouse::git
