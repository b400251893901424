// Permission as a value. To act on an object takes a proof that the actor may; only Permissions
// makes one, out of what the database says at that moment, and it carries the very object that was
// looked at. So delete_repository() cannot be called unchecked, nor for another repository than the
// one that the check was about.
//
// Who may see an object learns from a refusal that it is there (Denied); who may not gets the
// NotFound of one that is not.
#pragma once

#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/result.h"
#include "exec/context.h"
#include "forge/actor.h"
#include "forge/objects.h"
#include "ports/metadb.h"

namespace forgehouse::forge {

class Permissions;

/// Proof that the actor has at least that role in a workspace. With Read it may see what of it is
/// there for members; anybody may see that a workspace is there which is not private (Visible).
template <Role least>
class WorkspaceProof {
public:
    static constexpr Role kLeast = least;
    /// A greater role proves a smaller one.
    template <Role other>
        requires(other > least)
    WorkspaceProof(const WorkspaceProof<other>& greater)  // NOLINT(google-explicit-constructor)
        : workspace_(greater.workspace()),
          role_(greater.role()),
          role_within_(greater.role_within()),
          actor_(greater.actor()),
          groups_(greater.groups()) {}

    const Workspace& workspace() const noexcept { return workspace_; }
    Role role() const noexcept { return role_; }
    /// The role that it has in every project and repository of the workspace. A member has Read in
    /// the workspace, and may have none in what is in it but by grants.
    Role role_within() const noexcept { return role_within_; }
    const Actor& actor() const noexcept { return actor_; }
    /// The groups of the workspace that the actor is in.
    const std::vector<std::int64_t>& groups() const noexcept { return groups_; }

private:
    friend class Permissions;
    WorkspaceProof(Workspace workspace, Role role, Role role_within, Actor actor,
                   std::vector<std::int64_t> groups)
        : workspace_(std::move(workspace)),
          role_(role),
          role_within_(role_within),
          actor_(std::move(actor)),
          groups_(std::move(groups)) {}
    Workspace workspace_;
    Role role_;
    Role role_within_;
    Actor actor_;
    std::vector<std::int64_t> groups_;
};

using WorkspaceVisible = WorkspaceProof<Role::None>;
using WorkspaceRead = WorkspaceProof<Role::Read>;
using WorkspaceCreate = WorkspaceProof<Role::Create>;
using WorkspaceAdmin = WorkspaceProof<Role::Admin>;

/// The same for a project; with Read of a project that is not private, anybody.
template <Role least>
class ProjectProof {
public:
    static constexpr Role kLeast = least;
    template <Role other>
        requires(other > least)
    ProjectProof(const ProjectProof<other>& greater)  // NOLINT(google-explicit-constructor)
        : workspace_(greater.workspace()),
          project_(greater.project()),
          role_(greater.role()),
          actor_(greater.actor()) {}

    const Workspace& workspace() const noexcept { return workspace_; }
    const Project& project() const noexcept { return project_; }
    Role role() const noexcept { return role_; }
    const Actor& actor() const noexcept { return actor_; }

private:
    friend class Permissions;
    ProjectProof(Workspace workspace, Project project, Role role, Actor actor)
        : workspace_(std::move(workspace)),
          project_(std::move(project)),
          role_(role),
          actor_(std::move(actor)) {}
    Workspace workspace_;
    Project project_;
    Role role_;
    Actor actor_;
};

using ProjectRead = ProjectProof<Role::Read>;
using ProjectCreate = ProjectProof<Role::Create>;
using ProjectAdmin = ProjectProof<Role::Admin>;

/// The same for a repository; with Read of one that is not private, anybody.
template <Role least>
class RepoProof {
public:
    static constexpr Role kLeast = least;
    template <Role other>
        requires(other > least)
    RepoProof(const RepoProof<other>& greater)  // NOLINT(google-explicit-constructor)
        : workspace_(greater.workspace()),
          repository_(greater.repository()),
          role_(greater.role()),
          actor_(greater.actor()) {}

    const Workspace& workspace() const noexcept { return workspace_; }
    const Repository& repository() const noexcept { return repository_; }
    Role role() const noexcept { return role_; }
    const Actor& actor() const noexcept { return actor_; }

private:
    friend class Permissions;
    RepoProof(Workspace workspace, Repository repository, Role role, Actor actor)
        : workspace_(std::move(workspace)),
          repository_(std::move(repository)),
          role_(role),
          actor_(std::move(actor)) {}
    Workspace workspace_;
    Repository repository_;
    Role role_;
    Actor actor_;
};

using RepoRead = RepoProof<Role::Read>;
using RepoWrite = RepoProof<Role::Write>;
using RepoAdmin = RepoProof<Role::Admin>;

/// Proof that the actor is a user; of a user's own things it needs no more.
class SignedIn {
public:
    UserId user() const noexcept { return *actor_.user; }
    const Actor& actor() const noexcept { return actor_; }

private:
    friend class Permissions;
    explicit SignedIn(Actor actor) : actor_(std::move(actor)) {}
    Actor actor_;
};

/// Proof that the actor administers the installation.
class SiteAdmin {
public:
    const Actor& actor() const noexcept { return actor_; }

private:
    friend class Permissions;
    explicit SiteAdmin(Actor actor) : actor_(std::move(actor)) {}
    Actor actor_;
};

/// Whoever asks.
class Anybody {
public:
    const Actor& actor() const noexcept { return actor_; }

private:
    friend class Permissions;
    explicit Anybody(Actor actor) : actor_(std::move(actor)) {}
    Actor actor_;
};

/// Makes the proofs. A repository that was renamed is found by its old slug for reading, and for
/// that alone: who changes or deletes by a name means the one that has it now. Names are slugs,
/// keys, or uuids in braces; a workspace may be left empty
/// (`{}`) where a repository is named by its uuid.
/// Threads: all functions may be called from many threads at once.
/// Errors: NotFound, with field `object`, for what is not there or may not be seen; Denied, with
/// fields `needs` and `has`, for too small a role, and with `needs=sign_in` where nobody asks;
/// those of Metadb.
class Permissions {
public:
    explicit Permissions(ports::Metadbs& state) : state_(state) {}

    template <Role least>
    Result<WorkspaceProof<least>> workspace(const exec::Context& ctx, const Actor& actor,
                                            std::string_view name) const {
        TRY_LET(seen, find_workspace(ctx, actor, name));
        TRY(check(actor, seen.role, least, "workspace", name));
        return WorkspaceProof<least>(std::move(seen.workspace), seen.role, seen.role_within, actor,
                                     std::move(seen.standing.groups));
    }
    template <Role least>
    Result<ProjectProof<least>> project(const exec::Context& ctx, const Actor& actor,
                                        std::string_view workspace, std::string_view key) const {
        TRY_LET(seen, find_project(ctx, actor, workspace, key));
        TRY(check(actor, seen.role, least, "project", key));
        return ProjectProof<least>(std::move(seen.workspace), std::move(seen.project), seen.role,
                                   actor);
    }
    template <Role least>
    Result<RepoProof<least>> repository(const exec::Context& ctx, const Actor& actor,
                                        std::string_view workspace, std::string_view slug) const {
        TRY_LET(seen, find_repository(ctx, actor, workspace, slug, least <= Role::Read));
        TRY(check(actor, seen.role, least, "repository", slug));
        return RepoProof<least>(std::move(seen.workspace), std::move(seen.repository), seen.role,
                                actor);
    }
    Result<SignedIn> signed_in(const Actor& actor) const;
    Result<SiteAdmin> site_admin(const Actor& actor) const;
    Anybody anybody(const Actor& actor) const { return Anybody(actor); }

    /// The role that an actor has in a repository, None where it may not even see it.
    Result<Role> role_in(const exec::Context& ctx, const Actor& actor, const Workspace& workspace,
                         const Repository& repository) const;

private:
    /// What an actor brings to a workspace.
    struct Standing {
        Role member = Role::None;  ///< by membership, or as an administrator
        bool is_member = false;
        std::vector<std::int64_t> groups;
    };
    struct SeenWorkspace {
        Workspace workspace;
        Role role;
        Role role_within;
        Standing standing;
    };
    struct SeenProject {
        Workspace workspace;
        Project project;
        Role role;
    };
    struct SeenRepository {
        Workspace workspace;
        Repository repository;
        Role role;
    };

    Result<SeenWorkspace> find_workspace(const exec::Context& ctx, const Actor& actor,
                                         std::string_view name) const;
    Result<SeenWorkspace> look_up_workspace(const exec::Context& ctx, const Actor& actor,
                                            std::string_view name) const;
    Result<SeenWorkspace> look_up_outer(const exec::Context& ctx, const Actor& actor,
                                        std::string_view workspace, Literal kind,
                                        std::string_view name) const;
    Result<SeenProject> find_project(const exec::Context& ctx, const Actor& actor,
                                     std::string_view workspace, std::string_view key) const;
    Result<SeenRepository> find_repository(const exec::Context& ctx, const Actor& actor,
                                           std::string_view workspace, std::string_view slug,
                                           bool follows) const;
    Result<WorkspaceId> workspace_of_repository(const exec::Context& ctx,
                                                std::string_view uuid) const;
    static Result<void> check(const Actor& actor, Role has, Role needs, Literal kind,
                              std::string_view name);

    ports::Metadbs& state_;
};

}  // namespace forgehouse::forge
