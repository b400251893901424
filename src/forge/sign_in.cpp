#include "forge/sign_in.h"

#include <algorithm>

#include "base/text.h"
#include "forge/accounts.h"
#include "forge/identity/secret_box.h"
#include "forge/identity/totp.h"

namespace forgehouse::forge {
namespace {

Error wrong() {
    return Error(Errc::Denied, "the credentials are wrong, or no longer good")
        .with("needs", "sign_in")
        .hint("check the name and the token or password, and when the token expires");
}

constexpr unsigned kFreeTries = 5;
constexpr std::chrono::milliseconds kFirstPause{30'000};  ///< doubles with each further try

/// Names that stand for whoever a token is of.
bool is_any_name(std::string_view name) {
    return name.empty() || name == "x-token-auth" || name == "x-bitbucket-api-token-auth" ||
           name == "x-oauth-basic";
}

}  // namespace

SignIn::SignIn(Deps& deps, std::vector<std::string> stand_ins, exec::LoginGuard::Bounds bounds)
    : deps_(deps), stand_ins_(std::move(stand_ins)), guard_(bounds) {}

Actor actor_of(const User& user, std::string_view address) {
    return {.user = user.id,
            .name = user.username,
            .uuid = user.uuid,
            .is_admin = user.is_admin,
            .token = {},
            .binding = {},
            .scopes = Scopes::all(),
            .address = std::string(address)};
}

Result<User> SignIn::check_password(const exec::Context& ctx, std::string_view name,
                                    const Secret& password, std::string_view address) {
    TRY_LET(found, credentials_of(deps_, ctx, name));
    const bool exists = found && found->user.is_active && found->password_hash;
    const std::string lower = text::lower_ascii(name);
    const std::string& hash =
        exists ? *found->password_hash : stand_ins_[guard_.stand_in(lower, stand_ins_.size())];
    const auto checked = guard_.check(
        ctx,
        {.name = lower, .password = password, .hash = hash, .exists = exists, .address = address});
    if (checked) return std::move(found->user);
    if (checked.error().wrong) return Failure(wrong());
    return Failure(Error(Errc::RateLimited, "there were too many tries to sign in")
                       .with("retry_after_ms", checked.error().after.count()));
}

Result<Actor> SignIn::of_token(const exec::Context& ctx, const ShownToken& shown,
                               std::string_view address) {
    // That it was used is good to know, and no reason to refuse it.
    (void)note_use(deps_, ctx, shown.token);
    Actor actor = shown.user ? actor_of(*shown.user, address)
                             : Actor{.user = {},
                                     .name = shown.token.name,
                                     .uuid = shown.token.uuid,
                                     .is_admin = false,
                                     .token = {},
                                     .binding = shown.token.binding,
                                     .scopes = {},
                                     .address = std::string(address)};
    actor.token = shown.token.id;
    if (shown.token.kind != TokenKind::Session) actor.scopes = shown.token.scopes;
    return actor;
}

Result<Actor> SignIn::with_token(const exec::Context& ctx, const Secret& token,
                                 std::string_view address) {
    TRY_LET(shown, look_up_token(deps_, ctx, token));
    if (!shown) return Failure(wrong());
    switch (shown->token.kind) {
        case TokenKind::OAuthRefresh:
        case TokenKind::OAuthCode:
        case TokenKind::ClientSecret: return Failure(wrong());
        default: return of_token(ctx, *shown, address);
    }
}

Result<Actor> SignIn::with_name(const exec::Context& ctx, std::string_view name,
                                const Secret& password, std::string_view address) {
    if (parse_token(password.reveal())) {
        TRY_LET(actor, with_token(ctx, password, address));
        if (is_any_name(name)) return std::move(actor);
        // A token with the name of somebody else is a mistake that must not go unnoticed.
        TRY_LET(named, credentials_of(deps_, ctx, name));
        if (!named || actor.user != named->user.id) return Failure(wrong());
        return std::move(actor);
    }
    TRY_LET(user, check_password(ctx, name, password, address));
    if (user.has_totp)
        return Failure(Error(Errc::Denied, "this user has a second factor: programs need a token")
                           .with("needs", "sign_in")
                           .hint("create an app password or an API token, and send that"));
    return actor_of(user, address);
}

Result<User> SignIn::with_password(const exec::Context& ctx, std::string_view name,
                                   const Secret& password, std::string_view code,
                                   std::string_view address) {
    TRY_LET(user, check_password(ctx, name, password, address));
    if (user.has_totp) TRY(check_second_factor(ctx, user, code));
    return std::move(user);
}

Result<void> SignIn::check_second_factor(const exec::Context& ctx, const User& user,
                                         std::string_view code) {
    if (code.empty())
        return Failure(Error(Errc::Denied, "a code of the authenticator is needed")
                           .with("needs", "totp")
                           .hint("send the six digits that it shows now, or a recovery code"));
    const auto recovery = read_recovery_code(code);
    if (!recovery) TRY(begin_code(user.id));
    bool good = false;
    TRY(deps_.state.global().write(ctx, [&](ports::Session& session) -> Result<void> {
        good = false;
        if (recovery) {
            TRY_LET(used, session.execute(ports::Sql(
                              "DELETE FROM recovery_codes WHERE user_id = $1 AND hash = $2",
                              {user.id.value, token_hash(recovery->reveal())})));
            good = used == 1;
            return {};
        }
        TRY_LET(kept, session.first(ports::Sql("SELECT totp_secret, totp_last_step FROM users "
                                               "WHERE id = $1 AND totp_secret IS NOT NULL",
                                               {user.id.value}),
                                    [](const ports::SqlRow& row) {
                                        return std::pair(std::string(row.text(0)), row.integer(1));
                                    }));
        if (!kept) return {};
        TRY_LET(key,
                deps_.secrets.open(kept->first,
                                   {.table = "users", .column = "totp_secret", .row = user.uuid}));
        const auto step = check_totp(key.reveal(), code, deps_.clock.now(), kept->second);
        if (!step) return {};
        TRY(session.execute(ports::Sql("UPDATE users SET totp_last_step = $1 WHERE id = $2",
                                       {*step, user.id.value})));
        good = true;
        return {};
    }));
    if (!good) return Failure(wrong());
    tries_.with([&](std::map<UserId, Tries>& tries) { tries.erase(user.id); });
    return {};
}

/// Six digits are guessed soon by who has the password: each try counts before it is looked at.
Result<void> SignIn::begin_code(UserId user) {
    const Time now = deps_.clock.now();
    const auto wait = tries_.with([&](std::map<UserId, Tries>& tries) {
        Tries& one = tries[user];
        if (one.until > now) return one.until - now;
        if (++one.count >= kFreeTries)
            one.until = now.plus(kFirstPause * (1 << std::min(one.count - kFreeTries, 5U)));
        return std::chrono::milliseconds(0);
    });
    if (wait.count() == 0) return {};
    return Failure(Error(Errc::RateLimited, "there were too many tries to sign in")
                       .with("retry_after_ms", wait.count()));
}

}  // namespace forgehouse::forge
