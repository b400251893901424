// Administered: an object that somebody may administer, whichever kind it is of: for what can be
// done alike to several kinds.
#pragma once

#include <cstdint>
#include <string>

#include "forge/permission.h"

namespace forgehouse::forge {

/// Made of one of `Proofs`, and of nothing else.
template <class... Proofs>
class Administered {
public:
    template <class Proof>
        requires(std::is_same_v<Proof, Proofs> || ...)
    Administered(const Proof& proof)  // NOLINT(google-explicit-constructor)
        : workspace_(proof.workspace()), actor_(proof.actor()) {
        take(proof);
    }

    const Workspace& workspace() const noexcept { return workspace_; }
    ObjectKind kind() const noexcept { return kind_; }
    std::int64_t id() const noexcept { return id_; }
    const std::string& uuid() const noexcept { return uuid_; }
    const Actor& actor() const noexcept { return actor_; }

private:
    void take(const WorkspaceAdmin& proof) {
        kind_ = ObjectKind::Workspace;
        id_ = proof.workspace().id.value;
        uuid_ = proof.workspace().uuid;
    }
    void take(const ProjectAdmin& proof) {
        kind_ = ObjectKind::Project;
        id_ = proof.project().id.value;
        uuid_ = proof.project().uuid;
    }
    void take(const RepoAdmin& proof) {
        kind_ = ObjectKind::Repository;
        id_ = proof.repository().id.value;
        uuid_ = proof.repository().uuid;
    }

    Workspace workspace_;
    ObjectKind kind_{};
    std::int64_t id_ = 0;
    std::string uuid_;
    Actor actor_;
};

}  // namespace forgehouse::forge
