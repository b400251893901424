// Logins: whose a name and a password are. Who may try one, and what a try costs, is the matter of
// exec::LoginGuard.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/credentials.h"
#include "engine/users.h"
#include "exec/login_guard.h"

namespace forgehouse::engine {

/// Threads: check() may be called from many threads at once.
class Logins {
public:
    using Steady = exec::LoginGuard::Steady;
    using Now = exec::LoginGuard::Now;
    using Verify = exec::LoginGuard::Verify;
    using Refusal = exec::LoginGuard::Refusal;

    /// At least one user. `now` and `verify` (password_matches) are for tests to set.
    explicit Logins(std::vector<User> users, Now now = Steady::now, Verify verify = {});

    /// The user, who lives as long as this object. `peer` is the address that the request comes
    /// from, with or without its port. Blocks for a run of Argon2 where the pair was not seen
    /// before.
    ResultOf<const User*, Refusal> check(const exec::Context& ctx, const Credentials& credentials,
                                         std::string_view peer);

private:
    const std::vector<User> users_;
    exec::LoginGuard guard_;
};

}  // namespace forgehouse::engine
