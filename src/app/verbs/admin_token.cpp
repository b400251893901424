#include <fmt/format.h>

#include <array>

#include "app/verbs/admin.h"
#include "app/verbs/verbs.h"
#include "app/world.h"
#include "base/text.h"
#include "config/units.h"
#include "forge/tokens.h"

namespace forgehouse::app::verbs {
namespace {

constexpr std::array<std::string_view, 3> kActions{"list", "create", "revoke"};
std::span<const std::string_view> actions() {
    return kActions;
}

constexpr std::array kOperands{
    cli::Operand{.name = "ACTION [UUID]",
                 .doc = "list, create, or revoke and the token's uuid in braces.",
                 .least = 1,
                 .most = 2,
                 .words = actions}};
constexpr std::array kOptions{
    cli::Option{.name = "--user", .value = "NAME", .doc = "Whose token it is."},
    cli::Option{.name = "--repository",
                .value = "WORKSPACE/REPO",
                .doc = "Instead of a user: the token acts for itself in this repository."},
    cli::Option{.name = "--name", .value = "TEXT", .doc = "What it is for: api without it."},
    cli::Option{.name = "--scopes",
                .value = "LIST",
                .doc = "What it may do, between commas: `repository:write,account`. Without it, "
                       "repository alone."},
    cli::Option{.name = "--expires",
                .value = "SPAN",
                .doc = "How long it is good, such as 90d: for ever without it."},
    kJson};
constexpr std::array kExamples{
    cli::Example{"admin token create --user alice --scopes repository:write,account",
                 "Prints the token, once."},
    cli::Example{"admin token list --user alice", "Never the tokens themselves."}};

constexpr cli::Verb kVerb{
    .name = "admin token",
    .group = "forge",
    .summary = "list, create and revoke tokens of the forge",
    .about =
        "An API token stands for a user, as far as its scopes go; one of a repository acts "
        "for itself. Only a hash of it is kept.",
    .operands = kOperands,
    .options = kOptions,
    .examples = kExamples};

Result<forge::NewToken> given(const World& world) {
    forge::NewToken made{.name = world.arguments().value("--name").value_or("api"), .scopes = {}};
    TRY_LET(scopes,
            forge::Scopes::parse(world.arguments().value("--scopes").value_or("repository")));
    made.scopes = scopes;
    if (const auto span = world.arguments().value("--expires")) {
        TRY_LET(lasts, config::parse_span(*span));
        made.expires_on = world.clock().now().plus(lasts);
    }
    return made;
}

Result<Exit> create(World& world, Operator& op) {
    TRY_LET(wanted, given(world));
    forge::Deps& deps = op.server->deps();
    std::optional<forge::MadeToken> made;
    if (const auto repository = world.arguments().value("--repository")) {
        TRY_LET(proof, repository_named(world, *op.server, *repository));
        TRY_LET(token, forge::create_token(deps, world.context(), proof, wanted));
        made = std::move(token);
    } else {
        const auto user = world.arguments().value("--user");
        if (!user)
            return Failure(Error(Errc::Invalid, "whose token is it to be?")
                               .hint("name --user or --repository"));
        TRY_LET(proof, as_user(world, *op.server, *user));
        TRY_LET(token, forge::create_token(deps, world.context(), proof, forge::TokenKind::ApiToken,
                                           wanted));
        made = std::move(token);
    }
    if (!world.json()) {
        TRY(world.print(fmt::format("{}\n", made->text.reveal())));
        return Exit::Done;
    }
    json::Writer out;
    out.object().name("uuid").text("{" + made->token.uuid + "}");
    out.name("token").text(made->text.reveal());
    out.name("scopes").text(made->token.scopes.print()).end();
    TRY(world.print(out.take() + "\n"));
    return Exit::Done;
}

Result<Exit> list(World& world, Operator& op, const forge::SignedIn& user) {
    for (const forge::TokenKind kind : {forge::TokenKind::ApiToken, forge::TokenKind::AppPassword,
                                        forge::TokenKind::Session, forge::TokenKind::OAuthAccess}) {
        TRY_LET(tokens,
                forge::tokens_of(op.server->deps(), world.context(), user, kind, {.most = 10'000}));
        for (const forge::Token& token : tokens) {
            json::Writer out;
            out.object().name("uuid").text("{" + token.uuid + "}");
            out.name("kind").text(forge::prefix_of(kind)).name("name").text(token.name);
            out.name("scopes").text(token.scopes.print());
            out.name("created_on").text(to_iso(token.created_on));
            out.name("expires_on");
            token.expires_on ? out.text(to_iso(*token.expires_on)) : out.null();
            out.name("last_used_on");
            token.last_used_on ? out.text(to_iso(*token.last_used_on)) : out.null();
            out.end();
            TRY(world.print(world.json()
                                ? out.take() + "\n"
                                : fmt::format("{{{}}}  {}  {}\n", token.uuid,
                                              text::printable(token.name), token.scopes.print())));
        }
    }
    return Exit::Done;
}

Result<Exit> run(World& world) {
    TRY_LET(action, operand(world, 0, "ACTION"));
    if (std::ranges::find(kActions, action) == kActions.end())
        return world.usage(no_such_action(action, kActions));
    TRY_LET(op, open_as_operator(world));
    if (action == "create") return create(world, op);
    const auto name = world.arguments().value("--user");
    if (!name) return Failure(Error(Errc::Invalid, "whose tokens?").hint("name --user"));
    TRY_LET(user, as_user(world, *op.server, *name));
    if (action == "list") return list(world, op, user);
    TRY_LET(uuid, operand(world, 1, "UUID"));
    TRY(forge::revoke_token(op.server->deps(), world.context(), user, uuid));
    return Exit::Done;
}

}  // namespace

Verb admin_token() {
    return {&kVerb, run};
}

}  // namespace forgehouse::app::verbs
