// RefStore: the branches and tags of a hosted repository, read without a process and shared by many
// threads; and update_refs(), which moves refs by git's own transaction.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/result.h"
#include "exec/context.h"
#include "exec/guarded.h"
#include "exec/process.h"
#include "git/commands.h"
#include "git/hosted/identity.h"
#include "git/hosted/ref_name.h"
#include "git/hosted/ref_snapshot.h"
#include "git/object_id.h"
#include "git/store/object_store.h"

namespace forgehouse::git {

class Tool;

/// Threads: may be used from many threads at once.
class RefStore {
public:
    /// `folder`: a bare repository. `objects`, of which tags are read, lives longer.
    RefStore(std::string folder, ObjectFormat format, ObjectStore& objects)
        : folder_(std::move(folder)), format_(format), objects_(&objects) {}

    /// The refs as they are now: the snapshot that is there while it is current, else a new one.
    /// What is noticed when: ref_snapshot.h. Whoever holds an old one keeps it.
    /// Errors: those of RefSnapshot::read().
    Result<std::shared_ptr<const RefSnapshot>> current();

private:
    std::string folder_;
    ObjectFormat format_;
    ObjectStore* objects_;
    /// Shared with all that are answering a question by it; the last of them frees it.
    exec::Guarded<std::shared_ptr<const RefSnapshot>> snapshot_;
};

/// What is to become of a ref.
struct RefUpdate {
    std::string name;                       ///< full, any ref: `refs/heads/main`
    ObjectId target;                        ///< null: it is removed
    std::optional<ObjectId> expected = {};  ///< what it is now; null: nothing; nullopt: either
};

/// What reflogs say of an update.
struct RefNote {
    Identity who;
    std::string message = {};  ///< one line, at most 1000 bytes are kept; may be empty
};

/// Moves all of the refs or none, by one run of `git update-ref`, with reflogs where the
/// repository keeps them (those of create_bare() do). No hook runs.
/// Errors: Invalid, with field `ref`, for a name that no ref may have, one that comes twice, and a
/// target that the ref cannot have (what is not there; no commit, for a branch); Invalid of
/// check_identity(); Conflict, with field `ref`, where a ref is not what was expected, where
/// another one's name is in the way (`a` and `a/b`), or where somebody else is moving it;
/// Unavailable for a full disk; Corrupt, with git's words, else; Cancelled. What is cancelled may
/// have happened.
Result<void> update_refs(const exec::Context& ctx, const Tool& tool, const std::string& folder,
                         std::span<const RefUpdate> updates, const RefNote& note);

/// A git command that writes into a hosted repository: it runs in `folder`, without hooks whatever
/// the configuration there says.
exec::Command hosted_command(const Tool& tool, const std::string& folder,
                             const Subcommand& subcommand, std::vector<std::string> operands = {},
                             std::vector<std::string> flags = {});

}  // namespace forgehouse::git
