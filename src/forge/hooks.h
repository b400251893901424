// Webhooks as they are stored. They are delivered from the outbox by who reads it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "forge/administered.h"
#include "forge/deps.h"
#include "forge/listing.h"
#include "forge/permission.h"

namespace forgehouse::forge {

/// What a hook hangs on.
using Hooked = Administered<WorkspaceAdmin, RepoAdmin>;

struct Hook {
    HookId id = {};
    std::string uuid;
    std::string description = {};
    std::string url = {};
    std::vector<std::string> events = {};  ///< sorted, each once
    bool is_active = true;
    bool has_secret = false;
    Time created_on;
};

struct HookChange {
    std::optional<std::string> description;
    std::optional<std::string> url;
    std::optional<std::vector<std::string>> events;
    std::optional<bool> is_active;
    std::optional<Secret> secret;  ///< an empty one removes it; kept sealed, never told again
};

/// One event that hooks can ask for.
struct HookEvent {
    Literal name, category, label, about;
    bool is_of_workspace;  ///< of workspaces only; they have those of repositories, too
};
std::span<const HookEvent> hook_events() noexcept;

/// Errors of all: those of Metadb; NotFound, with field `hook`; Invalid for an address that is not
/// http or https, an event that is none or none of a repository's, a secret over 128 bytes.
Result<Hook> create_hook(Deps& deps, const exec::Context& ctx, const Hooked& on,
                         const HookChange& given);
Result<Hook> change_hook(Deps& deps, const exec::Context& ctx, const Hooked& on,
                         std::string_view uuid, const HookChange& change);
Result<void> delete_hook(Deps& deps, const exec::Context& ctx, const Hooked& on,
                         std::string_view uuid);
Result<Hook> find_hook(const Deps& deps, const exec::Context& ctx, const Hooked& on,
                       std::string_view uuid);
Result<std::vector<Hook>> hooks_of(const Deps& deps, const exec::Context& ctx, const Hooked& on,
                                   const Listing& listing);

}  // namespace forgehouse::forge
