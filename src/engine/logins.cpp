#include "engine/logins.h"

#include <algorithm>

#include "base/check.h"

namespace forgehouse::engine {

Logins::Logins(std::vector<User> users, Now now, Verify verify)
    : users_(std::move(users)), guard_({}, std::move(now), std::move(verify)) {
    CHECK(!users_.empty());
}

ResultOf<const User*, Logins::Refusal> Logins::check(const exec::Context& ctx,
                                                     const Credentials& credentials,
                                                     std::string_view peer) {
    const auto found = std::ranges::find(users_, credentials.user, &User::name);
    const bool exists = found != users_.end();
    // Somebody's hash for a name that is not there, so that its costs look like those of a user.
    const User& user = exists ? *found : users_[guard_.stand_in(credentials.user, users_.size())];
    const auto checked = guard_.check(ctx, {.name = credentials.user,
                                            .password = credentials.password,
                                            .hash = user.hash,
                                            .exists = exists,
                                            .address = net::peer_host(peer)});
    if (!checked) return FailureOf(checked.error());
    return &user;
}

}  // namespace forgehouse::engine
