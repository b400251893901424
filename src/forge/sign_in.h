// SignIn: who stands behind a name and a password, or behind a token.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "exec/guarded.h"
#include "exec/login_guard.h"
#include "forge/actor.h"
#include "forge/deps.h"
#include "forge/objects.h"
#include "forge/tokens.h"

namespace forgehouse::forge {

/// Threads: all functions may be called from many threads at once.
class SignIn {
public:
    /// `stand_ins`: hashes of no password, for names that are not there; at least one.
    SignIn(Deps& deps, std::vector<std::string> stand_ins, exec::LoginGuard::Bounds bounds = {});

    /// Errors of all: Denied, with field `needs=sign_in`, for what is wrong, whatever it was about
    /// it; RateLimited, with field `retry_after_ms`; those of Metadb.

    /// What a program sends: a name with a password, an app password or an API token of that user
    /// (the name may be the e-mail address, too), or any token with the name `x-token-auth`. The
    /// password itself is refused to those who have a second factor.
    Result<Actor> with_name(const exec::Context& ctx, std::string_view name, const Secret& password,
                            std::string_view address);
    Result<Actor> with_token(const exec::Context& ctx, const Secret& token,
                             std::string_view address);
    /// What a person sends, with the code of its authenticator, or a recovery code, where it has a
    /// second factor. Denied with field `needs=totp` where the code is missing. After a few wrong
    /// codes of the authenticator the user waits for the next try; not for a recovery code.
    Result<User> with_password(const exec::Context& ctx, std::string_view name,
                               const Secret& password, std::string_view code,
                               std::string_view address);

private:
    Result<User> check_password(const exec::Context& ctx, std::string_view name,
                                const Secret& password, std::string_view address);
    Result<void> check_second_factor(const exec::Context& ctx, const User& user,
                                     std::string_view code);
    Result<void> begin_code(UserId user);
    Result<Actor> of_token(const exec::Context& ctx, const ShownToken& shown,
                           std::string_view address);

    Deps& deps_;
    std::vector<std::string> stand_ins_;
    exec::LoginGuard guard_;
    /// Codes of authenticators that were tried in vain, by user.
    struct Tries {
        unsigned count = 0;
        Time until = {};  ///< no try before
    };
    exec::Guarded<std::map<UserId, Tries>> tries_;
};

/// The actor that a user is by itself, with every scope.
Actor actor_of(const User& user, std::string_view address);

}  // namespace forgehouse::forge
