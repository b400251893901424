// Tokens as they are stored: by their hash, with what they are bound to, what they may do and until
// when. Their text is told once, when they are made.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "forge/deps.h"
#include "forge/identity/scopes.h"
#include "forge/identity/token.h"
#include "forge/listing.h"
#include "forge/objects.h"
#include "forge/permission.h"

namespace forgehouse::forge {

struct Token {
    TokenId id = {};
    std::string uuid = {};
    TokenKind kind = {};
    std::optional<UserId> user = {};
    std::optional<Binding> binding = {};
    std::string name = {};
    Scopes scopes = {};
    Time created_on = {};
    std::optional<Time> expires_on = {};
    std::optional<Time> last_used_on = {};  ///< to the hour
};

struct NewToken {
    std::string name;
    Scopes scopes;
    std::optional<Time> expires_on = {};  ///< nullopt: never
};

struct MadeToken {
    Token token;
    Secret text;
};

/// Errors of all: those of Metadb; Invalid for a name, no scope, or an end that is past.

/// For a user: an app password or an API token. Its scopes are at most those of the actor.
Result<MadeToken> create_token(Deps& deps, const exec::Context& ctx, const SignedIn& user,
                               TokenKind kind, const NewToken& given);
/// A token that acts for itself within the object.
Result<MadeToken> create_token(Deps& deps, const exec::Context& ctx,
                               const WorkspaceAdmin& workspace, const NewToken& given);
Result<MadeToken> create_token(Deps& deps, const exec::Context& ctx, const ProjectAdmin& project,
                               const NewToken& given);
Result<MadeToken> create_token(Deps& deps, const exec::Context& ctx, const RepoAdmin& repository,
                               const NewToken& given);
/// A session of a user who has signed in.
Result<MadeToken> create_session(Deps& deps, const exec::Context& ctx, const User& user,
                                 std::string_view agent, std::chrono::milliseconds lasts);

Result<std::vector<Token>> tokens_of(const Deps& deps, const exec::Context& ctx,
                                     const SignedIn& user, TokenKind kind, const Listing& listing);
/// Revokes a token, or ends a session, of the user. Errors: NotFound, with field `token`.
Result<void> revoke_token(Deps& deps, const exec::Context& ctx, const SignedIn& user,
                          std::string_view uuid);

/// Those that act for themselves within the object; not those of what is in it.
Result<std::vector<Token>> tokens_of(const Deps& deps, const exec::Context& ctx,
                                     const WorkspaceAdmin& workspace, const Listing& listing);
Result<std::vector<Token>> tokens_of(const Deps& deps, const exec::Context& ctx,
                                     const ProjectAdmin& project, const Listing& listing);
Result<std::vector<Token>> tokens_of(const Deps& deps, const exec::Context& ctx,
                                     const RepoAdmin& repository, const Listing& listing);
/// Errors: NotFound, with field `token`.
Result<void> revoke_token(Deps& deps, const exec::Context& ctx, const WorkspaceAdmin& workspace,
                          std::string_view uuid);
Result<void> revoke_token(Deps& deps, const exec::Context& ctx, const ProjectAdmin& project,
                          std::string_view uuid);
Result<void> revoke_token(Deps& deps, const exec::Context& ctx, const RepoAdmin& repository,
                          std::string_view uuid);

/// The token of that text with its user, where it is good now and the user active.
struct ShownToken {
    Token token;
    std::optional<User> user;
};
Result<std::optional<ShownToken>> look_up_token(const Deps& deps, const exec::Context& ctx,
                                                const Secret& text);
/// Notes that tokens were used. Cheap: nothing is written where it was noted within the hour.
Result<void> note_use(Deps& deps, const exec::Context& ctx, const Token& token);
/// Removes those that have ended. Returns how many.
Result<std::uint64_t> sweep_tokens(Deps& deps, const exec::Context& ctx);

}  // namespace forgehouse::forge
