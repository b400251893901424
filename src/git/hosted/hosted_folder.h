// The folders of bare repositories that we host: made, forked and removed as a whole, without a
// process and safe against crashes.
//
// What is under way stands beside the repository under a name that begins with a dot; a crash
// leaves no more than such a folder, and sweep_hosted() removes it.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "git/object_id.h"

namespace forgehouse::git {

/// Makes an empty bare repository, with reflogs for all refs, nothing ever pruned and no hooks; the
/// folders above are made where they are missing. It is on the disk when this returns.
/// Errors: Invalid, with field `branch`, for what no branch may be called; Conflict, with field
/// `path`, where something is at `folder`; Denied; Unavailable for a full disk.
/// Threads: all functions here may be called from many threads at once, for different folders.
Result<void> create_bare(const std::string& folder, ObjectFormat format,
                         std::string_view default_branch);

/// Makes a repository with the branches, the tags and the default branch of `from`, one that
/// create_bare() or fork_bare() has made. It borrows all objects, by absolute paths, so that
/// `from` and those that it borrows from must not be moved, removed or pruned while it is there:
/// see borrows_from(). Errors: those of create_bare(), RefSnapshot::read() and hosted_format();
/// Invalid for a path with a line end.
Result<void> fork_bare(const std::string& from, const std::string& to);

/// Whether objects of `other` are borrowed by the repository in `folder`, at once or through
/// others.
bool borrows_from(const std::string& folder, const std::string& other);

/// Removes a repository: at once out of the way, then its files. Not synced: a crash of the machine
/// soon after may leave it where it was. Errors: NotFound where there is none; Denied; Unavailable
/// where some files could not be removed, which sweep_hosted() will.
Result<void> remove_bare(const std::string& folder);

/// Lets HEAD stand for another branch, which need not be there. Errors: Invalid, with field
/// `branch`; NotFound where there is no repository; Denied; Unavailable.
Result<void> set_default_branch(const std::string& folder, std::string_view branch);

/// By the configuration that create_bare() has written: what anybody else writes is not
/// understood. Errors: NotFound where there is no repository; those of read_small_file().
Result<ObjectFormat> hosted_format(const std::string& folder);

/// Removes what killed processes have left in a folder of repositories (not in those below it).
/// Nobody else makes or removes repositories in it meanwhile.
void sweep_hosted(const std::string& parent);

}  // namespace forgehouse::git
