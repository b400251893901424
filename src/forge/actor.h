// Actor: who asks, and with what right to ask: a user, a token that is bound to a workspace, a
// project or a repository and acts for itself, or nobody.
#pragma once

#include <optional>
#include <string>

#include "forge/identity/scopes.h"
#include "forge/ids.h"

namespace forgehouse::forge {

/// What an access token is bound to: the repository, else the project, else the workspace.
struct Binding {
    WorkspaceId workspace;
    std::optional<ProjectId> project;
    std::optional<RepositoryId> repository;
};

struct Actor {
    std::optional<UserId> user;
    std::string name;       ///< of the user or the token, for logs; "" for nobody
    std::string uuid;       ///< of the user, or of the token that acts for itself
    bool is_admin = false;  ///< of the whole installation
    std::optional<TokenId> token;
    std::optional<Binding> binding;
    /// What it was let do; all of it with a password or a session.
    Scopes scopes;
    std::string address;  ///< where it asks from

    bool is_nobody() const noexcept { return !user && !binding; }
};

}  // namespace forgehouse::forge
