// Accounts: the users of the installation. Passwords are handed in as hashes: a run of Argon2 has
// no place in a transaction.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "forge/deps.h"
#include "forge/listing.h"
#include "forge/objects.h"
#include "forge/permission.h"

namespace forgehouse::forge {

struct NewUser {
    std::string username;
    std::string display_name;
    std::string email;
    std::optional<std::string> password_hash;  ///< nullopt: signs in by an outside provider only
    bool is_admin = false;
};

struct Email {
    std::string email;
    bool is_primary = false;
    bool is_confirmed = false;
};

/// What signing in needs to know of a user.
struct Credentials {
    User user;
    std::optional<std::string> password_hash;
};

/// Errors of all: those of Metadb; NotFound, with field `user`.

/// Whether anybody is there: asked before a password is hashed for nothing.
Result<bool> has_users(const Deps& deps, const exec::Context& ctx);
/// Makes the first administrator, where there is no user at all; false where there is one.
Result<bool> create_first_admin(Deps& deps, const exec::Context& ctx, const NewUser& user);
/// With a workspace of the same name, of which it is the administrator. Errors: Invalid for a name;
/// Conflict where a user, a workspace or an address is there already.
Result<User> create_user(Deps& deps, const exec::Context& ctx, const SiteAdmin& by,
                         const NewUser& user);
struct UserChange {
    std::optional<std::string> display_name;
    std::optional<std::string> password_hash;  ///< ends all sessions
    std::optional<bool> is_admin;
    std::optional<bool> is_active;  ///< false: its tokens and sessions are of no use any more
};
/// Errors: Invalid for a name; Conflict where nobody would be left who administers the
/// installation.
Result<void> change_user(Deps& deps, const exec::Context& ctx, const SiteAdmin& by, UserId user,
                         const UserChange& change);

/// By username, or by uuid in braces.
Result<User> find_user(const Deps& deps, const exec::Context& ctx, std::string_view name);
Result<User> user_by_id(const Deps& deps, const exec::Context& ctx, UserId id);
/// Those that are there, in no order.
Result<std::vector<User>> users_by_id(const Deps& deps, const exec::Context& ctx,
                                      const std::vector<UserId>& ids);
/// Whose confirmed addresses these are, in any case, by the lower-case address. At most 1,000.
Result<std::map<std::string, User>> users_of_emails(const Deps& deps, const exec::Context& ctx,
                                                    const std::vector<std::string>& emails);
/// By username or e-mail address; nullopt where there is none.
Result<std::optional<Credentials>> credentials_of(const Deps& deps, const exec::Context& ctx,
                                                  std::string_view name);
Result<std::vector<User>> list_users(const Deps& deps, const exec::Context& ctx,
                                     const SiteAdmin& by, const Listing& listing);
Result<std::vector<Email>> emails_of(const Deps& deps, const exec::Context& ctx,
                                     const SignedIn& user);

}  // namespace forgehouse::forge
