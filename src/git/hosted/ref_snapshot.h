// RefSnapshot: all branches and tags of a repository at one moment, read from its files in this
// process, and whether they are still what the files say.
//
// What is noticed, and when. git replaces files of refs by renaming, which changes the time of the
// folder that they are in; `packed-refs` and `HEAD` become other files. So is_current() asks for
// the state of `packed-refs`, `HEAD` and each folder of branches or tags (about 1 µs each, refs are
// not looked at) and notices every change that any process has completed, at once. The system's
// clock for files goes in ticks of up to 10 ms: what was changed as recently as that when it was
// read may change again without another time. Such a snapshot says of itself that it is not
// current, until one is read that is older than its files by more than that. A file that somebody
// edits in place is noticed by nobody.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "git/object_id.h"

namespace forgehouse::git {

/// A branch or a tag.
struct NamedRef {
    std::string name;  ///< full: `refs/heads/main`
    ObjectId id;       ///< what it points at
    ObjectId peeled;   ///< what annotated tags lead to; equals `id` for anything else

    bool is_annotated() const noexcept { return id != peeled; }
    friend bool operator==(const NamedRef&, const NamedRef&) = default;
};

inline constexpr std::string_view kBranches = "refs/heads/";
inline constexpr std::string_view kTags = "refs/tags/";

/// Never changed. Threads: const functions may be called from many threads at once.
class RefSnapshot {
public:
    /// What all tags from an object on lead to; the object itself where it is no tag, or cannot be
    /// read.
    using Peel = std::function<ObjectId(const ObjectId&)>;

    /// `before`: an earlier one of the same folder, from which files that have not changed since
    /// are taken; or nullptr. `peel` is asked of tags only, where `packed-refs` does not say it.
    /// What is_ref_name() does not take and files that hold no id are passed over.
    /// Errors: Corrupt, with field `file`, where `packed-refs` is not as git writes it; NotFound,
    /// Denied, Unavailable where the folder cannot be read.
    static Result<RefSnapshot> read(const std::string& folder, ObjectFormat format,
                                    const Peel& peel, const RefSnapshot* before = nullptr);

    /// All of them, by name as bytes: branches first.
    std::span<const NamedRef> all() const noexcept { return refs_; }
    std::span<const NamedRef> branches() const noexcept { return with_prefix(kBranches); }
    std::span<const NamedRef> tags() const noexcept { return with_prefix(kTags); }
    /// Those whose full names begin so. Two binary searches.
    std::span<const NamedRef> with_prefix(std::string_view prefix) const noexcept;
    /// nullptr where there is none of that full name. A binary search.
    const NamedRef* find(std::string_view full_name) const noexcept;
    const NamedRef* find_branch(std::string_view short_name) const;
    const NamedRef* find_tag(std::string_view short_name) const;

    /// Full name of the branch that HEAD stands for, which need not be there; "" where it stands
    /// for none.
    const std::string& head() const noexcept { return head_; }

    /// See above. Errors are taken for changes.
    bool is_current() const noexcept;

    /// What tells one state of a file from another.
    struct Stamp {
        std::uint64_t file = 0;  ///< inode
        std::int64_t changed_ns = 0;
        std::int64_t size = -1;  ///< of a file; -1 for none

        static Stamp of(const struct stat& status) noexcept;
        static Stamp of(const std::string& path) noexcept;
        friend bool operator==(const Stamp&, const Stamp&) = default;
    };

private:
    friend class RefReading;

    struct Watched {
        std::string path;
        Stamp stamp;
    };
    struct LooseFile {
        std::string name;
        Stamp stamp;
        std::string says;  ///< what is in it, without the line's end
    };

    std::vector<NamedRef> refs_;
    std::string head_;
    std::vector<Watched> watched_;
    std::vector<LooseFile> loose_;  ///< by name
    bool is_doubtful_ = false;      ///< something changed as it was read
    std::int64_t settled_ns_ = 0;   ///< files that are older than this cannot change unnoticed
};

}  // namespace forgehouse::git
