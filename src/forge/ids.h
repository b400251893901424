// Ids: every object of the forge has a number, which our tables use, and a uuid, which the world
// sees. A number is `sequence × 16 + shard`: unique over all shards, and it says where it lies.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "exec/random.h"
#include "ports/metadb.h"

namespace forgehouse::forge {

/// A number of one kind of object. 0 is none.
template <class Kind>
struct Id {
    std::int64_t value = 0;
    explicit operator bool() const noexcept { return value != 0; }
    auto operator<=>(const Id&) const noexcept = default;
};

using UserId = Id<struct OfUser>;
using GroupId = Id<struct OfGroup>;
using WorkspaceId = Id<struct OfWorkspace>;
using ProjectId = Id<struct OfProject>;
using RepositoryId = Id<struct OfRepository>;
using TokenId = Id<struct OfToken>;
using KeyId = Id<struct OfKey>;
using HookId = Id<struct OfHook>;

inline std::int64_t shard_of(WorkspaceId workspace) noexcept {
    return workspace.value % ports::Metadbs::kShards;
}

/// The next number for an object of the global database; for a workspace the shards take turns.
Result<std::int64_t> next_global_id(ports::Session& session);
Result<WorkspaceId> next_workspace_id(ports::Session& session);
/// The next number for what belongs to a workspace, in the database of its shard.
Result<std::int64_t> next_id(ports::Session& session, WorkspaceId workspace);
/// The next of the numbers that count per repository, from 1 on.
Result<std::int64_t> next_of_repository(ports::Session& session, WorkspaceId workspace,
                                        RepositoryId repository, Literal counter);

/// A random uuid (version 4), without braces.
std::string new_uuid(exec::Random& random);
/// The uuid within braces, lower case, without them; "" where the text is none. Braces are what
/// tells a uuid from a name.
std::string uuid_in_braces(std::string_view text);

}  // namespace forgehouse::forge
