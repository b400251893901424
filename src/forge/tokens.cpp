#include "forge/tokens.h"

#include <array>

#include "base/text.h"
#include "forge/audit.h"
#include "forge/names.h"
#include "forge/outbox.h"
#include "forge/records.h"

namespace forgehouse::forge {
namespace {

constexpr Literal kTokenColumns =
    "t.id, t.uuid, t.kind, t.user_id, t.workspace_id, t.project_id, t.repository_id, t.name, "
    "t.scopes, t.created_on, t.expires_on, t.last_used_on";
constexpr std::size_t kTokenWidth = 12;

constexpr std::chrono::hours kNotedWithin{1};

/// Kinds are stored as the prefixes of their texts, which never change.
std::string stored(TokenKind kind) {
    return std::string(prefix_of(kind));
}

TokenKind kind_of(std::string_view stored) {
    for (std::size_t i = 0; i < kTokenKinds; ++i)
        if (prefix_of(static_cast<TokenKind>(i)) == stored) return static_cast<TokenKind>(i);
    return TokenKind::Session;
}

Token token_of(const ports::SqlRow& row) {
    Token token{
        .id = {row.integer(0)},
        .uuid = std::string(row.text(1)),
        .kind = kind_of(row.text(2)),
        .user = {},
        .binding = {},
        .name = std::string(row.text(7)),
        // What was written was checked; a scope that a later version dropped grants nothing.
        .scopes = Scopes::parse(row.text(8)).value_or(Scopes()),
        .created_on = row.time(9),
        .expires_on = row.maybe_time(10),
        .last_used_on = row.maybe_time(11)};
    if (!row.is_null(3)) token.user = UserId{row.integer(3)};
    if (row.is_null(4)) return token;
    token.binding.emplace(WorkspaceId{row.integer(4)}, std::nullopt, std::nullopt);
    if (!row.is_null(5)) token.binding->project = ProjectId{row.integer(5)};
    if (!row.is_null(6)) token.binding->repository = RepositoryId{row.integer(6)};
    return token;
}

Result<void> check(const Deps& deps, NewToken& given, const Scopes& most) {
    TRY_LET(name, check_title(given.name, "name"));
    given.name = name;
    if (given.scopes.empty())
        return Failure(
            Error(Errc::Invalid, "a token wants at least one scope").with("field", "scopes"));
    if (!most.covers(given.scopes))
        return Failure(Error(Errc::Denied, "a token cannot make one that may do more than itself")
                           .with("field", "scopes"));
    if (given.expires_on && *given.expires_on <= deps.clock.now())
        return Failure(Error(Errc::Invalid, "this time is past").with("field", "expires_on"));
    return {};
}

std::optional<WorkspaceId> workspace_of(const Token& token) {
    return token.binding ? std::optional(token.binding->workspace) : std::nullopt;
}

/// Stores a new token of that kind and owner.
Result<MadeToken> make(Deps& deps, const exec::Context& ctx, Token token, const Actor& actor) {
    std::array<std::uint8_t, kTokenRandomness> random;
    deps.random.fill(random);
    Secret text = make_token(token.kind, random);
    token.uuid = new_uuid(deps.random);
    token.created_on = deps.clock.now();
    const auto number = [](const auto& id) {
        return id ? std::optional(id->value) : std::optional<std::int64_t>();
    };
    const std::optional<Binding>& binding = token.binding;
    TRY(deps.state.global().write(ctx, [&](ports::Session& session) -> Result<void> {
        TRY_LET(id, next_global_id(session));
        token.id = {id};
        TRY(session.execute(ports::Sql(
            "INSERT INTO tokens (id, uuid, kind, hash, user_id, workspace_id, project_id, "
            "repository_id, name, scopes, created_on, expires_on) VALUES ($1, $2, $3, $4, $5, "
            "$6, $7, $8, $9, $10, $11, $12)",
            {id, token.uuid, stored(token.kind), token_hash(text.reveal()), number(token.user),
             binding ? std::optional(binding->workspace.value) : std::nullopt,
             binding ? number(binding->project) : std::nullopt,
             binding ? number(binding->repository) : std::nullopt, token.name, token.scopes.print(),
             token.created_on, token.expires_on})));
        // Who signs in is no change of what somebody may do.
        if (token.kind != TokenKind::Session)
            TRY(note_audit(session, deps, actor,
                           {.action = "token:created",
                            .workspace = workspace_of(token),
                            .object = audited("token", token.uuid),
                            .detail = stored(token.kind) + " " + token.scopes.print()}));
        return emit(session, deps,
                    {.name = "token:created",
                     .workspace = workspace_of(token),
                     .actor = actor.user,
                     .payload = R"({"token":"{)" + token.uuid + R"(}"})"});
    }));
    return MadeToken{std::move(token), std::move(text)};
}

Result<MadeToken> make_bound(Deps& deps, const exec::Context& ctx, const Actor& actor,
                             TokenKind kind, const Binding& binding, NewToken given) {
    TRY(check(deps, given, actor.scopes));
    return make(deps, ctx,
                {.kind = kind,
                 .binding = binding,
                 .name = given.name,
                 .scopes = given.scopes,
                 .expires_on = given.expires_on},
                actor);
}

// Named, because g++ 12 takes no literal for one in a list of initializers.
constexpr Literal kOfUser = "t.user_id";
constexpr Literal kOfWorkspace = "t.workspace_id";
constexpr Literal kOfProject = "t.project_id";
constexpr Literal kOfRepository = "t.repository_id";

/// Whose tokens are meant: the column that says it, and its value.
struct Owner {
    Literal column;
    std::int64_t id;
    std::optional<TokenKind> kind;  ///< nullopt: of any kind
    std::optional<WorkspaceId> workspace;
    const Actor& actor;

    Owner(const SignedIn& user, std::optional<TokenKind> wanted)
        : column(kOfUser), id(user.user().value), kind(wanted), actor(user.actor()) {}
    explicit Owner(const WorkspaceAdmin& proof)
        : column(kOfWorkspace),
          id(proof.workspace().id.value),
          kind(TokenKind::WorkspaceAccess),
          workspace(proof.workspace().id),
          actor(proof.actor()) {}
    explicit Owner(const ProjectAdmin& proof)
        : column(kOfProject),
          id(proof.project().id.value),
          kind(TokenKind::ProjectAccess),
          workspace(proof.workspace().id),
          actor(proof.actor()) {}
    explicit Owner(const RepoAdmin& proof)
        : column(kOfRepository),
          id(proof.repository().id.value),
          kind(TokenKind::RepositoryAccess),
          workspace(proof.workspace().id),
          actor(proof.actor()) {}

    void add_to(ports::Sql& sql) const {
        sql.add(" FROM tokens t WHERE ").add(column).add(" = ").bind(id);
        if (workspace) sql.add(" AND t.workspace_id = ").bind(workspace->value);
        if (kind) sql.add(" AND t.kind = ").bind(stored(*kind));
    }
};

Result<std::vector<Token>> list(const Deps& deps, const exec::Context& ctx, const Owner& owner,
                                const Listing& listing) {
    ports::Sql sql("SELECT ");
    sql.add(kTokenColumns);
    owner.add_to(sql);
    add_listing(sql, listing, "t.id");
    std::vector<Token> all;
    TRY(deps.state.global().read(ctx, [&](ports::Session& session) -> Result<void> {
        TRY_LET(found, session.all(sql, token_of));
        all = std::move(found);
        return {};
    }));
    return all;
}

Result<void> revoke(Deps& deps, const exec::Context& ctx, const Owner& owner,
                    std::string_view name) {
    const std::string uuid = uuid_in_braces(name);
    ports::Sql sql("DELETE FROM tokens WHERE id IN (SELECT t.id");
    owner.add_to(sql);
    sql.add(" AND t.uuid = ").bind(uuid).add(") RETURNING kind");
    return deps.state.global().write(ctx, [&](ports::Session& session) -> Result<void> {
        TRY_LET(kind,
                session.first(sql, [](const ports::SqlRow& row) { return kind_of(row.text(0)); }));
        if (!kind)
            return Failure(
                Error(Errc::NotFound, "there is no such token").with("token", std::string(name)));
        if (*kind != TokenKind::Session)
            TRY(note_audit(session, deps, owner.actor,
                           {.action = "token:revoked",
                            .workspace = owner.workspace,
                            .object = audited("token", uuid),
                            .detail = stored(*kind)}));
        return emit(session, deps,
                    {.name = "token:revoked",
                     .workspace = owner.workspace,
                     .actor = owner.actor.user,
                     .payload = R"({"token":"{)" + uuid + R"(}"})"});
    });
}

}  // namespace

Result<MadeToken> create_token(Deps& deps, const exec::Context& ctx, const SignedIn& user,
                               TokenKind kind, const NewToken& given) {
    NewToken checked = given;
    TRY(check(deps, checked, user.actor().scopes));
    return make(deps, ctx,
                {.kind = kind,
                 .user = user.user(),
                 .binding = {},
                 .name = checked.name,
                 .scopes = checked.scopes,
                 .expires_on = checked.expires_on},
                user.actor());
}

Result<MadeToken> create_token(Deps& deps, const exec::Context& ctx, const WorkspaceAdmin& proof,
                               const NewToken& given) {
    return make_bound(deps, ctx, proof.actor(), TokenKind::WorkspaceAccess,
                      {proof.workspace().id, {}, {}}, given);
}
Result<MadeToken> create_token(Deps& deps, const exec::Context& ctx, const ProjectAdmin& proof,
                               const NewToken& given) {
    return make_bound(deps, ctx, proof.actor(), TokenKind::ProjectAccess,
                      {proof.workspace().id, proof.project().id, {}}, given);
}
Result<MadeToken> create_token(Deps& deps, const exec::Context& ctx, const RepoAdmin& proof,
                               const NewToken& given) {
    return make_bound(deps, ctx, proof.actor(), TokenKind::RepositoryAccess,
                      {proof.workspace().id, proof.repository().project, proof.repository().id},
                      given);
}

Result<MadeToken> create_session(Deps& deps, const exec::Context& ctx, const User& user,
                                 std::string_view agent, std::chrono::milliseconds lasts) {
    return make(deps, ctx,
                {.kind = TokenKind::Session,
                 .user = user.id,
                 .binding = {},
                 .name = text::printable(text::replace_invalid_utf8(agent.substr(0, kMostName))),
                 .scopes = {},
                 .expires_on = deps.clock.now().plus(lasts)},
                {.user = user.id,
                 .name = user.username,
                 .uuid = user.uuid,
                 .token = {},
                 .binding = {},
                 .scopes = {},
                 .address = {}});
}

Result<std::vector<Token>> tokens_of(const Deps& deps, const exec::Context& ctx,
                                     const SignedIn& user, TokenKind kind, const Listing& listing) {
    return list(deps, ctx, {user, kind}, listing);
}
Result<std::vector<Token>> tokens_of(const Deps& deps, const exec::Context& ctx,
                                     const WorkspaceAdmin& workspace, const Listing& listing) {
    return list(deps, ctx, Owner(workspace), listing);
}
Result<std::vector<Token>> tokens_of(const Deps& deps, const exec::Context& ctx,
                                     const ProjectAdmin& project, const Listing& listing) {
    return list(deps, ctx, Owner(project), listing);
}
Result<std::vector<Token>> tokens_of(const Deps& deps, const exec::Context& ctx,
                                     const RepoAdmin& repository, const Listing& listing) {
    return list(deps, ctx, Owner(repository), listing);
}

Result<void> revoke_token(Deps& deps, const exec::Context& ctx, const SignedIn& user,
                          std::string_view uuid) {
    return revoke(deps, ctx, {user, std::nullopt}, uuid);
}
Result<void> revoke_token(Deps& deps, const exec::Context& ctx, const WorkspaceAdmin& workspace,
                          std::string_view uuid) {
    return revoke(deps, ctx, Owner(workspace), uuid);
}
Result<void> revoke_token(Deps& deps, const exec::Context& ctx, const ProjectAdmin& project,
                          std::string_view uuid) {
    return revoke(deps, ctx, Owner(project), uuid);
}
Result<void> revoke_token(Deps& deps, const exec::Context& ctx, const RepoAdmin& repository,
                          std::string_view uuid) {
    return revoke(deps, ctx, Owner(repository), uuid);
}

Result<std::optional<ShownToken>> look_up_token(const Deps& deps, const exec::Context& ctx,
                                                const Secret& text) {
    std::optional<ShownToken> shown;
    // What is mistyped or made up never gets as far as the database.
    if (!parse_token(text.reveal())) return shown;
    ports::Sql sql("SELECT ");
    sql.add(kTokenColumns).add(", ").add(kUserColumns);
    sql.add(" FROM tokens t LEFT JOIN users u ON u.id = t.user_id WHERE t.hash = ");
    sql.bind(token_hash(text.reveal()));
    TRY(deps.state.global().read(ctx, [&](ports::Session& session) -> Result<void> {
        TRY_LET(found, session.first(sql, [](const ports::SqlRow& row) {
            ShownToken made{token_of(row), std::nullopt};
            if (!row.is_null(kTokenWidth)) made.user = user_of(row, kTokenWidth);
            return made;
        }));
        shown = std::move(found);
        return {};
    }));
    if (!shown) return shown;
    const bool has_ended = shown->token.expires_on && *shown->token.expires_on <= deps.clock.now();
    if (has_ended || (shown->user && !shown->user->is_active)) shown.reset();
    return shown;
}

Result<void> note_use(Deps& deps, const exec::Context& ctx, const Token& token) {
    const Time now = deps.clock.now();
    if (token.last_used_on && now - *token.last_used_on < kNotedWithin) return {};
    return deps.state.global().write(ctx, [&](ports::Session& session) -> Result<void> {
        TRY(session.execute(ports::Sql("UPDATE tokens SET last_used_on = $1 WHERE id = $2",
                                       {now, token.id.value})));
        return {};
    });
}

Result<std::uint64_t> sweep_tokens(Deps& deps, const exec::Context& ctx) {
    std::uint64_t removed = 0;
    TRY(deps.state.global().write(ctx, [&](ports::Session& session) -> Result<void> {
        TRY_LET(count, session.execute(ports::Sql("DELETE FROM tokens WHERE expires_on <= $1",
                                                  {deps.clock.now()})));
        removed = count;
        return {};
    }));
    return removed;
}

}  // namespace forgehouse::forge
