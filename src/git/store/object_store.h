// ObjectStore: where every object of a repository lies: its packs, its loose objects, and those of
// the repositories that it borrows from. Reads files, runs nothing.
//
// A repository changes while it is read: git packs anew, and what a mapping shows stays there for
// as long as the mapping does. So readers look through a picture of the folders (ObjectFolders),
// and take a new one where an object is in none of them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "exec/guarded.h"
#include "git/object_id.h"
#include "git/store/multi_pack_index.h"
#include "git/store/pack.h"

namespace forgehouse::git {

/// What was found at one moment. Never changed.
struct ObjectFolders {
    struct Indexed {
        MultiPackIndex index;
        std::vector<std::shared_ptr<const Pack>> packs;  ///< in the order of index.packs()
    };
    std::vector<std::string> folders;  ///< of the repository, then those that it borrows from
    std::vector<Indexed> indexed;
    std::vector<std::shared_ptr<const Pack>> packs;  ///< those that no multi-pack-index holds
};

/// Threads: may be used from many threads at once.
class ObjectStore {
public:
    /// `objects`: the folder that holds `pack/` and `info/`. Packs that cannot be read are passed
    /// over, as git does: who misses an object of them learns that.
    /// Errors: NotFound or Denied where that folder cannot be read.
    static Result<ObjectStore> open(const std::string& objects, ObjectFormat format);

    ObjectStore(ObjectStore&&) noexcept;
    ObjectStore& operator=(ObjectStore&&) noexcept;
    ~ObjectStore();

    std::shared_ptr<const ObjectFolders> folders() const;
    /// Looks at the folders again, unless somebody has done so since `seen` was taken.
    std::shared_ptr<const ObjectFolders> newer_than(
        const std::shared_ptr<const ObjectFolders>& seen);

private:
    struct State;
    explicit ObjectStore(std::unique_ptr<State> state) noexcept;
    std::unique_ptr<State> state_;
};

/// The folders that `objects` borrows from, by `info/alternates`, those of theirs too, each once
/// and in git's order. What is not there is passed over.
std::vector<std::string> alternates_of(const std::string& objects);

}  // namespace forgehouse::git
