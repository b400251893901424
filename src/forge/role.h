// Role: what somebody may do with a workspace, a project or a repository. Each holds what the ones
// below it hold; a role in a workspace holds in its projects, one in a project in its repositories.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace forgehouse::forge {

/// Stored as these numbers.
enum class Role : std::uint8_t {
    None = 0,
    Read = 1,
    Write = 2,   ///< push, and all that does not change who may do what
    Create = 3,  ///< new repositories in a project or a workspace
    Admin = 4,
};

/// `none`, `read`, `write`, `create`, `admin`.
std::string_view name_of(Role role) noexcept;
/// Also `create-repo`, as Bitbucket calls it. nullopt for what is no role.
std::optional<Role> role_named(std::string_view name) noexcept;
/// The role of that stored number; None for any other.
Role role_of(std::int64_t number) noexcept;

/// What a grant is about, and who it is for. Stored as these numbers.
enum class ObjectKind : std::uint8_t { Workspace = 1, Project = 2, Repository = 3 };
enum class SubjectKind : std::uint8_t { User = 1, Group = 2 };

}  // namespace forgehouse::forge
