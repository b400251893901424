// Refs: every name that a repository gives to an object, and which branch is the default one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "exec/context.h"
#include "git/commit.h"
#include "git/object_id.h"

namespace forgehouse::git {

class Repository;

/// In the order in which a commit is named after them.
enum class RefKind : std::uint8_t { Head, RemoteBranch, Tag, PullRequest, Other };

/// Which kind a full name is of. Pull requests: refs/pull/, refs/pull-requests/,
/// refs/merge-requests/, refs/changes/.
RefKind kind_of(std::string_view full_name) noexcept;
/// `main` for `refs/heads/main`; every other name as it is.
std::string_view short_name(std::string_view full_name) noexcept;

enum class ObjectType : std::uint8_t { Commit, Tree, Blob, Tag, Missing };

/// What an annotated tag says.
struct TagObject {
    ObjectId id;
    std::optional<Signature> tagger;  ///< very old tags have none
    Text message;
    SignatureKind signature = SignatureKind::None;
};

struct Ref {
    std::string name;              ///< full name, git's bytes
    std::string symref;            ///< the name that it stands for, empty for an ordinary ref
    ObjectId object;               ///< what it points at
    ObjectType type;               ///< of that object
    ObjectId peeled;               ///< what all tags lead to; equals `object` for no tag
    ObjectType peeled_type;        ///< Missing where a tag's target is not there
    std::optional<TagObject> tag;  ///< the outermost tag object, for annotated tags
    RefKind kind;

    bool is_commit() const noexcept { return peeled_type == ObjectType::Commit; }
};

/// What HEAD says.
struct Head {
    std::string branch;              ///< full name of the branch it stands for; empty if detached
    std::optional<ObjectId> commit;  ///< nullopt where that branch has no commit yet
};

struct Refs {
    std::vector<Ref> refs;  ///< sorted by name as bytes; refs of a missing object too
    Head head;
    /// Heads of worktrees that stand on no branch: `HEAD`, `worktrees/x/HEAD`. git walks from them.
    std::vector<Ref> detached_heads;
    /// Refs that git cannot read: one line of git each.
    std::vector<std::string> broken;
    /// Refs under refs/replace/: they are refs like others here, and replace nothing.
    std::uint64_t replace_refs = 0;

    /// Full name of the default branch where it exists and is a commit, else empty.
    std::string_view default_branch() const noexcept;
    bool empty() const noexcept { return refs.empty() && detached_heads.empty(); }
    /// SHA-256 in hex over all names, objects and HEAD: equal while nothing has moved.
    std::string fingerprint() const;
};

/// Errors: those of Repository::failure(); Corrupt for output that cannot be git's.
Result<Refs> list_refs(const exec::Context& ctx, const Repository& repository);

}  // namespace forgehouse::git
