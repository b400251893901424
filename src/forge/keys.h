// SSH keys: of users, and of repositories (deploy keys). One key may be of several repositories,
// but of one user only.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "forge/deps.h"
#include "forge/listing.h"
#include "forge/permission.h"

namespace forgehouse::forge {

struct SshKey {
    KeyId id = {};
    std::string uuid;
    std::string key;  ///< type and base64, as OpenSSH has it, without the comment
    std::string comment;
    std::string label;
    std::string fingerprint;
    Time created_on;
    std::optional<Time> last_used_on = {};
};

/// Errors of all: those of Metadb; NotFound, with field `key`; Invalid for a line that is no key;
/// Conflict where the owner has it already, or it is another user's.

Result<SshKey> add_key(Deps& deps, const exec::Context& ctx, const SignedIn& user,
                       std::string_view line, std::string_view label);
Result<std::vector<SshKey>> keys_of(const Deps& deps, const exec::Context& ctx,
                                    const SignedIn& user, const Listing& listing);
/// By uuid in braces.
Result<SshKey> find_key(const Deps& deps, const exec::Context& ctx, const SignedIn& user,
                        std::string_view uuid);
Result<SshKey> label_key(Deps& deps, const exec::Context& ctx, const SignedIn& user,
                         std::string_view uuid, std::string_view label);
Result<void> delete_key(Deps& deps, const exec::Context& ctx, const SignedIn& user,
                        std::string_view uuid);

/// Those of any user.
Result<std::vector<SshKey>> keys_of(const Deps& deps, const exec::Context& ctx, const SiteAdmin& by,
                                    const User& user, const Listing& listing);
Result<SshKey> find_key(const Deps& deps, const exec::Context& ctx, const SiteAdmin& by,
                        const User& user, std::string_view uuid);

/// Deploy keys read only.
Result<SshKey> add_key(Deps& deps, const exec::Context& ctx, const RepoAdmin& repository,
                       std::string_view line, std::string_view label);
Result<std::vector<SshKey>> keys_of(const Deps& deps, const exec::Context& ctx,
                                    const RepoAdmin& repository, const Listing& listing);
/// By number.
Result<SshKey> find_key(const Deps& deps, const exec::Context& ctx, const RepoAdmin& repository,
                        std::string_view number);
Result<SshKey> label_key(Deps& deps, const exec::Context& ctx, const RepoAdmin& repository,
                         std::string_view number, std::string_view label);
Result<void> delete_key(Deps& deps, const exec::Context& ctx, const RepoAdmin& repository,
                        std::string_view number);

}  // namespace forgehouse::forge
